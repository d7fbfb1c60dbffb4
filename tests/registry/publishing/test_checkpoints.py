"""The signed log on the shelf: it only grows, and its keys name one another."""

from __future__ import annotations

import json
import logging
import stat
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert

from referentials.canonical import canonical
from referentials.merkle import leaf_hash, tree_root
from referentials.notes import BadNote, open_note, read_checkpoint, read_public_key, read_rotation
from registry.database import begin_write
from registry.logbook import CHECKPOINT, KEYS, LEAVES, AnotherLog, DamagedLog, read_log
from registry.models import LogLeaf
from registry.publishing import checkpoints
from registry.publishing.checkpoints import (
    NoSigningKey,
    known_keys,
    read_leaves,
    replace_lost,
    rotate,
    shelve_log,
    signer,
)


class Crash(BaseException):
    """The process dies here."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "snapshots"


def leaf(number: int) -> bytes:
    return canonical({"referential": "units", "ordinal": number, "label": str(number)})


def log_of(engine: Engine, root: Path, size: int) -> None:
    """Let the database have so many leaves, and shelve them."""
    with begin_write(engine) as connection:
        for position in range(len(read_leaves(connection)), size):
            its = leaf(position + 1)
            connection.execute(insert(LogLeaf).values(position=position, leaf=its, leaf_hash=leaf_hash(its)))
        shelve_log(connection, root)


def test_the_shelf_has_the_database_s_leaves_and_a_checkpoint_over_them(engine: Engine, root: Path) -> None:
    log_of(engine, root, 3)
    log = read_log(root)
    assert log.leaves == (leaf(1), leaf(2), leaf(3))
    checkpoint = read_checkpoint(log.note)
    assert (checkpoint.size, checkpoint.root) == (3, tree_root(log.leaves))
    assert open_note(log.note, read_public_key(log.keys[-1].key)) == checkpoint.body
    assert (log.position_of("units", 2), log.position_of("units", 9)) == (1, None)


def test_the_key_is_outside_the_snapshots_and_for_its_owner_only(sqlite_engine: Engine, root: Path) -> None:
    log_of(sqlite_engine, root, 1)
    key = root.parent / "keys" / "log.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    secret = key.read_bytes()
    assert all(b"PRIVATE" not in path.read_bytes() for path in root.rglob("*") if path.is_file())
    log_of(sqlite_engine, root, 2)
    assert key.read_bytes() == secret


def test_the_key_may_be_elsewhere(
    sqlite_engine: Engine, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARJAA_LOG_KEY", str(tmp_path / "safe" / "marjaa.pem"))
    log_of(sqlite_engine, root, 1)
    assert (tmp_path / "safe" / "marjaa.pem").is_file()
    assert not (root.parent / "keys").exists()


def test_the_log_never_gets_shorter_nor_another_one(sqlite_engine: Engine, root: Path) -> None:
    log_of(sqlite_engine, root, 3)
    before = read_log(root)
    (root.parent / "elsewhere").mkdir()
    with sqlite_engine.connect() as connection:
        for leaves in ([leaf(1), leaf(2)], [leaf(1), leaf(9), leaf(3)], [leaf(9)] * 4):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(checkpoints, "read_leaves", lambda _, leaves=leaves: leaves)
                with pytest.raises(AnotherLog, match="is not a continuation"):
                    shelve_log(connection, root)
    assert read_log(root) == before


@pytest.mark.parametrize("name", [LEAVES, CHECKPOINT, KEYS])
def test_a_changed_byte_of_the_shelf_is_found_and_put_right(
    sqlite_engine: Engine, root: Path, name: str
) -> None:
    log_of(sqlite_engine, root, 2)
    whole = (root / name).read_bytes()
    middle = len(whole) // 2
    (root / name).write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    with pytest.raises(DamagedLog):
        read_log(root)
    log_of(sqlite_engine, root, 2)
    assert (root / name).read_bytes() == whole
    assert read_log(root).size == 2


def test_a_shelf_that_was_lost_is_written_again_with_the_same_keys(sqlite_engine: Engine, root: Path) -> None:
    log_of(sqlite_engine, root, 2)
    rotate(root)
    log_of(sqlite_engine, root, 3)
    files = {path: path.read_bytes() for path in root.iterdir() if path.is_file()}
    for path in files:
        path.unlink()
    log_of(sqlite_engine, root, 3)
    assert {path: path.read_bytes() for path in files} == files


def test_the_old_key_names_the_new_one_and_both_stay_known(sqlite_engine: Engine, root: Path) -> None:
    log_of(sqlite_engine, root, 1)
    first = signer(root).public
    second = rotate(root).public
    third = rotate(root).public
    log_of(sqlite_engine, root, 2)
    log = read_log(root)
    assert [read_public_key(entry.key) for entry in log.keys] == [first, second, third]
    assert log.chain() == log.keys
    assert first.name == third.name == read_checkpoint(log.note).origin
    for before, entry in zip(log.keys, log.keys[1:], strict=False):
        assert entry.statement is not None
        open_note(entry.statement, read_public_key(before.key))
        assert read_rotation(entry.statement).successor.text == entry.key
    open_note(log.note, third)
    with pytest.raises(BadNote):
        open_note(log.note, first)


@pytest.mark.parametrize("stopped_at", ["_write_private", "write_keys"])
def test_a_rotation_that_is_interrupted_leaves_a_key_that_signs(
    sqlite_engine: Engine, root: Path, monkeypatch: pytest.MonkeyPatch, stopped_at: str
) -> None:
    log_of(sqlite_engine, root, 1)
    write = getattr(checkpoints, stopped_at)

    def die_after(*arguments: object) -> None:
        write(*arguments)
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, stopped_at, die_after)
        with pytest.raises(Crash):
            rotate(root)
    assert signer(root).public.text == known_keys(root)[-1].key
    log_of(sqlite_engine, root, 2)
    assert read_log(root).size == 2


def test_without_its_key_the_log_keeps_its_checkpoint_and_says_so(
    sqlite_engine: Engine, root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log_of(sqlite_engine, root, 1)
    (root.parent / "keys" / "log.key").unlink()
    with caplog.at_level(logging.WARNING):
        log_of(sqlite_engine, root, 2)
    assert "marjaa log rotate --lost" in caplog.text
    assert read_log(root).size == 1
    with pytest.raises(NoSigningKey):
        rotate(root)
    replace_lost(root)
    log_of(sqlite_engine, root, 2)
    log = read_log(root)
    assert (log.size, len(log.keys), len(log.chain())) == (2, 2, 1)


@pytest.mark.parametrize("secret", [b"", b"-----BEGIN PRIVATE KEY-----\n", b"\xff"])
def test_what_is_not_a_private_key_is_refused(root: Path, secret: bytes) -> None:
    signer(root)
    (root.parent / "keys" / "log.key").write_bytes(secret)
    with pytest.raises(NoSigningKey, match="cannot be read as a private key"):
        signer(root)


def test_another_installation_s_key_does_not_sign(root: Path, tmp_path: Path) -> None:
    signer(root)
    signer(tmp_path / "other" / "snapshots")
    (tmp_path / "other" / "keys" / "log.key").replace(root.parent / "keys" / "log.key")
    with pytest.raises(NoSigningKey, match="is not"):
        signer(root)


def test_an_installation_without_publications_has_a_log_without_leaves(
    sqlite_engine: Engine, root: Path
) -> None:
    assert read_log(root).size == 0
    log_of(sqlite_engine, root, 0)
    log = read_log(root)
    assert (log.size, read_checkpoint(log.note).size) == (0, 0)


def test_a_format_of_keys_that_is_not_known_is_said(sqlite_engine: Engine, root: Path) -> None:
    log_of(sqlite_engine, root, 1)
    (root / KEYS).write_text(json.dumps({"format": 9, "keys": []}))
    with pytest.raises(DamagedLog, match="format 9"):
        read_log(root)
