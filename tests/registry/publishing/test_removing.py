"""A removal that a law forces: the snapshot goes, visibly; all else stays as it was published."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from registry.app import create_app
from registry.database import begin_write
from registry.errors import BadValue, Conflict, RemovedVersion, UnknownVersion
from registry.library import Library
from registry.logbook import read_log
from registry.publishing import removing
from registry.publishing.publish import complete
from registry.publishing.removing import remove_version
from tests.publishing import add_units, publish_list
from tests.registry.small_library import AFTER, BEFORE, CHANGED_ON, CHANGES, TODAY, settings

REASON = "Judgment 12/2026"
VERSIONS = "/api/v1/referentials/units/versions"


class Crash(BaseException):
    """The process dies here."""


@pytest.fixture
def root(engine: Engine, tmp_path: Path) -> Path:
    """Two published versions."""
    root = tmp_path / "snapshots"
    add_units(engine)
    publish_list(engine, root, "2014", TODAY.replace(year=2014), BEFORE)
    publish_list(engine, root, "2024", CHANGED_ON, AFTER, CHANGES)
    return root


def is_removed(root: Path) -> None:
    library = Library(root)
    assert [(version.label, version.status) for version in library.versions("units")] == [
        ("2014", "tombstoned"),
        ("2024", "published"),
    ]
    assert library.version("units", "2014").removed_because == REASON
    with pytest.raises(RemovedVersion, match=REASON):
        library.snapshot("units", "2014")
    assert not (root / "units" / "1").exists()
    library.snapshot("units", "2024").content.verify()


def test_the_snapshot_goes_and_the_log_tells_why(engine: Engine, root: Path) -> None:
    before = read_log(root)
    leaf = remove_version(engine, root, "somebody", "units", "2014", REASON)
    is_removed(root)
    log = read_log(root)
    assert log.leaves[: before.size] == before.leaves
    assert log.documents[leaf]["reason"] == REASON
    assert log.position_of("units", 1) == 0
    with begin_write(engine) as connection:
        trail = connection.execute(text("SELECT actor, subject FROM audit_entry WHERE action = 'tombstoned'"))
        assert [tuple(entry) for entry in trail] == [("somebody", "units 2014")]


def test_it_is_not_compiled_again(engine: Engine, root: Path) -> None:
    remove_version(engine, root, "somebody", "units", "2014", REASON)
    assert complete(engine, root, thoroughly=True) == []
    is_removed(root)


def test_a_removal_that_was_interrupted_is_finished_at_the_next_start(
    engine: Engine, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(removing, "remove_snapshot", die)
        with pytest.raises(Crash):
            remove_version(engine, root, "somebody", "units", "2014", REASON)
    complete(engine, root)
    is_removed(root)


def test_readers_are_told_over_http(engine: Engine, root: Path) -> None:
    remove_version(engine, root, "somebody", "units", "2014", REASON)
    client = create_app(settings(root.parent)).test_client()
    for path in ("/items", "/items/01", "/export.csv", "/snapshot.tar"):
        answer = client.get(f"{VERSIONS}/2014{path}")
        assert (answer.status_code, answer.json["type"]) == (410, "/problems/removed-version")
        assert REASON in answer.json["detail"]
    version = client.get(f"{VERSIONS}/2014").json
    assert (version["status"], version["removed_because"]) == ("tombstoned", REASON)
    assert client.get(f"{VERSIONS}/2024/items/01").status_code == 200
    assert client.get(f"{VERSIONS}/2024").json["removed_because"] is None


def test_what_cannot_be_removed_is_said(engine: Engine, root: Path) -> None:
    for label, reason, error in (
        ("2024", REASON, Conflict),
        ("1999", REASON, UnknownVersion),
        ("2014", " ", BadValue),
        ("2014", "x" * 1001, BadValue),
    ):
        with pytest.raises(error):
            remove_version(engine, root, "somebody", "units", label, reason)
    assert read_log(root).size == 2
    remove_version(engine, root, "somebody", "units", "2014", REASON)
    with pytest.raises(Conflict, match="removed already"):
        remove_version(engine, root, "somebody", "units", "2014", REASON)


def test_the_next_version_is_published_over_a_history_with_a_gap(engine: Engine, root: Path) -> None:
    remove_version(engine, root, "somebody", "units", "2014", REASON)
    publish_list(engine, root, "2026", TODAY, AFTER)
    assert [version.status for version in Library(root).versions("units")] == [
        "tombstoned",
        "superseded",
        "published",
    ]
