"""The disk fills up within a publication: a clear error, nothing half-written, and room is all it needs."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from referentials.snapshot import write_whole
from registry.errors import problem_of
from registry.library import Library
from registry.logbook import read_log
from registry.models import Version
from registry.publishing.compilation import STAGING
from registry.publishing.publish import complete
from tests.publishing import add_units, publish_list
from tests.registry.small_library import AFTER, BEFORE, CHANGED_ON, CHANGES, TODAY

FRACTIONS = (0.0, 0.02, 0.2, 0.5, 0.7, 0.9)  # of what the publication before, a smaller one, wrote


@dataclass
class Disk:
    """Counts what is written below a folder, and has room for so much."""

    room: float = float("inf")
    written: int = 0

    def write(self, file: Any, data: bytes) -> int:
        left = int(min(self.room - self.written, len(data)))
        self.written += left
        file.write(data[:left])
        if left < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), file.name)
        return left


class OnDisk:
    """A file opened for writing on that disk."""

    def __init__(self, file: Any, disk: Disk) -> None:
        self._file, self._disk = file, disk

    def __enter__(self) -> OnDisk:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, data: bytes) -> int:
        return self._disk.write(self._file, data)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "snapshots"


@pytest.fixture
def limit(root: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], Disk]:
    """Lets everything that is written below the snapshots' root go to a disk with so much room."""
    opened = Path.open

    def on(room: float) -> Disk:
        disk = Disk(room)

        def open_there(path: Path, mode: str = "r", *arguments: Any, **named: Any) -> Any:
            file = opened(path, mode, *arguments, **named)
            writes = mode in ("wb", "w+b") and path.is_relative_to(root)
            return OnDisk(file, disk) if writes else file

        monkeypatch.setattr(Path, "open", open_there)
        return disk

    return on


def publish_before(engine: Engine, root: Path) -> None:
    publish_list(engine, root, "2014", TODAY.replace(year=2014), BEFORE)


def publish_after(engine: Engine, root: Path) -> None:
    publish_list(engine, root, "2024", CHANGED_ON, AFTER, CHANGES)


def versions_in(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(Version)).scalar_one()


def readable(root: Path) -> list[str]:
    """The versions that readers see, each of which can be read."""
    library = Library(root)
    seen = []
    for version in library.versions("units"):
        snapshot = library.snapshot("units", version.label)
        snapshot.content.verify()
        assert snapshot.store.size > 0
        assert read_log(root).position_of("units", version.ordinal) is not None
        seen.append(version.label)
    return seen


def test_a_publication_is_wholly_absent_where_the_disk_was_full(
    engine: Engine, root: Path, limit: Callable[[float], Disk]
) -> None:
    add_units(engine)
    whole = limit(float("inf"))
    publish_before(engine, root)
    log = read_log(root)
    for fraction in FRACTIONS:
        limit(whole.written * fraction)
        with pytest.raises(OSError, match="No space left") as raised:
            publish_after(engine, root)
        problem = problem_of(raised.value)
        assert (problem.slug, problem.status) == ("unavailable", 503)
        assert str(root) not in problem.detail
        assert versions_in(engine) == 1
        assert readable(root) == ["2014"]
        assert read_log(root) == log
        assert not any(path.is_file() for path in (root / STAGING).rglob("*"))
    limit(float("inf"))
    publish_after(engine, root)
    assert readable(root) == ["2014", "2024"]


def test_a_file_that_could_not_be_replaced_is_the_old_one_with_nothing_beside_it(
    root: Path, limit: Callable[[float], Disk]
) -> None:
    root.mkdir()
    write_whole(root / "catalogue.json", b"old")
    limit(2)
    with pytest.raises(OSError, match="No space left"):
        write_whole(root / "catalogue.json", b"new and longer")
    assert {path.name: path.read_bytes() for path in root.iterdir()} == {"catalogue.json": b"old"}


@pytest.mark.parametrize("full_at", ["registry.logbook.write_whole", "registry.catalogue.write_whole"])
def test_a_version_that_was_committed_is_shown_when_there_is_room_again(
    engine: Engine, root: Path, monkeypatch: pytest.MonkeyPatch, full_at: str
) -> None:
    add_units(engine)
    publish_before(engine, root)

    def full(path: Path, _data: bytes) -> None:
        path.with_name(f".{path.name}.half").write_bytes(b"{")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    with monkeypatch.context() as patch:
        patch.setattr(full_at, full)
        with pytest.raises(OSError, match="No space left"):
            publish_after(engine, root)
    assert versions_in(engine) == 2
    assert readable(root) == ["2014"]
    complete(engine, root)
    assert readable(root) == ["2014", "2024"]
    assert [leaf["label"] for leaf in read_log(root).documents] == ["2014", "2024"]
