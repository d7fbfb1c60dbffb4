"""What every reader makes of its file: titles, and rows of values under them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from shapely.geometry.base import BaseGeometry

from referentials.canonical import JSON
from referentials.readers.mapping import Guess
from referentials.sheets.limits import MIB, TableError, TableTooLarge

# Shown to users in docs/users/import.md, and in the error where one is passed.
MAX_BYTES = 2048 * MIB
MAX_ROWS = 2_000_000
MAX_VERTICES = 200_000
MAX_NESTING = 32

# The title that stands for the shapes of features, which are not under a title of their own.
GEOMETRY = "(geometry)"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a reader: the sheet or layer, titles that the header has, and levels, widest first."""

    sheet: str | None = None
    titles: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row or feature, numbered from 1 as in its file; `problem` says why nothing can be made of it."""

    row: int
    values: Sequence[JSON] = ()
    shape: BaseGeometry | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A file under its titles. `guess` is stated by formats whose columns are known; `rows` are streamed.

    Going through `rows` raises TableError and TableTooLarge for what stops the reading.
    """

    file: str
    titles: tuple[str, ...]
    rows: Iterator[SourceRow]
    guess: Guess | None = None


def require_size(path: Path) -> int:
    """The size of a file; raises TableTooLarge beyond MAX_BYTES, TableError where it is no file, OSError."""
    size = path.stat().st_size
    if not path.is_file():  # a folder, or a device that never ends
        raise TableError("not a file", file=path.name)
    if size > MAX_BYTES:
        raise TableTooLarge(f"has {size:,} bytes; at most {MAX_BYTES:,} are read", file=path.name)
    return size


def at_most(rows: Iterator[SourceRow], file: str, limit: int = MAX_ROWS) -> Iterator[SourceRow]:
    """The rows; raises TableTooLarge after the limit."""
    for number, row in enumerate(rows, start=1):
        if number > limit:
            raise TableTooLarge(f"has more than {limit:,} rows", file=file, row=row.row)
        yield row
