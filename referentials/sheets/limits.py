"""How large a sheet may be, and the errors that name what is wrong with one and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What a sheet may hold. Shown to users beforehand, and in the error where one is passed.

    `max_workbook_bytes` bounds workbooks, which are held in memory, where text and Parquet may be larger.
    `max_unpacked_bytes` bounds what a zipped workbook unpacks to, `max_cells` the rectangle that its cells
    span (a reader allocates all of it, even for two cells in opposite corners), `max_characters` the text
    of all cells together, and `max_xls_bytes` workbooks in the old binary format, which cannot be measured
    before they are opened.
    """

    max_bytes: int = 100 * MIB
    max_workbook_bytes: int = 100 * MIB
    max_unpacked_bytes: int = 512 * MIB
    max_xls_bytes: int = 20 * MIB
    max_rows: int = 1_000_000
    max_columns: int = 1_000
    max_cells: int = 10_000_000
    max_characters: int = 400_000_000


class TableError(ValueError):
    """A sheet that cannot be read: `problem` in words; the file, sheet, row, column and value it concerns.

    Rows count from 1, as a spreadsheet shows them.
    """

    def __init__(
        self,
        problem: str,
        *,
        file: str,
        sheet: str | None = None,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
    ) -> None:
        self.problem = problem
        self.file = file
        self.sheet = sheet
        self.row = row
        self.column = column
        self.value = value
        super().__init__(f"{self._place()}: {problem}")

    def _place(self) -> str:
        parts = [self.file]
        if self.sheet is not None:
            parts.append(f"sheet {self.sheet!r}")
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column is not None:
            parts.append(f"column {self.column!r}")
        return ", ".join(parts)


class TableTooLarge(TableError):
    """A sheet beyond one of the limits, which the message states."""


class MissingColumn(TableError):
    """A wanted column that the sheet does not have; `columns` are those it has, `nearest` the most alike."""

    def __init__(
        self,
        problem: str,
        *,
        file: str,
        sheet: str | None,
        row: int,
        column: str,
        columns: Sequence[str],
        nearest: Sequence[str],
    ) -> None:
        self.columns = tuple(columns)
        self.nearest = tuple(nearest)
        super().__init__(problem, file=file, sheet=sheet, row=row, column=column)
