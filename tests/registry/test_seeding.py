"""A new installation: seeded once, the same on either database, through the publish function."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text

from referentials.drafting import UnfitList
from referentials.findings import InvalidItems
from referentials.listing import ListedItem
from registry import seeding
from registry.database import open_engine
from registry.errors import Conflict
from registry.library import Library
from registry.models import ChangeSet, Version
from registry.naming import BadName
from registry.publishing.publish import Incomplete
from registry.seeding import Step, seed
from seeds.catalogue import catalogue
from seeds.model import Catalogue, Listing, SeedVersion
from tests import postgis

SEEDED = {
    "administrative-units": ["2014", "2024"],
    "isic-4": ["4", "4.1"],
    "iso-3166-2-ma": ["2026"],
    "nma-2010": ["2010", "2010.1"],
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
    assert [step.done for step in installation.steps] == list(range(11))
    assert {step.total for step in installation.steps} == {11}
    assert len(installation.published) == 11


def test_seeding_again_changes_nothing(installation: Installation) -> None:
    catalogue_before = (installation.root / "catalogue.json").read_bytes()
    assert seed(installation.engine, installation.root) == []
    assert (installation.root / "catalogue.json").read_bytes() == catalogue_before
    with installation.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(Version)).scalar_one() == 9


def test_the_snapshots_are_the_same_to_the_byte_from_either_database(
    on_sqlite: Installation, on_postgis: Installation
) -> None:
    files = sorted(path.relative_to(on_sqlite.root) for path in on_sqlite.root.glob("*/*/*/*"))
    assert len(files) > 9 * 10
    for file in files:
        assert (on_sqlite.root / file).read_bytes() == (on_postgis.root / file).read_bytes(), file


def small(*versions: SeedVersion) -> Catalogue:
    """The smallest referential of the seeds, with these versions, or with its own."""
    units = next(entry for entry in catalogue().referentials if entry.id == "regions-1997")
    return Catalogue((replace(units, versions=versions or units.versions),), ())


def test_an_interrupted_first_start_is_finished_by_the_next(engine: Engine, tmp_path: Path) -> None:
    seeds = catalogue()
    assert seed(engine, tmp_path, material=small()) == ["regions-1997 1997"]
    entries = tuple(entry for entry in seeds.referentials if entry.id in ("regions-1997", "iso-3166-2-ma"))
    steps: list[Step] = []
    whole = replace(seeds, referentials=entries, correspondences=())
    assert seed(engine, tmp_path, material=whole, progress=steps.append) == ["iso-3166-2-ma 2026"]
    assert [step.what for step in steps] == ["iso-3166-2-ma 2026"]


def test_two_that_seed_at_once_do_not_collide(engine: Engine, tmp_path: Path) -> None:
    together = threading.Barrier(4)

    def start(_number: int) -> list[str]:
        together.wait()
        return seed(engine, tmp_path, material=small())

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(start, range(4))) == [[], [], [], ["regions-1997 1997"]]


@pytest.mark.parametrize("failure", [Conflict("no"), KeyboardInterrupt()])
def test_what_cannot_be_published_leaves_no_drafts_behind(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure

    with monkeypatch.context() as patch:
        patch.setattr(seeding, "publish", fail)
        for _ in range(2):
            with pytest.raises(type(failure)):
                seed(engine, tmp_path, material=small())
    assert drafts(engine) == (1 if isinstance(failure, KeyboardInterrupt) else 0)  # as a kill would
    assert seed(engine, tmp_path, material=small()) == ["regions-1997 1997"]
    assert drafts(engine) == 0


def drafts(engine: Engine) -> int:
    with engine.connect() as connection:
        drafted = select(func.count()).where(ChangeSet.status == "draft")
        return connection.execute(drafted).scalar_one()


def test_one_referential_that_cannot_be_completed_does_not_keep_others_from_being_seeded(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(*_: object) -> None:
        raise Incomplete(["units 2014: lost"])

    monkeypatch.setattr(seeding, "complete", cannot)
    with pytest.raises(Incomplete, match="units 2014: lost"):
        seed(engine, tmp_path, material=small())
    assert [version.label for version in Library(tmp_path).versions("regions-1997")] == ["1997"]


def test_a_referential_with_an_id_that_is_none_is_refused(engine: Engine, tmp_path: Path) -> None:
    material = small()
    odd = replace(material, referentials=(replace(material.referentials[0], id="../units"),))
    with pytest.raises(BadName, match="the id of a referential"):
        seed(engine, tmp_path, material=odd)


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
