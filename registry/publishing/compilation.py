"""Compiles a version into a snapshot: first in a staging folder, then renamed into its place (D1, D4)."""

from __future__ import annotations

import heapq
import shutil
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from matching.store import DamagedStore, StaleStore, open_store, verify_store
from referentials.compiling import compile_search
from referentials.kinds import kind as kind_of
from referentials.records import MalformedRecord, Record, RecordKey
from referentials.snapshot import (
    Content,
    ContentHeader,
    DamagedSnapshot,
    WrittenContent,
    open_content,
    write_content,
)
from registry.catalogue import snapshot_folder
from registry.indexing import PINNED, STAGING, Recipe, flush, flush_one, is_pruned

__all__ = [
    "PRIVATE",
    "STAGING",
    "Staged",
    "base_content",
    "clear_staging",
    "compile_version",
    "merged",
    "private_snapshot",
    "put_in_place",
    "remove_snapshot",
    "snapshot_condition",
]

PRIVATE = ".drafts"


@dataclass(frozen=True, slots=True)
class Staged:
    """A compiled snapshot that is not in its place yet."""

    folder: Path
    written: WrittenContent


def base_content(root: Path, referential: str, ordinal: int) -> Content | None:
    """The content of the version that a draft is based on; None for the first version (ordinal 0)."""
    return None if ordinal == 0 else open_content(root / snapshot_folder(referential, ordinal) / "content")


def private_snapshot(root: Path, change_set: uuid.UUID) -> Path:
    """Where the snapshot of a submitted change set is; nobody finds it in the catalogue."""
    return root / PRIVATE / str(change_set)


def merged(base: Content | None, added: Iterable[Record], withdrawn: Sequence[RecordKey]) -> Iterator[Record]:
    """The base's records without the withdrawn ones, with the added ones, in content order.

    `added` is in content order.
    """
    gone = frozenset(withdrawn)
    kept = () if base is None else (record for record in base.records() if record.record_key not in gone)
    return heapq.merge(kept, added, key=lambda record: record.order)


def compile_version(
    root: Path,
    header: ContentHeader,
    recipe: Recipe,
    records: Iterable[Record],
    *,
    folder: Path | None = None,
) -> Staged:
    """Write `content/` and `search/` of a version into a staging folder of its own, and flush them to disk.

    With a `folder`, which does not exist yet, into that one.
    A commit that survives a power failure must not meet a snapshot that did not.
    """
    if folder is None:
        folder = root / STAGING / header.referential / f"{header.ordinal}-{uuid.uuid4().hex}"
    try:
        written = write_content(folder / "content", header, records)
        _compile_search(folder, recipe)
        flush(folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Staged(folder, written)


def put_in_place(root: Path, staged: Staged, referential: str, ordinal: int) -> None:
    """Rename a staged snapshot to where readers look for it; what stood there unfinished goes."""
    place = root / snapshot_folder(referential, ordinal)
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        if (place / PINNED).exists():
            (staged.folder / PINNED).touch()
        place.rename(staged.folder.with_name(f"replaced-{uuid.uuid4().hex}"))
    staged.folder.rename(place)
    flush_one(place.parent)
    clear_staging(root, referential)


def remove_snapshot(root: Path, referential: str, ordinal: int, change_set: uuid.UUID | None) -> None:
    """Remove a version's snapshot and the private one of its draft; for the holder of the referential's lock.

    First it leaves its place, in one step, so that nobody opens half of it.
    """
    place = root / snapshot_folder(referential, ordinal)
    if place.exists():
        (root / STAGING / referential).mkdir(parents=True, exist_ok=True)
        place.rename(root / STAGING / referential / f"removed-{uuid.uuid4().hex}")
    if change_set is not None:
        shutil.rmtree(root / PRIVATE / str(change_set), ignore_errors=True)
    clear_staging(root, referential)


def snapshot_condition(
    place: Path, content_root: str, *, thoroughly: bool = False
) -> Literal["whole", "pruned", "search", "content"]:
    """What of a version's snapshot has to be compiled again: nothing, `search` only, or all of it.

    `pruned` is a whole one whose index was taken away until somebody asks for it.

    `thoroughly` reads every byte; else the manifests, sizes and bounds are checked, within milliseconds.
    """
    try:
        content = open_content(place / "content")
        if content.root != content_root:
            return "content"
        if thoroughly:
            content.verify()
    except (DamagedSnapshot, MalformedRecord):
        return "content"
    try:
        if thoroughly:
            verify_store(place / "search")
        if open_store(place / "search").content_root == content_root:
            return "whole"
    except (DamagedStore, StaleStore):
        pass  # what is wrong with it does not matter: it is compiled anew, now or later
    return "pruned" if is_pruned(place) else "search"


def clear_staging(root: Path, referential: str) -> None:
    """Remove what interrupted compilations left; only for the holder of the referential's lock."""
    shutil.rmtree(root / STAGING / referential, ignore_errors=True)


def _compile_search(folder: Path, recipe: Recipe) -> None:
    compile_search(
        open_content(folder / "content"),
        folder / "search",
        profile=kind_of(recipe.kind).profile,
        levels=recipe.levels,
    )
