"""A replaced catalogue is noticed at once, without asking the file system for every question."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from referentials.snapshot import write_whole
from registry import watching
from registry.catalogue import NAME, Catalogue, write_catalogue
from registry.library import Library
from registry.watching import Watch, changing
from tests.registry.small_library import LEVELS, UNITS, publish


def one_version(root: Path, count: int) -> None:
    publish(root, "units", UNITS[:count], LEVELS, languages=("fr",))


def test_a_catalogue_that_was_not_replaced_costs_no_system_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_version(tmp_path, 1)
    library = Library(tmp_path)
    first = library.referential("units")

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("a system call")

    monkeypatch.setattr(watching, "LOOK_EVERY", 60.0)
    assert library.referential("units") is first
    monkeypatch.setattr(os, "stat", forbidden)
    assert library.referential("units") is first


def test_a_replaced_catalogue_is_noticed_by_the_next_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "LOOK_EVERY", 3600.0)
    one_version(tmp_path, 1)
    readers = [Library(tmp_path), Library(tmp_path)]
    assert [reader.version("units").label for reader in readers] == ["2014", "2014"]
    one_version(tmp_path, 2)
    assert [reader.version("units").label for reader in readers] == ["2024", "2024"]


def test_a_catalogue_from_before_the_mark_is_read_and_watched(tmp_path: Path) -> None:
    one_version(tmp_path, 1)
    (tmp_path / watching.NAME).unlink()
    library = Library(tmp_path)
    assert library.version("units").label == "2014"
    one_version(tmp_path, 2)
    assert library.version("units").label == "2024"


def test_a_folder_that_was_replaced_as_a_whole_is_noticed_within_the_time_to_look_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "LOOK_EVERY", 0.0)
    one_version(tmp_path / "old", 1)
    one_version(tmp_path / "new", 2)
    library = Library(tmp_path / "old")
    assert library.version("units").label == "2014"
    shutil.rmtree(tmp_path / "old")
    (tmp_path / "new").rename(tmp_path / "old")
    assert library.version("units").label == "2024"


def test_an_installation_without_a_catalogue_is_empty_until_there_is_one(tmp_path: Path) -> None:
    library = Library(tmp_path)
    assert library.referentials() == ()
    write_catalogue(tmp_path, Catalogue({}, {}))
    one_version(tmp_path, 1)
    assert [entry.id for entry in library.referentials()] == ["units"]


def test_no_reader_goes_back_while_the_catalogue_is_being_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "LOOK_EVERY", 3600.0)
    root = tmp_path / "live"
    one_version(root, 1)
    one_version(tmp_path / "next", 2)
    readers = [Library(root), Library(root)]

    def seen() -> list[str]:
        return [reader.version("units").label for reader in readers]

    assert seen() == ["2014", "2014"]
    with changing(root):
        assert seen() == ["2014", "2014"]
        write_whole(root / NAME, (tmp_path / "next" / NAME).read_bytes())
        assert seen() == ["2024", "2024"]
    assert seen() == ["2024", "2024"]


def test_whoever_dies_while_replacing_the_catalogue_leaves_readers_that_look_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "LOOK_EVERY", 3600.0)
    one_version(tmp_path, 1)
    (tmp_path / watching.NAME).write_bytes(watching.CHANGING)
    watch = Watch(tmp_path / NAME)
    watch.accept(watch.look())
    assert not watch.is_current()
    write_catalogue(tmp_path, Catalogue({}, {}))
    watch.accept(watch.look())
    assert watch.is_current()


def test_a_replacement_that_fails_leaves_a_mark_that_readers_can_hold_on_to(tmp_path: Path) -> None:
    one_version(tmp_path, 1)
    with pytest.raises(OSError, match="full"), changing(tmp_path):
        raise OSError("the disk is full")
    watch = Watch(tmp_path / NAME)
    watch.accept(watch.look())
    assert watch.is_current()


def test_a_mark_that_is_still_empty_is_no_mark(tmp_path: Path) -> None:
    (tmp_path / watching.NAME).touch()
    watch = Watch(tmp_path / NAME)
    watch.accept(watch.look())
    assert not watch.is_current()
