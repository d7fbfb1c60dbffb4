"""Notices a replaced catalogue without a system call for every question.

A look-up takes some ten microseconds, and a `stat`, which releases the interpreter's lock, costs a server
several times that. So whoever replaces the catalogue changes eight bytes of a small file beside it, which
every reader on the machine has mapped: comparing them is all that the usual question costs. While it is being
replaced they are zeros, at which every reader looks at the catalogue itself: once one of them has seen the
new one, no other answers from the old one. A folder that was replaced as a whole (restored, copied) has other
files; that is noticed by a `stat` once a second.
"""

from __future__ import annotations

import mmap
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from referentials.snapshot import write_whole

NAME = "catalogue.mark"
SIZE = 8
CHANGING = bytes(SIZE)
"""The mark while the catalogue is being replaced: never a current one."""
LOOK_EVERY = 1.0  # seconds

Identity = tuple[int, int, int]


@contextmanager
def changing(root: Path) -> Iterator[None]:
    """Replace the catalogue below this root within: all readers on this machine notice at once.

    Whoever dies within leaves readers that look at the catalogue each time, until it is replaced again.
    """
    path = root / NAME
    if not path.exists():
        write_whole(path, CHANGING)  # never seen empty
    with path.open("r+b", buffering=0) as file:
        file.write(CHANGING)
        try:
            yield
        finally:
            os.pwrite(file.fileno(), os.urandom(SIZE), 0)


@dataclass(frozen=True, slots=True)
class Look:
    """What was found when looking: the mark first, then the identity of the file, None where it is absent."""

    marked: bytes
    identity: Identity | None


class Watch:
    """Watches one catalogue file; used by one library, whose lock guards `look` and `accept`."""

    def __init__(self, catalogue: Path) -> None:
        self._catalogue = os.fspath(catalogue)
        self._mark = os.fspath(catalogue.with_name(NAME))
        self._map: mmap.mmap | None = None
        self._mapped: Identity | None = None
        self._accepted = b""
        self._look_again = 0.0

    def is_current(self) -> bool:
        """Whether nothing was replaced since the last accepted look; no system call with a mark."""
        marked = self._map
        return marked is not None and marked[:SIZE] == self._accepted and time.monotonic() < self._look_again

    def look(self) -> Look:
        """Look at the files themselves; read the catalogue afterwards if its identity is another one."""
        there = _identity(self._mark)
        if there != self._mapped:
            self._map, self._mapped = _mapped(self._mark), there
        # The mark is read first: it changes last, so that a new one stands for a catalogue at least as new.
        marked = b"" if self._map is None else self._map[:SIZE]
        return Look(marked, _identity(self._catalogue))

    def accept(self, look: Look) -> None:
        """From now on this is current; called when the catalogue that belongs to it can be read."""
        self._accepted = b"" if look.marked == CHANGING else look.marked
        self._look_again = time.monotonic() + LOOK_EVERY


def _identity(path: str) -> Identity | None:
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    is_mark = path.endswith(NAME)  # its bytes change in place: only another file is another one
    return found.st_ino, found.st_size, 0 if is_mark else found.st_mtime_ns


def _mapped(path: str) -> mmap.mmap | None:
    try:
        with open(path, "rb") as file:
            return mmap.mmap(file.fileno(), SIZE, access=mmap.ACCESS_READ)
    except (FileNotFoundError, ValueError):  # absent, or still empty
        return None
