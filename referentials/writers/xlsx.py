"""XLSX: one sheet of the table that CSV has; texts are texts, whatever they look like."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import IO

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from referentials.writers import tabular
from referentials.writers.context import Export, Item, NotWritable

MOST_ROWS = 1_048_576  # specification of Excel workbooks, the header included
LONGEST_TEXT = 32_767
_LONGEST_SHEET_NAME = 31
_CHUNK = 1 << 16


def stream_xlsx(items: Iterable[Item], export: Export) -> Iterator[bytes]:
    """The bytes of the workbook, which exists as a whole, on disk, before the first are given out.

    Raises NotWritable for more rows, or a longer text, than a sheet can hold.
    """
    columns = tabular.columns_of(items, export)
    properties: dict[str, str | datetime] = {
        "title": f"{export.referential} {export.version}",
        "comments": "\n".join(filter(None, (export.licence, export.attribution))),
        "created": datetime.combine(export.at, time(), UTC),
    }
    with tempfile.TemporaryFile() as file:
        rows = (tabular.row(item, columns) for item in items)
        write_sheet(file, export.version, tabular.header(columns), rows, properties)
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk


def write_sheet(
    file: IO[bytes],
    name: str,
    header: Sequence[str],
    rows: Iterable[Sequence[tabular.Cell]],
    properties: Mapping[str, str | datetime],
) -> None:
    """A workbook of one sheet, in bounded memory; equal rows and properties give equal bytes.

    `properties` must have `created`, else the workbook carries the time of writing. Raises NotWritable.
    """
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    try:
        book.set_properties(dict(properties))
        sheet = book.add_worksheet(_sheet_name(name))
        sheet.freeze_panes(1, 0)
        _write_row(sheet, 0, header)
        for number, cells in enumerate(rows, start=1):
            if number >= MOST_ROWS:
                raise NotWritable(f"a sheet holds at most {MOST_ROWS - 1:,} rows below its header; use CSV")
            _write_row(sheet, number, cells)
    finally:
        book.close()  # removes the temporary file of the rows, too


def _sheet_name(text: str) -> str:
    """A text as the name of a sheet: short, and without the signs that such names must not have."""
    return re.sub(r"[\[\]:*?/\\]", " ", text).strip(" '")[:_LONGEST_SHEET_NAME] or "items"


def _write_row(sheet: Worksheet, number: int, cells: Sequence[tabular.Cell]) -> None:
    for column, cell in enumerate(cells):
        if isinstance(cell, str):
            if len(cell) > LONGEST_TEXT:
                problem = f"a text of {len(cell):,} characters; a cell holds at most {LONGEST_TEXT:,}"
                raise NotWritable(problem, number + 1)
            refused = sheet.write_string(number, column, cell)
        elif cell is not None:
            refused = sheet.write_number(number, column, cell)
        else:
            continue
        if refused:
            raise NotWritable(f"column {column + 1} does not fit in a sheet; use CSV", number + 1)
