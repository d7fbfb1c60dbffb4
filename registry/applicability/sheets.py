"""Rows of an imported sheet, read strictly: everything wrong with them is said at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from referentials.tables import Table
from registry.errors import DomainError

MOST_SHOWN = 20


class BadRows(DomainError):
    """Rows that cannot be taken in, each with its column and value; nothing of the sheet was."""

    slug = "bad-file"

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        shown = "; ".join(map(str, problems[:MOST_SHOWN]))
        more = len(problems) - MOST_SHOWN
        super().__init__(
            f"{file}: {shown}" + (f"; and {more} more" if more > 0 else ""),
            errors=[
                {"row": each.row, "column": each.column, "value": each.value, "problem": each.problem}
                for each in problems[:MOST_SHOWN]
            ],
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a cell."""

    row: int
    column: str
    value: str
    problem: str

    def __str__(self) -> str:
        """The problem as a line that a person can act on."""
        return f"row {self.row}, column {self.column}: {self.problem} ({self.value[:80]!r})"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row by the titles of its columns; cells are stripped, a column that the sheet lacks is empty."""

    number: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str | None:
        """A cell, None where it is empty."""
        return self.cells.get(column) or None

    def names(self, prefix: str) -> dict[str, str]:
        """The texts of the columns `prefix_fr`, `prefix_ar` … by language."""
        return {
            column.removeprefix(f"{prefix}_"): text
            for column, text in self.cells.items()
            if column.startswith(f"{prefix}_") and text
        }


def rows_of(table: Table, required: Sequence[str]) -> Iterator[SheetRow]:
    """The rows that are not empty; raises MissingColumn where a required column is not there."""
    for column in required:
        table.position(column)
    for index, row in enumerate(table.rows):
        cells = {title: cell.strip() for title, cell in zip(table.columns, row, strict=True) if title}
        if any(cells.values()):
            yield SheetRow(table.row_number(index), cells)
