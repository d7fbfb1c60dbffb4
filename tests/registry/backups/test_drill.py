"""The restore drill, on both databases: what comes back answers, and hashes, as what was backed up."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from referentials.notes import read_checkpoint
from registry.app import create_app
from registry.backups.checksums import checksums
from registry.backups.dumping import load_database
from registry.backups.taking import BadBackup, read_backup, restore_backup, take_backup
from registry.database import begin_write, open_engine
from registry.errors import Conflict, Unavailable
from registry.library import Library
from registry.logbook import read_log
from registry.publishing.publish import complete
from registry.seeding import seed
from seeds.catalogue import catalogue
from seeds.model import Catalogue
from tests.postgis import Server
from tests.registry.small_library import settings

SEEDED = ("iso-3166-2-ma", "regions-1997")
ANSWERS = 200


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def installed(engine: Engine, data: Path) -> Engine:
    """An installation with two referentials of the seeds."""
    material = Catalogue(tuple(entry for entry in catalogue().referentials if entry.id in SEEDED), ())
    seed(engine, data / "snapshots", material=material)
    return engine


@pytest.fixture
def empty(request: pytest.FixtureRequest, engine: Engine, tmp_path: Path) -> Iterator[Engine]:
    """An empty database of the same kind, without any table."""
    if engine.dialect.name == "sqlite":
        opened = open_engine(f"sqlite:///{tmp_path / 'restored' / 'marjaa.sqlite'}")
        yield opened
        opened.dispose()
        return
    server: Server = request.getfixturevalue("postgis_server")
    name = f"restored_{next(server.numbers)}"
    server.run(f"CREATE DATABASE {name}")
    opened = open_engine(server.url(name))
    yield opened
    opened.dispose()
    server.run(f"DROP DATABASE {name} WITH (FORCE)")


def golden_answers(data: Path) -> list[bytes]:
    """Look-ups and matches, as the service gives them."""
    client = create_app(settings(data)).test_client()
    answers = []
    library = Library(data / "snapshots")
    for referential in SEEDED:
        store = library.snapshot(referential).store
        of_referential = f"/api/v1/referentials/{referential}"
        for row in islice(range(store.size), ANSWERS // 2):
            answers.append(client.get(f"{of_referential}/items/{store.code(row)}").data)
            name = next(iter(json.loads(answers[-1])["names"].values()), store.code(row))
            answers.append(client.get(f"{of_referential}/match", query_string={"q": name[:200]}).data)
    return answers[:ANSWERS]


def roots(data: Path) -> dict[tuple[str, str], str]:
    library = Library(data / "snapshots")
    return {
        (version.referential, version.label): version.content_root
        for entry in library.referentials()
        for version in entry.versions
    }


def tables(engine: Engine) -> object:
    with engine.connect() as connection:
        return checksums(connection)


@pytest.mark.parametrize("snapshots", [True, False])
def test_what_is_restored_is_what_was_backed_up(
    installed: Engine, empty: Engine, data: Path, tmp_path: Path, snapshots: bool
) -> None:
    before = tables(installed), roots(data), golden_answers(data), read_log(data / "snapshots")
    assert len(before[2]) == ANSWERS
    taken = take_backup(installed, data / "snapshots", tmp_path / "backup", snapshots=snapshots, keys=True)
    assert taken.tables == before[0]
    restored = tmp_path / "restored"
    assert restore_backup(empty, restored / "snapshots", tmp_path / "backup") == taken
    after = tables(empty), roots(restored), golden_answers(restored), read_log(restored / "snapshots")
    assert after == before
    for version in roots(restored):
        Library(restored / "snapshots").snapshot(*version).content.verify()
    assert complete(empty, restored / "snapshots", thoroughly=True) == []


def test_what_was_published_while_snapshots_were_copied_is_compiled_again(
    installed: Engine, empty: Engine, data: Path, tmp_path: Path
) -> None:
    take_backup(installed, data / "snapshots", tmp_path / "backup")
    shutil.rmtree(tmp_path / "backup" / "snapshots" / "regions-1997")
    restored = tmp_path / "restored"
    restore_backup(empty, restored / "snapshots", tmp_path / "backup")
    assert roots(restored) == roots(data)


def test_a_restored_database_refuses_what_the_old_one_did(
    installed: Engine, empty: Engine, data: Path, tmp_path: Path
) -> None:
    take_backup(installed, data / "snapshots", tmp_path / "backup")
    restore_backup(empty, tmp_path / "restored" / "snapshots", tmp_path / "backup")
    with pytest.raises(Exception, match="never"), begin_write(empty) as connection:
        connection.execute(text("DELETE FROM log_leaf"))


def test_a_backup_is_not_restored_over_anything(
    installed: Engine, empty: Engine, data: Path, tmp_path: Path
) -> None:
    take_backup(installed, data / "snapshots", tmp_path / "backup")
    with pytest.raises(Conflict, match="is not empty: it has the table"):
        restore_backup(installed, tmp_path / "restored" / "snapshots", tmp_path / "backup")
    with pytest.raises(Conflict, match="without snapshots"):
        restore_backup(empty, data / "snapshots", tmp_path / "backup")
    with pytest.raises(Conflict, match="not an empty folder"):
        take_backup(installed, data / "snapshots", tmp_path / "backup")
    assert read_checkpoint(read_log(data / "snapshots").note).size == len(SEEDED)


def test_the_private_key_is_in_a_backup_only_where_that_was_asked_for(
    sqlite_engine: Engine, data: Path, tmp_path: Path
) -> None:
    complete(sqlite_engine, data / "snapshots")
    take_backup(sqlite_engine, data / "snapshots", tmp_path / "without")
    take_backup(sqlite_engine, data / "snapshots", tmp_path / "with", keys=True)
    secret = (data / "keys" / "log.key").read_bytes()
    assert (tmp_path / "with" / "keys" / "log.key").read_bytes() == secret
    assert not any(
        secret in path.read_bytes() for path in (tmp_path / "without").rglob("*") if path.is_file()
    )
    assert (tmp_path / "without").stat().st_mode & 0o077 == 0


def test_a_backup_that_was_changed_or_interrupted_is_refused(
    sqlite_engine: Engine, data: Path, tmp_path: Path
) -> None:
    complete(sqlite_engine, data / "snapshots")
    folder = tmp_path / "backup"
    take_backup(sqlite_engine, data / "snapshots", folder)
    whole = (folder / "marjaa.sqlite").read_bytes()
    (folder / "marjaa.sqlite").write_bytes(whole[:-1] + b"x")
    with pytest.raises(BadBackup, match="was changed"):
        read_backup(folder)
    (folder / "marjaa.sqlite").unlink()
    with pytest.raises(BadBackup, match="not a whole backup"):
        read_backup(folder)
    for manifest in ("{}", "[]", '{"format":9}', '{"format":1,"tables":{}}'):
        (folder / "backup.json").write_text(manifest)
        with pytest.raises(BadBackup):
            read_backup(folder)
    (folder / "backup.json").unlink()
    with pytest.raises(BadBackup, match="not a whole backup"):
        restore_backup(sqlite_engine, tmp_path / "restored" / "snapshots", folder)


def test_a_backup_of_one_database_is_not_restored_into_the_other(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    with pytest.raises(Conflict, match="not a copy of a sqlite database"):
        load_database(sqlite_engine, tmp_path / "marjaa.dump")


def test_without_pg_dump_that_is_said(
    postgis_engine: Engine, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="pg_dump is not installed"):
        take_backup(postgis_engine, data / "snapshots", tmp_path / "backup")
    assert not (tmp_path / "backup" / "backup.json").exists()
