"""The database stopped: reads go on, writes are told when to try again, and nothing has to be restarted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from registry.app import create_app
from registry.config import Settings
from registry.database import open_engine
from tests.postgis import Server
from tests.registry.desk_client import DeskUnderTest, opened_desk
from tests.registry.desk_drafts import CHANGE_SETS, NEW
from tests.registry.small_library import build_library

ITEM = "/api/v1/referentials/units/items/01"


@pytest.fixture
def running(postgis_engine: Engine, tmp_path: Path) -> Iterator[DeskUnderTest]:
    """The desk beside published data, on PostgreSQL."""
    build_library(tmp_path / "data" / "snapshots")
    with opened_desk(postgis_engine, tmp_path / "data") as opened:
        yield opened


def stop(server: Server, database: str | None) -> None:
    """End all connections to a database, and let in none: to its clients, a server that stopped."""
    server.run(
        f"ALTER DATABASE {database} WITH ALLOW_CONNECTIONS false",
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'",
    )


def start(server: Server, database: str | None) -> None:
    server.run(f"ALTER DATABASE {database} WITH ALLOW_CONNECTIONS true")


def test_while_the_database_is_stopped_reads_go_on_and_writes_wait(
    running: DeskUnderTest, postgis_server: Server
) -> None:
    database = running.engine.url.database
    editor = running.signed_in("editor")
    reader = create_app(running.settings).test_client()
    before = reader.get(ITEM).data
    assert editor.post(CHANGE_SETS, json={**NEW, "label": "before"}).status_code == 201
    stop(postgis_server, database)
    try:
        for answer in (
            editor.post(CHANGE_SETS, json={**NEW, "label": "meanwhile"}),
            editor.get(CHANGE_SETS),
        ):
            assert (answer.status_code, answer.json["type"]) == (503, "/problems/unavailable")
            assert 0 < int(answer.headers["Retry-After"]) <= 10
            assert str(database) not in answer.text
        assert reader.get(ITEM).data == before
        assert reader.get("/api/v1/referentials/units/match", query_string={"q": "Taza"}).status_code == 200
    finally:
        start(postgis_server, database)
    assert editor.post(CHANGE_SETS, json={**NEW, "label": "after"}).status_code == 201  # at the first try
    drafts = {each["label"] for each in editor.get(CHANGE_SETS).json["items"]}
    assert drafts == {"before", "after"}


def test_where_nothing_listens_reads_are_answered_all_the_same(tmp_path: Path) -> None:
    build_library(tmp_path / "snapshots")
    address = "postgresql://nobody@127.0.0.1:9/nothing"
    settings = Settings.from_environment({"MARJAA_DATA": str(tmp_path), "MARJAA_DATABASE_URL": address})
    client = create_app(settings).test_client()
    assert client.get(ITEM).status_code == 200
    answer = client.get(CHANGE_SETS, headers={"Authorization": "Bearer marjaa_anything"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_a_database_that_does_not_answer_is_not_waited_for_long() -> None:
    engine = open_engine("postgresql://nobody@127.0.0.1:9/nothing")
    seen: dict[str, object] = {}

    def connect(*_: object, **arguments: object) -> object:
        seen.update(arguments)
        raise engine.dialect.loaded_dbapi.OperationalError("nobody is there")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine.dialect, "connect", connect)
        with pytest.raises(OperationalError):
            engine.connect()
    assert 0 < int(str(seen["connect_timeout"])) <= 5
