"""Layers of GeoPackages, and files that only look like one."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import pytest
import shapely

from referentials.sheets.limits import TableError, TableTooLarge
from tests.referentials.readers.conftest import Read

SHAPES = (shapely.box(-5, 34, -4, 35), shapely.box(-4, 34, -3, 35), None)


def layer(path: Path, name: str = "units", shapes: Sequence[Any] = SHAPES, crs: str = "EPSG:4326") -> Path:
    columns = {
        "code": np.array([f"{number:02}" for number in range(1, len(shapes) + 1)], dtype=object),
        "nom": np.array([f"Unité {number}" for number in range(1, len(shapes) + 1)], dtype=object),
        "area_km2": np.array([1.5, *[np.nan] * (len(shapes) - 1)]),
    }
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array(shapes, dtype=object)),
        list(columns.values()),
        list(columns),
        geometry_type="Unknown",
        crs=crs,
        driver="GPKG",
        layer=name,
        append=path.exists(),
    )
    return path


def test_features_become_items_in_batches(read: Read, tmp_path: Path, monkeypatch):
    monkeypatch.setattr("referentials.readers.geopackage._BATCH", 2)
    reading, rows = read(layer(tmp_path / "units.gpkg"), default_level="region")
    assert reading.format == "geopackage"
    assert [(row.row, row.code) for row in rows] == [(1, "01"), (2, "02"), (3, "03")]
    items = [row.item for row in rows]
    assert [None if item is None else item.attributes for item in items] == [{"area_km2": 1.5}, {}, {}]
    assert items[0] is not None
    assert items[0].names == {"fr": "Unité 1"}
    assert items[0].shape is not None
    assert items[0].shape.equals(SHAPES[0])


def test_one_of_several_layers_must_be_named(read: Read, tmp_path: Path):
    path = layer(layer(tmp_path / "units.gpkg"), "others", SHAPES[:1])
    with pytest.raises(TableError, match="say which of 'others', 'units'"):
        read(path, default_level="region")
    with pytest.raises(TableError, match="there are 'others', 'units'"):
        read(path, sheet="communes", default_level="region")
    _, rows = read(path, sheet="others", default_level="region")
    assert len(rows) == 1


def test_another_reference_system_is_refused(read: Read, tmp_path: Path):
    with pytest.raises(TableError, match="number 26191; only WGS 84"):
        read(layer(tmp_path / "units.gpkg", crs="EPSG:26191"), default_level="region")


def test_a_shape_that_cannot_be_published_is_reported(read: Read, tmp_path: Path):
    bow_tie = shapely.from_wkt("POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))")
    _, rows = read(layer(tmp_path / "units.gpkg", shapes=(bow_tie, SHAPES[0])), default_level="region")
    assert [row.item is None for row in rows] == [True, False]
    assert "Self-intersection" in rows[0].problems[0].message


def test_a_polygon_of_a_million_vertices_is_refused_before_it_is_read(read: Read, tmp_path: Path):
    angles = np.linspace(0, 2 * np.pi, 1_000_001)
    circle = shapely.Polygon(np.column_stack([np.cos(angles), np.sin(angles)]))
    with pytest.raises(TableTooLarge, match="at most 200,000 vertices"):
        read(layer(tmp_path / "units.gpkg", shapes=(circle,)), default_level="region")


def test_a_layer_that_is_a_view_is_refused(read: Read, tmp_path: Path):
    path = layer(tmp_path / "units.gpkg")
    with sqlite3.connect(path) as database:
        database.execute("CREATE VIEW endless AS SELECT * FROM units")
        database.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES (?, ?, ?, ?)",
            ("endless", "features", "endless", 4326),
        )
    database.close()
    with pytest.raises(TableError, match="not a table"):
        read(path, sheet="endless", default_level="region")


def test_a_sqlite_file_is_not_a_geopackage(read: Read, tmp_path: Path):
    path = tmp_path / "units.gpkg"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE units (code TEXT)")
    database.close()
    with pytest.raises(TableError, match="not a GeoPackage"):
        read(path, default_level="region")


@pytest.mark.parametrize("keep", [100, 5000, 60_000])
def test_a_damaged_geopackage_is_refused_without_the_servers_paths(read: Read, tmp_path: Path, keep: int):
    whole = layer(tmp_path / "whole.gpkg").read_bytes()
    with pytest.raises(TableError) as told:
        read(whole[:keep], "units.gpkg", default_level="region")
    assert str(tmp_path) not in str(told.value)


def test_a_text_called_geopackage_is_read_as_what_it_is(read: Read):
    reading, _ = read("code,nom\n01,Nord\n", "units.gpkg", default_level="region")
    assert reading.format == "csv"
