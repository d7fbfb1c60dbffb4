"""Writes a harmonised table beside its target, then puts it in the target's place: whole or not at all."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from types import MappingProxyType

from referentials.writers.xlsx import write_sheet
from registry.errors import BadValue

Rows = Iterable[Sequence[str]]


def check_target(path: Path) -> None:
    """Raises BadValue for a target that could not be written, before any work is done for it."""
    if path.suffix.lower() not in _WRITERS:
        raise BadValue("output", path.name, f"a name that ends in {' or '.join(_WRITERS)}")
    if not path.parent.is_dir():
        raise BadValue("output", str(path), "a file in a folder that exists")
    if path.is_dir():
        raise BadValue("output", str(path), "a file, not a folder")


def write_table(path: Path, header: Sequence[str], rows: Rows, *, created: date) -> None:
    """The rows as CSV (UTF-8, RFC 4180) or XLSX, by the target's extension; every cell as the text it is.

    `created` is the date that a workbook carries, so that equal rows give equal bytes. Whatever is raised,
    the target is as it was. Raises BadValue, OSError, and NotWritable for what a sheet cannot hold.
    """
    check_target(path)
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        _WRITERS[path.suffix.lower()](partial, header, rows, created)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _write_csv(path: Path, header: Sequence[str], rows: Rows, _created: date) -> None:
    with path.open("x", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(header)
        writer.writerows(rows)


def _write_xlsx(path: Path, header: Sequence[str], rows: Rows, created: date) -> None:
    with path.open("xb") as file:
        write_sheet(file, path.stem, header, rows, {"created": datetime.combine(created, time(), UTC)})


_WRITERS: Mapping[str, Callable[[Path, Sequence[str], Rows, date], None]] = MappingProxyType(
    {".csv": _write_csv, ".xlsx": _write_xlsx}
)
