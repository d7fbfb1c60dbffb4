"""Reads CSV and its relatives row by row, however long they are."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

from referentials.readers.packed import open_bytes
from referentials.readers.source import Source, SourceRow, Wanted
from referentials.sheets.delimited import detect_encoding, detect_separator
from referentials.sheets.headers import SEARCHED_ROWS, header_with, likely_header, unique_titles
from referentials.sheets.limits import MIB, Limits, TableError, TableTooLarge

_CHUNK = MIB
_SAMPLE_CHARACTERS = 65_536
_LONGEST_LINE = 4 * MIB  # characters
_COLUMNS = Limits().max_columns
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f]")


def read_delimited(path: Path, wanted: Wanted) -> Source:
    """The rows below the header of a delimited text; its encoding and separator are found.

    The file is gone through once beforehand, so that bytes that are no text are found before the first row.
    Raises TableError and TableTooLarge, now and while reading.
    """
    if wanted.sheet is not None:
        raise TableError("a delimited text has no sheets", file=path.name, sheet=wanted.sheet)
    encoding = encoding_of(path)
    rows = _records(path, encoding, wanted.titles)
    first = list(islice(rows, SEARCHED_ROWS))
    grid = [cells for _, cells in first]
    at = header_with(grid, wanted.titles) if wanted.titles else None
    at = likely_header(grid) if at is None else at
    if at is None:
        problem = "no header row was found" if any(map(any, grid)) else "the file is empty"
        raise TableError(problem, file=path.name)
    titles = unique_titles(tuple(title.strip() for title in grid[at]))
    return Source(path.name, titles, _fitted(chain(first[at + 1 :], rows), len(titles)))


def encoding_of(path: Path) -> str:
    """The encoding of a text of any length: UTF-8 or UTF-16, else what the place that is neither looks like.

    Raises TableError for bytes that are no text.
    """
    with open_bytes(path) as stream:
        chunk = stream.read(_CHUNK)
        if not chunk:
            raise TableError("the file is empty", file=path.name)
        if chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in chunk:
            return _of_sample(chunk, path.name)
        marked = chunk.startswith(codecs.BOM_UTF8)
        decoder = codecs.getincrementaldecoder("utf-8")()
        lines = 1
        while chunk:
            try:
                decoder.decode(chunk, final=False)
            except UnicodeDecodeError as error:
                return _of_place(chunk, lines + chunk[: error.start].count(b"\n"), path.name)
            if b"\0" in chunk:
                raise TableError("not a text: it holds NUL characters", file=path.name)
            lines += chunk.count(b"\n")
            chunk = stream.read(_CHUNK)
    return "utf-8-sig" if marked else "utf-8"


def _of_place(chunk: bytes, line: int, file: str) -> str:
    """The encoding of bytes that are not UTF-8, or not all of them."""
    try:
        encoding = detect_encoding(chunk[chunk.find(b"\n") + 1 :], file=file)
    except TableError:
        encoding = "utf-8"
    if encoding.startswith("utf"):
        problem = "most of the file is UTF-8, but not all; save it as UTF-8"
        raise TableError(problem, file=file, row=line)
    return encoding


def _of_sample(chunk: bytes, file: str) -> str:
    encoding = detect_encoding(chunk[: len(chunk) - len(chunk) % 4], file=file)
    try:
        text = chunk[: min(len(chunk), 4096) // 4 * 4].decode(encoding, errors="strict")
    except UnicodeDecodeError:
        text = "\0"
    if _CONTROLS.search(text):
        raise TableError("not a text: it holds NUL or other control characters", file=file)
    return encoding


def _records(path: Path, encoding: str, wanted: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Every record with its number from 1."""
    number = 0
    with open_bytes(path) as stream, io.TextIOWrapper(stream, encoding=encoding, newline="") as text:
        try:
            sample = text.read(_SAMPLE_CHARACTERS)
            delimiter = detect_separator(sample, wanted)
            lines = chain(_lines(io.StringIO(sample, newline=""), path.name), _lines(text, path.name))
            # strict: else a quotation mark that is never closed swallows the rest of the file into one cell
            reader = csv.reader(_joined(lines), delimiter=delimiter, strict=True)
            for number, record in enumerate(reader, start=1):
                if len(record) > _COLUMNS:
                    problem = f"has {len(record):,} cells; at most {_COLUMNS:,} columns are read"
                    raise TableTooLarge(problem, file=path.name, row=number)
                yield number, tuple(record)
        except csv.Error as error:
            raise TableError(f"not well-formed CSV ({error})", file=path.name, row=number + 1) from None
        except UnicodeDecodeError as error:
            problem = f"byte 0x{error.object[error.start]:02x} is not {encoding}; save the file as UTF-8"
            raise TableError(problem, file=path.name, row=number + 1) from None


def _lines(text: TextIO, file: str) -> Iterator[str]:
    while line := text.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE:
            raise TableTooLarge(f"a line of {_LONGEST_LINE:,} characters or more", file=file)
        yield line


def _joined(lines: Iterator[str]) -> Iterator[str]:
    """The lines, with the one that the end of the sample cut in two in one piece."""
    held = ""
    for line in lines:
        held += line
        if held.endswith(("\n", "\r")):
            yield held
            held = ""
    if held:
        yield held


def _fitted(rows: Iterator[tuple[int, tuple[str, ...]]], width: int) -> Iterator[SourceRow]:
    """The rows as wide as the header; text beyond it would be lost, so it is a problem."""
    for number, cells in rows:
        if len(cells) == width:
            yield SourceRow(number, cells)
        elif any(cells[width:]):
            problem = f"the header has {width} columns, but this row has text in a column beyond"
            yield SourceRow(number, cells[:width], problem=problem)
        else:
            yield SourceRow(number, cells[:width] + ("",) * (width - len(cells)))
