"""Writes a harmonised table beside its target, then puts it in the target's place: whole or not at all."""

from __future__ import annotations

import csv
import errno
import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from types import MappingProxyType

from referentials.writers.parquet import write_parquet
from referentials.writers.xlsx import MOST_ROWS, write_sheet
from registry.errors import BadValue

Rows = Iterable[Sequence[str]]
Writer = Callable[[Path, str, Sequence[str], Rows, date], None]


def check_target(path: Path, *, rows: int = 0) -> None:
    """Raises BadValue for a target that could not be written, before any work is done for it."""
    if path.suffix.lower() not in WRITERS:
        raise BadValue("output", path.name, f"a name that ends in {' or '.join(WRITERS)}")
    if not path.parent.is_dir():
        raise BadValue("output", str(path), "a file in a folder that exists")
    if path.is_dir():
        raise BadValue("output", str(path), "a file, not a folder")
    if path.suffix.lower() == ".xlsx" and rows >= MOST_ROWS:
        expected = f".csv or .parquet: a sheet holds {MOST_ROWS - 1:,} rows, and there are {rows:,}"
        raise BadValue("output", path.name, expected)


def write_table(path: Path, header: Sequence[str], rows: Rows, *, created: date) -> None:
    """The rows as CSV (UTF-8, RFC 4180), XLSX or Parquet, by the extension; every cell as the text it is.

    `created` is the date that a workbook carries, so that equal rows give equal bytes. Whatever is raised,
    the target is as it was. Raises BadValue, OSError, and NotWritable for what a sheet cannot hold.
    """
    check_target(path)
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        WRITERS[path.suffix.lower()](partial, path.stem, header, rows, created)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def put_in_place(finished: Path, target: Path) -> None:
    """Make a finished file the target, at once, also where they are not on one file system."""
    with finished.open("rb") as file:
        os.fsync(file.fileno())
    try:
        finished.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        partial = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            shutil.copyfile(finished, partial)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
        finished.unlink()


def _write_csv(path: Path, _name: str, header: Sequence[str], rows: Rows, _created: date) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(header)
        writer.writerows(rows)


def _write_xlsx(path: Path, name: str, header: Sequence[str], rows: Rows, created: date) -> None:
    with path.open("wb") as file:
        write_sheet(file, name, header, rows, {"created": datetime.combine(created, time(), UTC)})


def _write_parquet(path: Path, _name: str, header: Sequence[str], rows: Rows, _created: date) -> None:
    write_parquet(path, header, rows)


WRITERS: Mapping[str, Writer] = MappingProxyType(
    {".csv": _write_csv, ".xlsx": _write_xlsx, ".parquet": _write_parquet}
)
