"""Reads published data: the catalogue and the snapshots, and nothing else (D1).

A library is shared by the threads of a process. It looks at the catalogue's mark on every question, so that a
version published by another process is seen at once; the versions that were open stay open. No Flask, no
SQLAlchemy, no database.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from rapidfuzz import process

from matching.store import DamagedStore, StaleStore, Store, open_store
from referentials.snapshot import Content, DamagedSnapshot, open_content
from registry.catalogue import (
    NAME,
    Catalogue,
    CorrespondenceEntry,
    ReferentialEntry,
    VersionEntry,
    read_catalogue,
)
from registry.errors import RemovedVersion, UnknownCorrespondence, UnknownReferential, UnknownVersion
from registry.indexing import Place, Recipe, bring_back, is_pruned
from registry.watching import Identity, Watch

KEPT_OPEN = 64  # snapshots; each costs a few mapped files, hardly any memory

Built = tuple[tuple[int, int] | None, ...]


@dataclass(frozen=True)
class Snapshot:
    """An opened version: `store` answers look-ups and matches, `content` the full history.

    `built` tells the files apart that were found in the folder.
    """

    referential: ReferentialEntry
    version: VersionEntry
    folder: Path
    built: Built = ()
    patience: float | None = None

    @cached_property
    def store(self) -> Store:
        """The compiled rows and indexes; raises DamagedStore or StaleStore where they cannot be used.

        An index that was taken away until somebody asks is compiled again; raises Unavailable where that
        takes longer than `patience`, in seconds.
        """
        store = self._open_store()
        if store.content_root != self.version.content_root:
            raise DamagedSnapshot(self.folder / "search", "it was compiled from another content")
        return store

    def _open_store(self) -> Store:
        try:
            return open_store(self.folder / "search")
        except (DamagedStore, StaleStore):
            if not is_pruned(self.folder):
                raise
        place = Place(self.folder.parents[1], self.referential.id, self.folder)
        recipe = Recipe(self.referential.kind, self.referential.levels)
        bring_back(place, recipe, states=self.version.counts.get("state", 0), patience=self.patience)
        return open_store(self.folder / "search")

    @cached_property
    def content(self) -> Content:
        """The canonical records; raises DamagedSnapshot."""
        content = open_content(self.folder / "content")
        if content.root != self.version.content_root:
            raise DamagedSnapshot(self.folder / "content", "it is not the content that was published")
        return content

    def described(self, referential: ReferentialEntry, version: VersionEntry) -> Snapshot:
        """The same opened files, with what the catalogue says of them now."""
        fresh = Snapshot(referential, version, self.folder, self.built, self.patience)
        opened = {name: value for name, value in vars(self).items() if name in ("store", "content")}
        vars(fresh).update(opened)  # where cached_property keeps them
        return fresh

    def items_of_code(self, code: str) -> tuple[uuid.UUID, ...]:
        """The items that have, had or will have this code; of a million items most have had just one."""
        return tuple(dict.fromkeys(self.item_of(row) for row in self.store.rows_of(code)))

    def item_of(self, row: int) -> uuid.UUID:
        """The item of a row; raises DamagedStore where it names none."""
        try:
            return uuid.UUID(json.loads(self.store.rendered(row))["item"])
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise DamagedStore(
                self.store.folder / "rendered", f"row {row} names no item ({error})"
            ) from error


class Library:
    """The published versions below a snapshots' root.

    `patience` is how many seconds an index that has to be compiled is waited for; None is to the end.
    """

    def __init__(self, root: Path, *, patience: float | None = None) -> None:
        self.root = root
        self.patience = patience
        self._lock = threading.Lock()
        self._watch = Watch(root / NAME)
        self._seen: Identity | None = None
        self._catalogue = Catalogue({}, {})
        self._open: OrderedDict[tuple[str, int, str], Snapshot] = OrderedDict()

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue as it is now; no system call when nothing changed."""
        if not self._watch.is_current():
            with self._lock:
                look = self._watch.look()
                if look.identity != self._seen:
                    self._catalogue = read_catalogue(self.root)
                    self._seen = look.identity
                self._watch.accept(look)
        return self._catalogue

    def referentials(self) -> tuple[ReferentialEntry, ...]:
        """All referentials, by id."""
        return tuple(entry for _, entry in sorted(self.catalogue.referentials.items()))

    def referential(self, referential: str) -> ReferentialEntry:
        """A referential by id; raises UnknownReferential with ids that resemble it."""
        catalogue = self.catalogue
        entry = catalogue.referentials.get(referential)
        if entry is None:
            raise UnknownReferential(referential, _nearest(referential, catalogue.referentials))
        return entry

    def versions(self, referential: str) -> tuple[VersionEntry, ...]:
        """The versions of a referential, oldest first."""
        return self.referential(referential).versions

    def version(self, referential: str, label: str | None = None) -> VersionEntry:
        """A version by its label, or the newest published one; raises UnknownVersion."""
        return _version(self.referential(referential), label)

    def snapshot(self, referential: str, label: str | None = None) -> Snapshot:
        """The opened snapshot of a version; raises UnknownReferential, UnknownVersion, RemovedVersion."""
        entry = self.referential(referential)
        version = _version(entry, label)
        if version.removed_because is not None:
            raise RemovedVersion(entry.id, version.label, version.removed_because)
        key = (version.referential, version.ordinal, version.content_root)
        opened = self._open.get(key)
        if opened is not None and opened.referential is entry:
            return opened
        with self._lock:
            folder = self.root / version.folder
            built = _built(folder)
            if opened is not None and opened.built == built:
                snapshot = opened.described(entry, version)
            else:
                snapshot = Snapshot(entry, version, folder, built, self.patience)
            self._open[key] = snapshot
            while len(self._open) > KEPT_OPEN:
                self._open.popitem(last=False)
        return snapshot

    def correspondences(self) -> tuple[CorrespondenceEntry, ...]:
        """All correspondences, by id."""
        return tuple(entry for _, entry in sorted(self.catalogue.correspondences.items()))

    def correspondence(self, correspondence: str) -> CorrespondenceEntry:
        """A correspondence by id; raises UnknownCorrespondence."""
        catalogue = self.catalogue
        entry = catalogue.correspondences.get(correspondence)
        if entry is None:
            raise UnknownCorrespondence(correspondence, _nearest(correspondence, catalogue.correspondences))
        return entry


def _built(folder: Path) -> Built:
    """Which files these are: a search index that was built anew has others, at the same place."""
    return tuple(_file(folder / part / "manifest.json") for part in ("search", "content"))


def _file(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None  # opening it says what is wrong
    return found.st_ino, found.st_mtime_ns


def _version(entry: ReferentialEntry, label: str | None) -> VersionEntry:
    if label is None:
        if entry.latest is None:
            raise UnknownVersion(entry.id, "latest")
        return entry.latest
    for version in entry.versions:
        if version.label == label:
            return version
    raise UnknownVersion(entry.id, label, [version.label for version in entry.versions])


def _nearest(text: str, known: Iterable[str]) -> list[str]:
    choices = list(known)
    return [choice for choice, _, _ in process.extract(text[:200], choices, limit=3, score_cutoff=50)]
