"""The real files beside the project are read without a word from anybody."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.referentials.readers.conftest import Read


@pytest.mark.parametrize(
    ("file", "level", "count"),
    [
        ("communes_2024.geojson", "commune", 1503),
        ("regions_2024.geojson", "region", 12),
        ("provinces_2024.geojson", "province", 75),
        ("arrondissements_2024.geojson", "arrondissement", 41),
    ],
)
def test_boundaries_are_read_with_their_codes(
    read: Read, shared_data: Path, file: str, level: str, count: int
):
    reading, rows = read(shared_data / "boundaries" / file, levels=(level,))
    assert reading.guess.mapping.columns["code"] == "code"
    shapes = [row.item.shape for row in rows if row.item is not None]
    assert len(shapes) == count
    assert all(shape is not None for shape in shapes)


def test_localities_are_read_with_their_names_points_and_communes(read: Read, shared_data: Path):
    path = shared_data / "gazetteer" / "localities.csv.gz"
    reading, rows = read(path, kind="place-names", levels=("populated-place",))
    assert reading.guess.unused == ("is_current",)
    assert len(rows) == 43_919
    assert [row for row in rows if row.problems] == []
    agadir = rows[0].item
    assert agadir is not None
    assert (agadir.code, agadir.names) == ("1125764765", {"fr": "Agadir", "ar": "أكادير"})
    assert agadir.attributes["commune"] == {"code": "09.001.01.01"}
