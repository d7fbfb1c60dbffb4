"""Reads sheets of any length row by row: what `tables.read_table` reads whole, by the same rules.

Delimited text and Parquet are read in pieces, whatever their size. Workbooks are held in memory, which is
why `Limits` bounds them, and why they are measured before they are opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from referentials.sheets.delimited import open_delimited
from referentials.sheets.foreign_files import refuse_foreign
from referentials.sheets.headers import SEARCHED_ROWS, unique_titles
from referentials.sheets.heading import Cells, fitted, header_position, position
from referentials.sheets.limits import Limits, TableError, TableTooLarge
from referentials.sheets.parquet import is_parquet, open_parquet
from referentials.sheets.workbooks import check_workbook, is_workbook, sheet_names, sheet_rows

__all__ = ["RowStream", "open_rows"]

_HEAD = 4096


@dataclass(frozen=True, slots=True)
class RowStream:
    """A sheet under its header; going through it gives its rows, as wide as the header, as often as wanted.

    `header` is as written; `columns` names a repeated title apart. `header_row` counts from 1, and is 0 where
    the titles are no row (Parquet). `sheet` is None but for workbooks, `encoding` and `delimiter` are None
    but for delimited text. Rows that are wholly empty at the very end are left out but in Parquet, where they
    are rows like others.

    Going through raises TableError and TableTooLarge for a row that cannot be read, with its number.
    """

    file: str
    columns: Cells
    header: Cells
    header_row: int
    preamble: tuple[Cells, ...]
    limits: Limits
    read: Callable[[], Iterator[Cells]]
    """All rows of the sheet, from its first."""
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    blank_end: bool = False
    """Whether rows that are wholly empty at the very end are rows."""

    def __iter__(self) -> Iterator[Cells]:
        width, most = len(self.columns), self.limits.max_rows
        blank = 0  # empty rows that are given out only where another row follows
        rows = islice(self.read(), self.header_row, None)
        for index, row in enumerate(rows):
            if not any(row):
                blank += 1
                continue
            if index >= most:
                problem = f"has more than {most:,} rows, which is what is read at most"
                raise TableTooLarge(problem, file=self.file, sheet=self.sheet, row=self.row_number(index))
            for _ in range(blank):
                yield ("",) * width
            blank = 0
            if len(row) == width:
                yield row
            else:
                yield fitted(row, width, self.file, self.sheet, self.row_number(index))
        for _ in range(blank if self.blank_end else 0):
            yield ("",) * width

    def position(self, title: str) -> int:
        """Where a column stands: by its exact title, else without regard to accents, case and surplus blanks.

        Raises MissingColumn where no column, or more than one, has that title.
        """
        return position(self.columns, title, self.file, self.sheet, self.header_row)

    def row_number(self, index: int) -> int:
        """The number that a spreadsheet shows for a row, counted from 0 below the header."""
        return self.header_row + 1 + index


def open_rows(
    path: Path,
    *,
    name: str | None = None,
    wanted: Sequence[str] = (),
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    limits: Limits | None = None,
) -> RowStream:
    """The rows of a file, which messages call `name`; its kind is told from its bytes, not from its name.

    The header is the first row that has every column of `wanted`, else the first that looks like one.
    Without `sheet`, the first visible sheet with the wanted columns is read. Raises TableError and its
    kinds MissingColumn and TableTooLarge, which name the file, sheet, row, column and value.
    """
    file, limits = name or path.name, limits or Limits()
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError as error:
        raise TableError(f"cannot be read ({error.strerror})", file=file, value=str(path)) from None
    if size > limits.max_bytes:
        raise TableTooLarge(f"has {size:,} bytes; at most {limits.max_bytes:,} are read", file=file)
    if not head:
        raise TableError("the file is empty", file=file)
    refuse_foreign(head, file=file)
    if is_workbook(head):
        return _workbook(path, file, wanted, sheet, limits)
    if is_parquet(head):
        return _parquet(path, file, wanted, sheet, limits)
    if sheet is not None:
        raise TableError("a delimited text has no sheets", file=file, sheet=sheet)
    text = open_delimited(
        path, file=file, wanted=wanted, encoding=encoding, delimiter=delimiter, limits=limits
    )
    return _under_header(text.records, file, wanted, limits, None, text.encoding, text.delimiter)


def _parquet(path: Path, file: str, wanted: Sequence[str], sheet: str | None, limits: Limits) -> RowStream:
    """The rows of a Parquet file, whose titles are no row."""
    if sheet is not None:
        raise TableError("a Parquet file has no sheets", file=file, sheet=sheet)
    found = open_parquet(path, file=file, limits=limits)
    stream = RowStream(
        file=file,
        columns=unique_titles(found.header),
        header=found.header,
        header_row=0,
        preamble=(),
        limits=limits,
        read=found.records,
        blank_end=True,
    )
    for title in wanted:
        stream.position(title)
    return stream


def _workbook(path: Path, file: str, wanted: Sequence[str], sheet: str | None, limits: Limits) -> RowStream:
    """The first sheet with a header that fits; of several that do not, the first says why."""
    if path.stat().st_size > limits.max_workbook_bytes:
        most = f"{limits.max_workbook_bytes:,} bytes"
        raise TableTooLarge(f"workbooks are read up to {most}; save as CSV", file=file)
    data = path.read_bytes()
    check_workbook(data, file=file, limits=limits)
    problem: TableError | None = None
    for name in sheet_names(data, file=file, sheet=sheet):
        read = partial(_read_sheet, path, name, file, limits)
        try:
            return _under_header(read, file, wanted, limits, name)
        except TableTooLarge:
            raise
        except TableError as error:
            problem = problem or error
    raise problem or TableError("the workbook is empty", file=file)


def _read_sheet(path: Path, name: str, file: str, limits: Limits) -> Iterator[Cells]:
    return sheet_rows(path.read_bytes(), name, file=file, limits=limits)


def _under_header(
    read: Callable[[], Iterator[Cells]],
    file: str,
    wanted: Sequence[str],
    limits: Limits,
    sheet: str | None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> RowStream:
    first = list(islice(read(), SEARCHED_ROWS))
    while first and not any(first[-1]):
        first.pop()
    if not first:
        raise TableError("the sheet is empty", file=file, sheet=sheet)
    at = header_position(first, wanted, file, sheet)
    header = first[at]
    return RowStream(
        file=file,
        columns=unique_titles(header),
        header=header,
        header_row=at + 1,
        preamble=tuple(first[:at]),
        limits=limits,
        read=read,
        sheet=sheet,
        encoding=encoding,
        delimiter=delimiter,
    )
