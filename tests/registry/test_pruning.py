"""Old versions are compiled when somebody asks for them."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from registry import indexing
from registry.app import create_app
from registry.catalogue import read_catalogue
from registry.errors import Unavailable
from registry.indexing import is_compiled, is_pruned
from registry.library import Library, Snapshot
from registry.pruning import pin, prune
from registry.publishing.compilation import snapshot_condition
from tests.registry.small_library import LEVELS, UNITS, publish, settings

ITEM = "/api/v1/referentials/units/items/01.100.05?version=2014"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two versions, of which the older one is to go."""
    publish(tmp_path / "snapshots", "units", UNITS, LEVELS, languages=("fr", "ar"))
    return tmp_path / "snapshots"


@pytest.fixture
def client(root: Path) -> FlaskClient:
    return create_app(settings(root.parent)).test_client()


def old(root: Path) -> Path:
    return root / "units" / "1"


def test_the_newest_versions_stay_and_the_content_of_the_others(root: Path) -> None:
    assert [version.label for version in prune(root, 1)] == ["2014"]
    assert not is_compiled(old(root))
    assert (old(root) / "content" / "manifest.json").is_file()
    assert is_compiled(root / "units" / "2")
    assert prune(root, 1) == []


def test_what_is_kept_is_not_touched(root: Path) -> None:
    assert prune(root, 2) == []
    assert is_compiled(old(root))


def test_a_pinned_version_stays_until_it_is_not(root: Path) -> None:
    version = read_catalogue(root).referentials["units"].versions[0]
    pin(root, version, pinned=True)
    assert prune(root, 1) == []
    pin(root, version, pinned=False)
    assert prune(root, 1) == [version]


def test_a_version_that_was_removed_from_the_compiled_ones_answers_as_before(
    root: Path, client: FlaskClient
) -> None:
    before = client.get(ITEM).data
    prune(root, 1)
    fresh = create_app(settings(root.parent)).test_client()
    assert fresh.get(ITEM).data == before
    assert is_compiled(old(root))
    assert not is_pruned(old(root))
    assert client.get(ITEM).data == before


def test_nothing_is_compiled_for_what_the_content_answers(root: Path) -> None:
    prune(root, 1)
    assert Library(root).snapshot("units", "2014").content.root
    assert not is_compiled(old(root))


def test_what_was_pruned_is_whole_and_what_was_lost_is_not(root: Path) -> None:
    version = read_catalogue(root).referentials["units"].versions[0]
    prune(root, 1)
    assert snapshot_condition(old(root), version.content_root) == "pruned"
    assert snapshot_condition(old(root), version.content_root, thoroughly=True) == "pruned"
    (old(root) / indexing.PRUNED).unlink()
    assert snapshot_condition(old(root), version.content_root) == "search"


def test_an_interruption_between_mark_and_removal_leaves_a_version_that_answers(
    root: Path, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", die)
        with pytest.raises(KeyboardInterrupt):
            prune(root, 1)
    version = read_catalogue(root).referentials["units"].versions[0]
    assert snapshot_condition(old(root), version.content_root) == "whole"
    assert client.get(ITEM).status_code == 200
    assert [version.label for version in prune(root, 1)] == ["2014"]


def test_many_who_ask_at_once_have_it_compiled_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prune(root, 1)
    compiled: list[object] = []
    rebuild = indexing.rebuild_search

    def counted(*given: object) -> None:
        compiled.append(given)
        rebuild(*given)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(indexing, "rebuild_search", counted)
    libraries = [Library(root), Library(root, patience=60), Library(root, patience=60)]
    sizes: list[int] = []
    threads = [
        threading.Thread(target=lambda one=one: sizes.append(one.snapshot("units", "2014").store.size))
        for one in libraries
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(sizes), len(set(sizes)), len(compiled)) == (3, 1, 1)


def test_who_cannot_wait_is_told_when_to_ask_again(
    root: Path, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    prune(root, 1)
    go_on = threading.Event()
    rebuild = indexing.rebuild_search

    def slow(*given: object) -> None:
        go_on.wait()
        rebuild(*given)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(indexing, "rebuild_search", slow)
    library = Library(root, patience=0)
    with pytest.raises(Unavailable) as told:
        _ = library.snapshot("units", "2014").store
    assert told.value.retry_after >= 2
    answer = client.get(ITEM)
    assert (answer.status_code, int(answer.headers["Retry-After"]) >= 2) == (503, True)
    assert client.get("/api/v1/referentials/units/items/01").status_code == 200
    go_on.set()
    indexing._running[old(root)].join()
    assert client.get(ITEM).status_code == 200


def test_a_damaged_content_is_not_compiled(root: Path, client: FlaskClient) -> None:
    prune(root, 1)
    path = old(root) / "content" / "records.bin"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    for _ in range(2):
        answer = client.get(ITEM)
        assert (answer.status_code, answer.get_json()["type"]) == (503, "/problems/snapshot-damaged")
    assert not is_compiled(old(root))


def test_a_folder_that_cannot_be_written_is_named_as_the_reason(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prune(root, 1)

    def read_only(*_: object) -> None:
        raise PermissionError(13, "Read-only")

    monkeypatch.setattr(indexing, "rebuild_search", read_only)
    snapshot: Snapshot = Library(root).snapshot("units", "2014")
    with pytest.raises(Unavailable, match="Read-only"):
        _ = snapshot.store
