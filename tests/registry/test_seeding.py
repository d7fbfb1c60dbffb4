"""A new installation: seeded once, the same on either database, through the publish function."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text

from referentials.drafting import UnfitList
from referentials.findings import InvalidItems
from referentials.listing import ListedItem
from registry.database import open_engine
from registry.library import Library
from registry.models import Version
from registry.seeding import Step, seed
from seeds.catalogue import catalogue
from seeds.model import Catalogue, Listing
from tests import postgis

SEEDED = {
    "administrative-units": ["2014", "2024"],
    "isic-4": ["4"],
    "iso-3166-2-ma": ["2026"],
    "nma-2010": ["2010"],
    "place-names": ["2026"],
    "regions-1997": ["1997"],
}


@dataclass(frozen=True)
class Installation:
    engine: Engine
    root: Path
    published: list[str]
    steps: list[Step]

    @property
    def library(self) -> Library:
        return Library(self.root)


def install(engine: Engine, root: Path) -> Installation:
    steps: list[Step] = []
    return Installation(engine, root, seed(engine, root, progress=steps.append), steps)


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("sqlite")
    (folder / "marjaa.sqlite").write_bytes(migrated_sqlite.read_bytes())
    engine = open_engine(f"sqlite:///{folder / 'marjaa.sqlite'}")
    try:
        yield install(engine, folder / "snapshots")
    finally:
        engine.dispose()


@pytest.fixture(scope="module")
def on_postgis(
    tmp_path_factory: pytest.TempPathFactory, postgis_server: postgis.Server
) -> Iterator[Installation]:
    with postgis_server.database() as url:
        engine = open_engine(url)
        try:
            yield install(engine, tmp_path_factory.mktemp("postgis") / "snapshots")
        finally:
            engine.dispose()


@pytest.fixture(params=["sqlite", "postgis"])
def installation(request: pytest.FixtureRequest) -> Installation:
    found: Installation = request.getfixturevalue(f"on_{request.param}")
    return found


def test_all_seeds_are_published_with_where_they_come_from(installation: Installation) -> None:
    library = installation.library
    found = {entry.id: [version.label for version in entry.versions] for entry in library.referentials()}
    assert found == SEEDED
    for entry in library.referentials():
        assert {"fr", "ar", "en"} <= entry.names.keys()
        for version in entry.versions:
            assert version.basis
            assert all(source["title"] and source["licence"] for source in version.provenance)
            library.snapshot(entry.id, version.label).content.verify()
    assert len(library.correspondences()) == 2


def test_seeding_says_how_far_it_is(installation: Installation) -> None:
    assert [step.done for step in installation.steps] == list(range(9))
    assert {step.total for step in installation.steps} == {9}
    assert len(installation.published) == 9


def test_seeding_again_changes_nothing(installation: Installation) -> None:
    catalogue_before = (installation.root / "catalogue.json").read_bytes()
    assert seed(installation.engine, installation.root) == []
    assert (installation.root / "catalogue.json").read_bytes() == catalogue_before
    with installation.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(Version)).scalar_one() == 7


def test_the_snapshots_are_the_same_to_the_byte_from_either_database(
    on_sqlite: Installation, on_postgis: Installation
) -> None:
    files = sorted(path.relative_to(on_sqlite.root) for path in on_sqlite.root.glob("*/*/*/*"))
    assert len(files) > 7 * 10
    for file in files:
        assert (on_sqlite.root / file).read_bytes() == (on_postgis.root / file).read_bytes(), file


def test_seed_material_with_errors_is_refused_and_what_came_before_stays(
    engine: Engine, tmp_path: Path
) -> None:
    root = tmp_path / "snapshots"
    seeds = catalogue()
    units = next(entry for entry in seeds.referentials if entry.id == "regions-1997")
    twice = Listing([ListedItem("01", "region", None, {"fr": "Oued"})] * 2, [])
    bad = replace(units.versions[0], label="1998", effective_on=date(1998, 1, 1), listing=lambda: twice)
    material = Catalogue((replace(units, versions=(*units.versions, bad)),), ())
    with pytest.raises((InvalidItems, UnfitList), match="01"):
        seed(engine, root, material=material)
    assert [version.label for version in Library(root).versions("regions-1997")] == ["1997"]


def test_a_gis_reads_the_places_of_a_referential_from_its_view(on_postgis: Installation) -> None:
    with on_postgis.engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT count(*), count(DISTINCT id), min(ST_SRID(shape)), bool_and(ST_IsValid(shape)) "
                "FROM view_place_names"
            )
        ).one()
        # What QGIS lists the layers of a database from.
        layer = connection.execute(
            text("SELECT f_geometry_column, srid, type FROM geometry_columns WHERE f_table_name = :name"),
            {"name": "view_place_names"},
        ).one()
    assert tuple(rows) == (507, 507, 4326, True)
    assert tuple(layer) == ("shape", 4326, "GEOMETRY")
