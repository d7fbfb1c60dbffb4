"""Reads CSV and its relatives: detects the encoding and the separator."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from referentials.sheets import encodings
from referentials.sheets.headers import header_with
from referentials.sheets.limits import MIB, Limits, TableError, TableTooLarge

SEPARATORS = (",", ";", "\t", "|")

_SAMPLE_CHARACTERS = 65_536
_SAMPLE_ROWS = 100
_SEPARATOR_LINE = re.compile(r"sep=([,;\t|])\r?\n")


@dataclass(frozen=True, slots=True)
class DelimitedRows:
    """The rows of a delimited text, and how it was read."""

    rows: list[tuple[str, ...]]
    encoding: str
    delimiter: str


def read_delimited(
    data: bytes,
    *,
    file: str,
    wanted: Sequence[str],
    encoding: str | None,
    delimiter: str | None,
    limits: Limits,
) -> DelimitedRows:
    """Every record of the text, blank lines included as empty rows.

    Raises TableError for bytes that are not text in the encoding (with the offset), for a quotation mark
    that is never closed, and TableTooLarge beyond the limits.
    """
    encoding = encoding or detect_encoding(data, file=file)
    if not encodings.check_text(lambda: [data], encoding, file=file):
        raise TableError("the file is empty", file=file)
    text = data.decode(encoding)
    delimiter = delimiter or detect_separator(text, wanted)
    records = _records(io.StringIO(text, newline=""), delimiter, file=file, limits=limits)
    return DelimitedRows(list(_of_bounded_size(records, file=file, limits=limits)), encoding, delimiter)


def detect_encoding(data: bytes, *, file: str) -> str:
    """The encoding of a text that is at hand as a whole, as `encodings.detect_encoding` has it."""
    return encodings.detect_encoding(lambda: [data], file=file)


@dataclass(frozen=True, slots=True)
class DelimitedText:
    """A delimited text on disk, however long: how it is read, and its records from the first on."""

    path: Path
    file: str
    encoding: str
    delimiter: str
    limits: Limits

    def records(self) -> Iterator[tuple[str, ...]]:
        """Every record, blank lines included as empty ones. Raises TableError and TableTooLarge."""
        with self.path.open(encoding=self.encoding, newline="") as text:
            yield from _records(text, self.delimiter, file=self.file, limits=self.limits)


def open_delimited(
    path: Path,
    *,
    file: str,
    wanted: Sequence[str],
    encoding: str | None,
    delimiter: str | None,
    limits: Limits,
) -> DelimitedText:
    """A delimited text to be read in pieces; the whole of it is decoded once, so that damage is told first.

    Raises TableError as `read_delimited`.
    """

    def chunks() -> Iterator[bytes]:
        with path.open("rb") as stream:
            while chunk := stream.read(MIB):
                yield chunk

    encoding = encoding or encodings.detect_encoding(chunks, file=file)
    if not encodings.check_text(chunks, encoding, file=file):
        raise TableError("the file is empty", file=file)
    if delimiter is None:
        with path.open(encoding=encoding, newline="") as text:
            delimiter = detect_separator(text.read(_SAMPLE_CHARACTERS + 1), wanted)
    return DelimitedText(path, file, encoding, delimiter, limits)


def detect_separator(text: str, wanted: Sequence[str] = ()) -> str:
    """The separator that cuts the first lines into equally many cells, one giving `wanted` if any does."""
    declared = _SEPARATOR_LINE.match(text)
    if declared:
        return declared[1]
    samples = {separator: _sample(text, separator) for separator in SEPARATORS}
    if wanted:
        samples = {
            sep: rows for sep, rows in samples.items() if header_with(rows, wanted) is not None
        } or samples
    return max(samples, key=lambda separator: _regularity(samples[separator]))


def _sample(text: str, separator: str) -> list[list[str]]:
    lines = text[:_SAMPLE_CHARACTERS].splitlines(keepends=True)
    if len(text) > _SAMPLE_CHARACTERS and len(lines) > 1:
        lines.pop()
    return list(islice(csv.reader(lines, delimiter=separator), _SAMPLE_ROWS))


def _regularity(rows: list[list[str]]) -> tuple[float, int]:
    """The share of rows that have the commonest number of cells (0 if that is one), and that number."""
    widths = Counter(len(row) for row in rows if row)
    several = {width: count for width, count in widths.items() if width > 1}
    if not several:
        return 0.0, 0
    width = max(several, key=lambda width: (several[width], width))
    return several[width] / widths.total(), width


def _records(lines: Iterable[str], delimiter: str, *, file: str, limits: Limits) -> Iterator[tuple[str, ...]]:
    # strict: else a quotation mark that is never closed swallows the rest of the file into one cell
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, record in enumerate(reader, start=1):
            if len(record) > limits.max_columns:
                problem = f"has {len(record):,} cells; at most {limits.max_columns:,} columns are read"
                raise TableTooLarge(problem, file=file, row=number)
            yield tuple(record)
    except csv.Error as error:
        raise TableError(f"not well-formed CSV ({error})", file=file, row=number + 1) from None


def _of_bounded_size(
    records: Iterator[tuple[str, ...]], *, file: str, limits: Limits
) -> Iterator[tuple[str, ...]]:
    cells = 0
    for number, record in enumerate(records, start=1):
        cells += len(record)
        if cells > limits.max_cells:
            raise TableTooLarge(f"more than {limits.max_cells:,} cells", file=file, row=number)
        yield record
