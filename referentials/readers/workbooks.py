"""Reads XLSX, ODS and XLS sheets as rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from referentials.readers.source import Source, SourceRow, Wanted
from referentials.sheets.limits import MissingColumn
from referentials.tables import Table, read_table


def read_workbook(path: Path, wanted: Wanted) -> Source:
    """The rows of a sheet, the one asked for or the first with a header; raises TableError, TableTooLarge."""
    try:
        table = read_table(path, sheet=wanted.sheet, wanted=wanted.titles)
    except MissingColumn:
        table = read_table(path, sheet=wanted.sheet)  # the mapping says better which title is missing
    return Source(path.name, table.columns, _rows(table))


def _rows(table: Table) -> Iterator[SourceRow]:
    for index, cells in enumerate(table.rows):
        yield SourceRow(table.row_number(index), cells)
