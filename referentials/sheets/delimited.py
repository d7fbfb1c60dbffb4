"""Reads CSV and its relatives: detects the encoding and the separator."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import charset_normalizer

from referentials.sheets.headers import header_with
from referentials.sheets.limits import Limits, TableError, TableTooLarge

SEPARATORS = (",", ";", "\t", "|")

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
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
    text = _decode(data, encoding, file=file)
    if not text.strip():
        raise TableError("the file is empty", file=file)
    delimiter = delimiter or detect_separator(text, wanted)
    return DelimitedRows(list(_records(text, delimiter, file=file, limits=limits)), encoding, delimiter)


def detect_encoding(data: bytes, *, file: str) -> str:
    """UTF-8 or UTF-16 where the bytes say so, else the likelier of Windows-1252 and Windows-1256.

    Bytes that are UTF-8 in most places but not in all are a damaged file, not Windows text: TableError
    with the offset, rather than garbled names.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    if b"\0" in data:  # no other encoding of a text has such bytes
        return "utf-16-be" if data[::2].count(0) > data[1::2].count(0) else "utf-16-le"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if _mostly_utf8(data):
            raise _undecodable(error, "UTF-8", file) from None
        return _windows_encoding(data)
    return "utf-8"


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


def _records(text: str, delimiter: str, *, file: str, limits: Limits) -> Iterator[tuple[str, ...]]:
    # strict: else a quotation mark that is never closed swallows the rest of the file into one cell
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number, cells = 0, 0
    try:
        for number, record in enumerate(reader, start=1):
            cells += len(record)
            if len(record) > limits.max_columns:
                problem = f"has {len(record)} cells; at most {limits.max_columns:,} columns are read"
                raise TableTooLarge(problem, file=file, row=number)
            if cells > limits.max_cells:
                raise TableTooLarge(f"more than {limits.max_cells:,} cells", file=file, row=number)
            yield tuple(record)
    except csv.Error as error:
        raise TableError(f"not well-formed CSV ({error})", file=file, row=number + 1) from None


def _decode(data: bytes, encoding: str, *, file: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(error, encoding, file) from None
    except LookupError:
        raise TableError(f"there is no encoding called {encoding!r}", file=file, value=encoding) from None
    if "\0" in text:
        raise TableError("not a text: it holds NUL characters", file=file)
    return text


def _undecodable(error: UnicodeDecodeError, encoding: str, file: str) -> TableError:
    value = error.object[error.start : error.start + 1].hex()
    where = f"byte 0x{value} at offset {error.start:,}"
    return TableError(f"{where} is not {encoding}; save the file as UTF-8", file=file, value=f"0x{value}")


def _mostly_utf8(data: bytes) -> bool:
    text = data.decode("utf-8", errors="surrogateescape")
    stray = sum(1 for char in text if "\udc80" <= char <= "\udcff")
    return sum(1 for char in text if char > "\x7f") > 2 * stray


def _windows_encoding(data: bytes) -> str:
    best = charset_normalizer.from_bytes(data, cp_isolation=["cp1252", "cp1256"]).best()
    return "cp1252" if best is None else best.encoding
