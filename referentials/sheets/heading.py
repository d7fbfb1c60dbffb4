"""Puts the rows of a sheet under its header, or says what is wrong and where."""

from __future__ import annotations

from collections.abc import Sequence

from referentials.sheets.headers import header_with, likely_header, nearest_titles, positions, unique_titles
from referentials.sheets.limits import MissingColumn, TableError

Cells = tuple[str, ...]


def header_position(rows: Sequence[Cells], wanted: Sequence[str], file: str, sheet: str | None) -> int:
    """The index of the first row with every wanted column, else of the first that looks like a header.

    `rows` are the first ones of the sheet. Raises MissingColumn, and TableError where no row is a header.
    """
    found = header_with(rows, wanted) if wanted else likely_header(rows)
    if found is not None:
        return found
    likely = likely_header(rows)
    if likely is None:
        raise TableError("no header row was found", file=file, sheet=sheet)
    columns = unique_titles(rows[likely])
    for title in wanted:
        position(columns, title, file, sheet, likely + 1)
    return likely


def position(columns: Sequence[str], title: str, file: str, sheet: str | None, row: int) -> int:
    """Where a column stands: by its exact title, else without regard to accents, case and surplus blanks.

    Raises MissingColumn where no column, or more than one, has that title; `row` is the header's.
    """
    found = positions(columns, title)
    if len(found) == 1:
        return found[0]
    listed = ", ".join(repr(column) for column in columns if column)
    nearest = nearest_titles(columns, title)
    if found:
        problem = f"more than one column has that title: {', '.join(repr(columns[at]) for at in found)}"
    elif nearest:
        problem = f"there is no such column; did you mean {nearest[0]!r}? There are {listed}"
    else:
        problem = f"there is no such column; there are {listed}"
    raise MissingColumn(
        problem, file=file, sheet=sheet, row=row, column=title, columns=columns, nearest=nearest
    )


def fitted(row: Cells, width: int, file: str, sheet: str | None, number: int) -> Cells:
    """The row as wide as the header; a cell beyond it would be lost, so it is a TableError."""
    if len(row) == width:
        return row
    for at, cell in enumerate(row[width:], start=width + 1):
        if cell:
            problem = f"the header has {width} columns, but this row has text in a column {at}: {cell[:80]!r}"
            raise TableError(problem, file=file, sheet=sheet, row=number, value=cell)
    return row[:width] + ("",) * (width - len(row))
