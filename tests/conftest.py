"""Fixtures that every part of the tests may use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from registry.database import open_engine
from registry.migrations import upgrade
from tests import postgis
from tests.store import add_referential, empty_postgis, empty_sqlite

ROOT = Path(__file__).parent.parent
ON_CI = os.environ.get("CI") == "true"


@pytest.fixture(scope="session", autouse=True)
def width_of_a_pipe() -> None:
    """Tables are as wide as in a pipe, whatever terminal the tests, or a part of them, run in."""
    os.environ.pop("COLUMNS", None)


def skip_visibly(why: str) -> None:
    """Skip the test, with the reason; on continuous integration nothing may be skipped."""
    if ON_CI:
        pytest.fail(f"{why} (must not be skipped where CI=true)")
    pytest.skip(why)


@pytest.fixture(scope="session")
def postgis_server() -> Iterator[postgis.Server]:
    """A running PostGIS whose template database is migrated."""
    try:
        folder = postgis.binaries()
    except postgis.NoPostGIS as reason:
        skip_visibly(str(reason))
    with postgis.running_server(folder) as server:
        migrated = open_engine(server.url(postgis.TEMPLATE))
        upgrade(migrated)
        migrated.dispose()
        yield server


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("template") / "marjaa.sqlite"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture
def sqlite_engine(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Engine]:
    """A migrated, empty SQLite database."""
    with empty_sqlite(migrated_sqlite, tmp_path) as engine:
        yield engine


@pytest.fixture
def postgis_engine(postgis_server: postgis.Server) -> Iterator[Engine]:
    """A migrated, empty PostGIS database."""
    with empty_postgis(postgis_server) as engine:
        yield engine


@pytest.fixture(params=["sqlite", "postgis"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """A migrated, empty database: the test runs once on each of the two."""
    opened: Engine = request.getfixturevalue(f"{request.param}_engine")
    return opened


@pytest.fixture(scope="session")
def scratch_sqlite(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An empty SQLite database for tests that commit nothing."""
    with empty_sqlite(migrated_sqlite, tmp_path_factory.mktemp("scratch")) as engine:
        yield engine


@pytest.fixture(scope="session")
def scratch_postgis(postgis_server: postgis.Server) -> Iterator[Engine]:
    """An empty PostGIS database for tests that commit nothing."""
    with empty_postgis(postgis_server) as engine:
        yield engine


@pytest.fixture(params=["sqlite", "postgis"])
def scratch(request: pytest.FixtureRequest) -> Engine:
    """Either of the two: as `engine`, but made once for all tests, which therefore commit nothing."""
    opened: Engine = request.getfixturevalue(f"scratch_{request.param}")
    return opened


@pytest.fixture
def connection(scratch: Engine) -> Iterator[Connection]:
    """A transaction with the empty referential `units`, rolled back at the end; on each of the two."""
    with scratch.connect() as opened:
        add_referential(opened)
        yield opened
        opened.rollback()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the project, for tests that read it in place."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        skip_visibly("the folder of real data is not here")
    return folder
