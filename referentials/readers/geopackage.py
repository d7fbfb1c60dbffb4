"""Reads a layer of a GeoPackage (OGC 12-128) in batches."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pyogrio.errors
import pyogrio.raw

from referentials.canonical import JSON
from referentials.readers.geometries import UnfitShape, from_wkb
from referentials.readers.source import GEOMETRY, MAX_VERTICES, Source, SourceRow, Wanted, require_size
from referentials.sheets.limits import MIB, TableError, TableTooLarge

MARK = b"SQLite format 3\0"
_BATCH_BYTES = 32 * MIB
_BATCH = 10_000
_MAX_GEOMETRY_BYTES = 32 * MAX_VERTICES  # four ordinates of eight bytes
_IDS = (b"GPKG", b"GP10", b"GP11")  # application ids of version 1.2 and later, 1.0 and 1.1
_WGS_84 = 4326


@dataclass(frozen=True, slots=True)
class _Layer:
    name: str
    geometry: str | None
    largest: int
    rows: int


def read_geopackage(path: Path, wanted: Wanted) -> Source:
    """The features of the layer asked for, or of the only one.

    What the file declares is looked at before anything is read from it: raises TableError where it is no
    GeoPackage, has no such layer, or one that is no table or not in WGS 84, and TableTooLarge.
    """
    require_size(path)
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        ) as database:
            database.execute("PRAGMA trusted_schema = OFF")
            layer = _layer(database, path.name, wanted.sheet)
    except TableError:
        raise
    except (sqlite3.DatabaseError, ValueError) as error:
        raise TableError(f"a damaged GeoPackage ({error})", file=path.name) from None
    titles = _titles(path, layer)
    return Source(path.name, titles, _rows(path, layer))


def _layer(database: sqlite3.Connection, file: str, wanted: str | None) -> _Layer:
    mark = int(database.execute("PRAGMA application_id").fetchone()[0]).to_bytes(4, "big", signed=True)
    tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if mark not in _IDS or "gpkg_contents" not in tables or "gpkg_geometry_columns" not in tables:
        raise TableError("a SQLite file, but not a GeoPackage", file=file)
    layers = dict(
        database.execute(
            "SELECT table_name, srs_id FROM gpkg_contents WHERE data_type IN ('features', 'attributes')"
        ).fetchall()
    )
    listed = ", ".join(repr(name) for name in sorted(layers)[:20])
    if not layers:
        raise TableError("the GeoPackage has no layer of features", file=file)
    if wanted is None and len(layers) > 1:
        raise TableError(f"has several layers: say which of {listed}", file=file)
    name = next(iter(layers)) if wanted is None else wanted
    if name not in layers:
        raise TableError(f"there is no such layer; there are {listed}", file=file, sheet=name)
    if name not in tables:  # a view is a program of whoever made the file
        raise TableError("the layer is not a table of the file", file=file, sheet=name)
    column = database.execute(
        "SELECT column_name, srs_id FROM gpkg_geometry_columns WHERE table_name = ?", (name,)
    ).fetchone()
    quoted = _quoted(name)
    rows = database.execute(f"SELECT count(*) FROM {quoted}").fetchone()[0]  # noqa: S608  # quoted
    if column is None:
        return _Layer(name, None, 0, rows)
    if column[1] != _WGS_84:
        problem = (
            f"the reference system has the number {column[1]}; only WGS 84 (EPSG:4326) is read: reproject it"
        )
        raise TableError(problem, file=file, sheet=name, column=column[0], value=str(column[1]))
    largest = database.execute(f"SELECT max(length({_quoted(column[0])})) FROM {quoted}").fetchone()[0] or 0  # noqa: S608  # quoted
    if largest > _MAX_GEOMETRY_BYTES:
        problem = f"a shape of {largest:,} bytes; at most {MAX_VERTICES:,} vertices are read: simplify it"
        raise TableTooLarge(problem, file=file, sheet=name)
    return _Layer(name, column[0], int(largest), rows)


def _titles(path: Path, layer: _Layer) -> tuple[str, ...]:
    meta, *_ = _read(path, layer, 0, 1)
    return (*(str(field) for field in meta["fields"]), *(() if layer.geometry is None else (GEOMETRY,)))


def _rows(path: Path, layer: _Layer) -> Iterator[SourceRow]:
    size = max(1, min(_BATCH, _BATCH_BYTES // max(layer.largest, 1)))
    for start in range(0, layer.rows, size):
        _, _, shapes, columns = _read(path, layer, start, size)
        values = [_plain(column) for column in columns]
        count = len(values[0]) if values else (0 if shapes is None else len(shapes))
        for at in range(count):
            cells = tuple(column[at] for column in values)
            try:
                shape = None if shapes is None else from_wkb(shapes[at])
                yield SourceRow(start + at + 1, cells, shape)
            except UnfitShape as error:
                yield SourceRow(start + at + 1, cells, problem=str(error))


def _read(
    path: Path, layer: _Layer, start: int, count: int
) -> tuple[dict[str, Sequence[str]], object, Sequence[bytes | None] | None, Sequence[np.ndarray]]:
    """A batch as pyogrio gives it: description, ids, shapes, columns. The driver is named, never guessed."""
    try:
        found: tuple[dict[str, Sequence[str]], object, Sequence[bytes | None] | None, Sequence[np.ndarray]]
        found = pyogrio.raw.read(
            f"GPKG:{path.absolute()}",
            layer=layer.name,
            skip_features=start,
            max_features=count,
            force_2d=True,
            datetime_as_string=True,
        )
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pyogrio.errors.FeatureError,
    ) as error:
        said = str(error).replace(str(path.absolute()), path.name).replace(str(path.absolute().parent), "")
        raise TableError(f"a damaged GeoPackage ({said[:200]})", file=path.name, sheet=layer.name) from None
    return found


def _plain(column: np.ndarray) -> list[JSON]:
    return [_value(value) for value in column.tolist()]


def _value(value: JSON) -> JSON:
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | list) else None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
