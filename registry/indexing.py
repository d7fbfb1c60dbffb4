"""The search index of a published version: compiled again, or taken away until somebody asks for it (D1).

An index follows from the content beside it. What was taken away on purpose has a mark in its folder, written
before the index goes: so an interruption leaves a version that is answered, at once or after compiling. No
Flask, no SQLAlchemy.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from matching.store import DamagedStore, StaleStore, open_store
from referentials.compiling import compile_search
from referentials.kinds import kind as kind_of
from referentials.snapshot import open_content, write_whole
from registry.errors import Unavailable
from registry.locks import file_lock

STAGING = ".staging"
PRUNED = "pruned"  # the mark of an index that was taken away on purpose
PINNED = "pinned"  # the mark of one that never is
PATIENCE = 2.0  # seconds that a web worker's request waits for an index
_STATES_A_SECOND = 20_000  # that are compiled at least, on a small machine


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a compilation needs to know of the referential: its kind's profile and its order of levels."""

    kind: str
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a version's snapshot is: below which root, of which referential, in which folder."""

    root: Path
    referential: str
    folder: Path

    def staging(self) -> Path:
        """A new name in the referential's staging folder."""
        return self.root / STAGING / self.referential / f"{self.folder.name}-{uuid.uuid4().hex}"


def is_pruned(folder: Path) -> bool:
    """Whether the index of a version was taken away on purpose."""
    return (folder / PRUNED).is_file()


def is_compiled(folder: Path) -> bool:
    """Whether a version has an index."""
    return (folder / "search" / "manifest.json").is_file()


def can_be_opened(folder: Path) -> bool:
    """Whether the index of a version is there, of this release and not visibly damaged."""
    try:
        return open_store(folder / "search").size >= 0
    except (DamagedStore, StaleStore):
        return False


def take_index_away(place: Place) -> None:
    """Remove the index of a version until somebody asks for it; for the holder of the referential's lock.

    Whoever has it open goes on with what they have.
    """
    write_whole(place.folder / PRUNED, b"")
    flush_one(place.folder)  # the mark is there whatever happens next
    staging = place.staging()
    staging.parent.mkdir(parents=True, exist_ok=True)
    (place.folder / "search").rename(staging)  # in one step, so that nobody opens half of it
    shutil.rmtree(staging, ignore_errors=True)


def rebuild_search(place: Place, recipe: Recipe) -> None:
    """Compile `search/` of a published version again, from its content, and put it in the old one's place.

    For the holder of the referential's lock. Every byte of the content is verified before: an index of
    damaged records would answer what nobody published. Raises DamagedSnapshot.
    """
    content = open_content(place.folder / "content")
    content.verify()
    staging = place.staging()
    staging.mkdir(parents=True)
    try:
        profile = kind_of(recipe.kind).profile
        compile_search(content, staging / "search", profile=profile, levels=recipe.levels)
        flush(staging)
        if (place.folder / "search").exists():
            (place.folder / "search").rename(staging / "replaced")
        (staging / "search").rename(place.folder / "search")
        (place.folder / PRUNED).unlink(missing_ok=True)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def bring_back(place: Place, recipe: Recipe, *, states: int, patience: float | None) -> None:
    """Compile an index that was taken away, once for all who ask at the same time.

    With `patience` (seconds), who waited that long is told when to ask again, by Unavailable; None waits to
    the end. `states` is how many the version has. Raises DamagedSnapshot, and Unavailable where it cannot be
    written.
    """
    if patience is None:
        _bring_back(place, recipe)
        return
    with _guard:
        run = _running.get(place.folder)
        if run is None:
            run = _running[place.folder] = _Run(place, recipe)
            run.start()
    # The time is counted from its start: a queue of requests does not wait again and again.
    run.join(max(0.0, run.started + patience - time.monotonic()))
    if run.is_alive():
        raise Unavailable(
            f"{place.referential}: this version is seldom asked for, and is being made ready.",
            retry_after=2 + states // _STATES_A_SECOND,
        )
    with _guard:
        if _running.get(place.folder) is run:
            del _running[place.folder]
    if run.failure is not None:
        raise run.failure


def flush(folder: Path) -> None:
    """Bring a folder with all that is in it to the disk."""
    for path in (*folder.rglob("*"), folder):
        flush_one(path)


def flush_one(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class _Run(threading.Thread):
    """A thread that brings an index back, and keeps what went wrong."""

    def __init__(self, place: Place, recipe: Recipe) -> None:
        super().__init__(name=f"index of {place.folder}", daemon=True)
        self.place = place
        self.recipe = recipe
        self.started = time.monotonic()
        self.failure: Exception | None = None

    def run(self) -> None:
        """Bring it back."""
        try:
            _bring_back(self.place, self.recipe)
        except Exception as error:  # raised again for each who asked
            self.failure = error


_running: dict[Path, _Run] = {}
_guard = threading.Lock()


def _bring_back(place: Place, recipe: Recipe) -> None:
    try:
        with file_lock(place.root, f"{place.referential}.lock"):
            if not can_be_opened(place.folder):  # another process may have been faster
                rebuild_search(place, recipe)
    except OSError as error:
        raise Unavailable(
            f"{place.referential}: this version is not compiled, and cannot be here ({error.strerror})."
        ) from error
