"""`marjaa verify` and `marjaa log`, over files and over HTTP."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from registry.app import create_app
from registry.archives import prove, write_archive
from registry.database import open_engine
from registry.logbook import read_log
from registry.migrations import upgrade
from tests.publishing import add_units, publish_list
from tests.registry.small_library import AFTER, BEFORE, CHANGED_ON, CHANGES, build_library, settings
from tests.registry.small_log import write_small_log

VERSION = "/api/v1/referentials/units/versions/2024"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an installation with a signed log."""
    data = tmp_path_factory.mktemp("verify")
    build_library(data / "snapshots")
    write_small_log(data / "snapshots")
    return data


@pytest.fixture(scope="module")
def kept(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint that a reader kept, before the log grew."""
    path = tmp_path_factory.mktemp("kept") / "kept.txt"
    path.write_text(read_log(data / "snapshots").note)
    write_small_log(data / "snapshots", further=4)
    return path


@pytest.fixture(scope="module")
def service(data: Path) -> Iterator[str]:
    """The address at which the installation answers."""
    server = make_server("127.0.0.1", 0, create_app(settings(data)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def run(marjaa, data: Path, monkeypatch: pytest.MonkeyPatch):
    """Runs a command as this installation's operator would."""
    monkeypatch.setenv("MARJAA_DATA", str(data))
    return marjaa


@pytest.fixture
def archive(data: Path, tmp_path: Path) -> Path:
    log = read_log(data / "snapshots")
    position = log.position_of("units", 2)
    assert position is not None
    path = tmp_path / "units-2024.tar"
    pieces = write_archive(data / "snapshots" / "units" / "2" / "content", prove(log, position).document)
    path.write_bytes(b"".join(pieces))
    return path


def outcomes(answer) -> dict[str, str]:
    return {each["check"]: each["outcome"] for each in json.loads(answer.stdout)["checks"]}


def test_an_archive_is_what_was_published_by_the_holder_of_a_trusted_key(run, archive: Path, tmp_path: Path):
    (tmp_path / "log.pub").write_text(run("log", "key", "--line").stdout)
    fingerprint = json.loads(run("log", "key", "--json").stdout)["keys"][0]["fingerprint"]
    for key in (str(tmp_path / "log.pub"), (tmp_path / "log.pub").read_text().strip(), fingerprint):
        answer = run("verify", str(archive), "--key", key)
        assert answer.exit_code == 0, answer.output
        assert answer.stdout.endswith("units 2024 is what was published.\n")


def test_without_a_key_it_is_said_that_the_signer_is_not_known(run, archive: Path):
    answer = run("verify", str(archive))
    assert answer.exit_code == 0
    assert "not checked" in answer.stdout
    assert "a trusted --key tells" in answer.stdout


def test_an_unpacked_copy_and_a_shelf_are_verified_alike(run, archive: Path, data: Path, tmp_path: Path):
    shutil.unpack_archive(archive, tmp_path / "copy", filter="data")
    assert run("verify", str(tmp_path / "copy")).exit_code == 0
    assert run("verify", str(data / "snapshots" / "units" / "2")).exit_code == 0


def test_a_changed_byte_ends_with_exit_code_6(run, archive: Path):
    changed = bytearray(archive.read_bytes())
    changed[len(changed) // 2] ^= 1
    archive.write_bytes(changed)
    answer = run("verify", str(archive))
    assert (answer.exit_code, "is NOT what was published" in answer.stdout) == (6, True)
    assert run("verify", str(archive), "--json").exit_code == 6
    archive.write_bytes(changed[:700])
    assert outcomes(run("verify", str(archive), "--json")) == {"archive": "failed"}


def test_the_log_has_to_have_grown_out_of_the_checkpoint_that_was_kept(
    run, kept: Path, data: Path, service: str, archive: Path
):
    on_shelf = str(data / "snapshots" / "units" / "2")
    leaves = str(data / "snapshots" / "log.jsonl")
    for command in (
        (on_shelf,),
        (str(archive), "--log", leaves),
        (str(archive), "--log", service),
        (service + VERSION,),
        (f"{service}{VERSION}/snapshot.tar",),
    ):
        answer = run("verify", *command, "--checkpoint", str(kept), "--json")
        assert answer.exit_code == 0, answer.output
        assert outcomes(answer)["history"] == "passed"
    alone = run("verify", str(archive), "--checkpoint", str(kept), "--json")
    assert (alone.exit_code, outcomes(alone)["history"]) == (6, "failed")


def test_a_log_that_gives_no_proof_proves_nothing(run, kept: Path, archive: Path, tmp_path: Path):
    (tmp_path / "short.jsonl").write_text("{}\n")
    for log in (str(tmp_path / "short.jsonl"), "http://127.0.0.1:9"):
        answer = run("verify", str(archive), "--checkpoint", str(kept), "--log", log, "--json")
        assert (answer.exit_code, outcomes(answer)["history"]) == (6, "failed")


def test_a_damaged_shelf_is_not_what_was_published(run, data: Path, tmp_path: Path):
    shutil.copytree(data / "snapshots", tmp_path / "copy")
    path = tmp_path / "copy" / "log.jsonl"
    path.write_bytes(path.read_bytes().replace(b"2024", b"2025"))
    assert run("verify", str(tmp_path / "copy" / "units" / "2")).exit_code == 6
    path.unlink()
    (tmp_path / "copy" / "log.checkpoint").unlink()
    answer = run("verify", str(tmp_path / "copy" / "units" / "2"), "--json")
    assert "does not have this version" in answer.stdout


@pytest.mark.parametrize("key", ["89abcdef", "nonsense", "marjaa+89abcdef+AAAA", "/nowhere/log.pub"])
def test_what_names_no_key_for_certain_is_refused(run, archive: Path, key: str):
    answer = run("verify", str(archive), "--key", key)
    assert answer.exit_code == 2
    assert "8 digits can be imitated" in answer.stderr


def test_what_is_no_copy_is_refused(run, service: str, tmp_path: Path):
    assert run("verify", str(tmp_path)).exit_code == 2
    assert run("verify", f"{service}/api/v1/referentials/units/versions/1999").exit_code == 2
    assert run("verify", "http://127.0.0.1:9/api/v1/x").exit_code == 6


def test_leaves_keys_and_the_checkpoint_are_shown(run, data: Path):
    log = read_log(data / "snapshots")
    assert run("log", "checkpoint").stdout == log.note
    assert json.loads(run("log", "list", "--json").stdout)["size"] == log.size
    assert "units" in run("log", "list").stdout
    shown = run("log", "key").stdout
    assert log.keys[0].key in shown
    assert "PRIVATE" not in shown


def test_before_a_first_publication_there_is_no_checkpoint(marjaa):
    assert marjaa("log", "checkpoint").exit_code == 6


def test_a_rotated_key_signs_at_once_and_the_audit_trail_says_so(
    marjaa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MARJAA_DATA", str(tmp_path))
    engine = open_engine(f"sqlite:///{tmp_path / 'marjaa.sqlite'}")
    upgrade(engine)
    assert marjaa("log", "rotate").exit_code == 0
    first, second = read_log(tmp_path / "snapshots").keys
    assert (first.statement, second.statement is None) == (None, False)
    (tmp_path / "keys" / "log.key").unlink()
    assert marjaa("log", "rotate").exit_code == 6
    lost = marjaa("log", "rotate", "--lost")
    assert (lost.exit_code, "Tell readers" in lost.stderr) == (0, True)
    assert len(read_log(tmp_path / "snapshots").chain()) == 1
    with engine.connect() as connection:
        trail = connection.exec_driver_sql("SELECT actor, action, subject_kind FROM audit_entry").all()
    engine.dispose()
    assert [tuple(entry) for entry in trail] == [("marjaa log rotate", "rotated", "log_key")] * 2


def test_a_version_is_removed_by_whoever_confirms_it(marjaa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MARJAA_DATA", str(tmp_path))
    engine = open_engine(f"sqlite:///{tmp_path / 'marjaa.sqlite'}")
    upgrade(engine)
    add_units(engine)
    for label, items, changes in (("2014", BEFORE, ()), ("2024", AFTER, CHANGES)):
        publish_list(engine, tmp_path / "snapshots", label, CHANGED_ON, items, changes)
    engine.dispose()
    command = ("log", "tombstone", "units", "2014", "--reason", "Judgment 12/2026")
    assert marjaa(*command).exit_code == 1  # nobody said yes
    answer = marjaa(*command, "--yes")
    assert (answer.exit_code, answer.stdout) == (0, "units 2014 is removed; leaf 2 of the log says why.\n")
    assert marjaa(*command, "--yes").exit_code == 5
    assert "removed at" in marjaa("log", "list").stdout
    assert marjaa("snapshot", "verify").exit_code == 0
    assert marjaa("snapshot", "build").stdout == "Everything is whole.\n"
    assert marjaa("lookup", "units", "01", "--version", "2014").exit_code == 4
    monkeypatch.setenv("MARJAA_TOKEN", "marjaa_unknown")
    assert marjaa(*command, "--yes").exit_code == 3
