"""The only reader of sheets: CSV and its relatives, XLSX, ODS and XLS become rows of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from referentials.sheets.delimited import read_delimited
from referentials.sheets.foreign_files import refuse_foreign
from referentials.sheets.headers import unique_titles
from referentials.sheets.heading import fitted, header_position, position
from referentials.sheets.limits import Limits, MissingColumn, TableError, TableTooLarge
from referentials.sheets.workbooks import is_workbook, read_sheets

__all__ = ["Limits", "MissingColumn", "Table", "TableError", "TableTooLarge", "parse_table", "read_table"]


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet under its header: cells as text, exactly as seen, every row as wide as the header.

    `header` is as written; `columns` names a repeated title apart ("Nom", "Nom (2)") and leaves empty ones
    empty. `rows` are all rows below the header, in order, empty ones included; only rows that are wholly
    empty at the very end are dropped. `preamble` are the rows above the header, `header_row` its number from
    1. `sheet` is `None` for delimited text, `encoding` and `delimiter` are `None` for workbooks.
    """

    file: str
    columns: tuple[str, ...]
    header: tuple[str, ...]
    rows: list[tuple[str, ...]]
    header_row: int
    preamble: tuple[tuple[str, ...], ...]
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None

    def position(self, title: str) -> int:
        """Where a column stands: by its exact title, else without regard to accents, case and surplus blanks.

        Raises MissingColumn where no column, or more than one, has that title.
        """
        return position(self.columns, title, self.file, self.sheet, self.header_row)

    def row_number(self, index: int) -> int:
        """The number that a spreadsheet shows for `rows[index]`."""
        return self.header_row + 1 + index


def read_table(
    path: Path,
    *,
    wanted: Sequence[str] = (),
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    limits: Limits | None = None,
) -> Table:
    """The table of a file, as `parse_table` finds it in the file's bytes."""
    limits = limits or Limits()
    try:
        size = path.stat().st_size
        if size > limits.max_bytes:
            raise _too_many_bytes(path.name, size, limits)
        data = path.read_bytes()
    except OSError as error:
        raise TableError(f"cannot be read ({error.strerror})", file=path.name, value=str(path)) from None
    return parse_table(
        data, path.name, wanted=wanted, sheet=sheet, encoding=encoding, delimiter=delimiter, limits=limits
    )


def parse_table(
    data: bytes,
    file: str,
    *,
    wanted: Sequence[str] = (),
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    limits: Limits | None = None,
) -> Table:
    """The table in the bytes of a file called `file`; its kind is told from the bytes, not from the name.

    The header is the first row that has every column of `wanted`, else the first that looks like one.
    Without `sheet`, the first visible sheet with the wanted columns is read. Raises TableError and its
    kinds MissingColumn and TableTooLarge, which name the file, sheet, row, column and value.
    """
    limits = limits or Limits()
    if len(data) > limits.max_bytes:
        raise _too_many_bytes(file, len(data), limits)
    if not data:
        raise TableError("the file is empty", file=file)
    refuse_foreign(data, file=file)
    if is_workbook(data):
        sheets = read_sheets(data, file=file, sheet=sheet, limits=limits)
        return _first_with_header(
            (_Grid(file, found.rows, found.sheet) for found in sheets), file, wanted, limits
        )
    if sheet is not None:
        raise TableError("a delimited text has no sheets", file=file, sheet=sheet)
    text = read_delimited(
        data, file=file, wanted=wanted, encoding=encoding, delimiter=delimiter, limits=limits
    )
    grid = _Grid(file, text.rows, None, text.encoding, text.delimiter)
    return _table(grid, wanted, limits)


@dataclass(frozen=True, slots=True)
class _Grid:
    """All rows of a sheet, before the header is known."""

    file: str
    rows: list[tuple[str, ...]]
    sheet: str | None
    encoding: str | None = None
    delimiter: str | None = None


def _first_with_header(grids: Iterator[_Grid], file: str, wanted: Sequence[str], limits: Limits) -> Table:
    problem: TableError | None = None
    for grid in grids:
        try:
            return _table(grid, wanted, limits)
        except TableTooLarge:
            raise
        except TableError as error:
            problem = problem or error
    raise problem or TableError("the workbook is empty", file=file)


def _table(grid: _Grid, wanted: Sequence[str], limits: Limits) -> Table:
    rows = grid.rows
    while rows and not any(rows[-1]):
        rows.pop()
    if not rows:
        raise TableError("the sheet is empty", file=grid.file, sheet=grid.sheet)
    at = header_position(rows, wanted, grid.file, grid.sheet)
    if len(rows) - at - 1 > limits.max_rows:
        problem = f"has {len(rows) - at - 1:,} rows; at most {limits.max_rows:,} are read"
        raise TableTooLarge(problem, file=grid.file, sheet=grid.sheet)
    header = rows[at]
    columns = unique_titles(header)
    return Table(
        file=grid.file,
        columns=columns,
        header=header,
        rows=[
            fitted(row, len(columns), grid.file, grid.sheet, number)
            for number, row in enumerate(rows[at + 1 :], start=at + 2)
        ],
        header_row=at + 1,
        preamble=tuple(rows[:at]),
        sheet=grid.sheet,
        encoding=grid.encoding,
        delimiter=grid.delimiter,
    )


def _too_many_bytes(file: str, size: int, limits: Limits) -> TableTooLarge:
    return TableTooLarge(f"has {size:,} bytes; at most {limits.max_bytes:,} are read", file=file)
