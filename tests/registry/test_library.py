"""What a library keeps open, and what it lets go."""

from __future__ import annotations

import gc
import os
import weakref
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from matching.matcher import Query, match
from registry.catalogue import read_catalogue, write_catalogue
from registry.library import Library
from tests.registry.small_library import LEVELS, UNITS, build_library, publish


@pytest.fixture
def root(tmp_path: Path) -> Path:
    build_library(tmp_path)
    return tmp_path


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Only what nothing refers to is freed."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def renamed(root: Path, owner: str) -> None:
    catalogue = read_catalogue(root)
    units = replace(catalogue.referentials["units"], owner=owner)
    write_catalogue(root, replace(catalogue, referentials={**catalogue.referentials, "units": units}))


def test_a_version_that_did_not_change_stays_open_and_is_described_anew(root: Path) -> None:
    library = Library(root)
    before = library.snapshot("units", "2014")
    store, content = before.store, before.content
    renamed(root, "somebody else")
    after = library.snapshot("units", "2014")
    assert (after.store, after.content) == (store, content)
    assert (before.referential.owner, after.referential.owner) == ("nobody", "somebody else")
    assert library.snapshot("units", "2014") is after


def test_an_index_that_was_built_anew_is_opened_anew(root: Path) -> None:
    library = Library(root)
    old = library.snapshot("units", "2014").store
    manifest = old.folder / "manifest.json"
    os.utime(manifest, ns=(0, manifest.stat().st_mtime_ns + 1))
    renamed(root, "somebody else")
    assert library.snapshot("units", "2014").store is not old


@pytest.mark.usefixtures("uncollected")
def test_a_store_that_nobody_asks_any_more_is_freed(tmp_path: Path) -> None:
    publish(tmp_path, "units", UNITS, LEVELS, languages=("fr",))
    library = Library(tmp_path)
    store = library.snapshot("units").store
    assert match(store, Query("Taza"), at=20_000).candidates
    freed = weakref.ref(store)
    del store, library
    assert freed() is None
