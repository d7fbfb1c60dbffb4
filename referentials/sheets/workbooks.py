"""Reads XLSX, ODS and XLS workbooks, once they are known to be of bounded size."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
    WorksheetNotFound,
)

from referentials.sheets.limits import Limits, TableError, TableTooLarge
from referentials.sheets.measuring import measure

ZIP_MARK = b"PK\x03\x04"
OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# An XLSX with a password is a stream of that name in a file of the old format ([MS-OFFCRYPTO] 2.3.4.4).
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PROTECTED = "the workbook is protected by a password; save it without one"

Cell = str | float | int | bool | date | time | datetime | timedelta


@dataclass(frozen=True, slots=True)
class SheetRows:
    """The rows of one sheet from its first row and column on, all equally wide."""

    sheet: str
    rows: list[tuple[str, ...]]


def is_workbook(data: bytes) -> bool:
    """Whether the bytes are a workbook, whatever the file is called."""
    return data.startswith((ZIP_MARK, OLE_MARK))


def read_sheets(data: bytes, *, file: str, sheet: str | None, limits: Limits) -> Iterator[SheetRows]:
    """The visible sheets that hold something, or the one asked for, one by one.

    Formula cells are read as their cached values. Raises TableError (no such sheet, not a workbook,
    protected) and TableTooLarge, the latter before anything is unpacked into memory.
    """
    check_workbook(data, file=file, limits=limits)
    with _opened(data, file) as workbook:
        for name in _sheet_names(workbook, sheet, file):
            rows = list(_rows(workbook, name, file, limits))
            if rows or sheet is not None:
                yield SheetRows(name, rows)


def check_workbook(data: bytes, *, file: str, limits: Limits) -> None:
    """Raises TableTooLarge where a workbook would pass the limits if opened, TableError if it is damaged."""
    if data.startswith(ZIP_MARK):
        measure(data, file=file, limits=limits)
    elif len(data) > limits.max_xls_bytes:
        problem = f"XLS workbooks are read up to {limits.max_xls_bytes:,} bytes; save as XLSX"
        raise TableTooLarge(problem, file=file)


def sheet_names(data: bytes, *, file: str, sheet: str | None) -> list[str]:
    """The visible sheets of a checked workbook, or the one asked for; raises TableError."""
    with _opened(data, file) as workbook:
        return _sheet_names(workbook, sheet, file)


def sheet_rows(data: bytes, name: str, *, file: str, limits: Limits) -> Iterator[tuple[str, ...]]:
    """The rows of a sheet of a checked workbook, one by one."""
    with _opened(data, file) as workbook:
        yield from _rows(workbook, name, file, limits)


@contextmanager
def _opened(data: bytes, file: str) -> Iterator[CalamineWorkbook]:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            yield workbook
    except PasswordError:
        raise TableError(_PROTECTED, file=file) from None
    except CalamineError as error:
        if data.startswith(OLE_MARK) and _ENCRYPTED in data:
            raise TableError(_PROTECTED, file=file) from None
        raise TableError(f"not a readable workbook ({error})", file=file) from None


def text_of(cell: Cell) -> str:
    """A cell as text: whole numbers without a fraction, dates in ISO 8601, TRUE and FALSE."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return f"{cell:.15g}" if not cell.is_integer() or abs(cell) >= 1e15 else str(int(cell))
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


def _sheet_names(workbook: CalamineWorkbook, wanted: str | None, file: str) -> list[str]:
    if wanted is None:
        visible = [meta.name for meta in workbook.sheets_metadata if meta.visible == SheetVisibleEnum.Visible]
        return visible or workbook.sheet_names
    if wanted not in workbook.sheet_names:
        names = ", ".join(repr(name) for name in workbook.sheet_names)
        raise TableError(f"there is no such sheet; there are {names}", file=file, sheet=wanted)
    return [wanted]


def _rows(workbook: CalamineWorkbook, name: str, file: str, limits: Limits) -> Iterator[tuple[str, ...]]:
    try:
        sheet = workbook.get_sheet_by_name(name)
    except WorksheetNotFound:  # a chart sheet has a name and no cells
        return
    if sheet.start is None:
        return
    margin = ("",) * sheet.start[1]
    cells = 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells += len(row)
        if cells > limits.max_cells:
            raise TableTooLarge(f"more than {limits.max_cells:,} cells", file=file, sheet=name, row=number)
        yield (*margin, *map(text_of, row))
