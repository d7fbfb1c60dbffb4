"""Locks between the processes of one host: a file each, held while the holder lives."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCKS = ".locks"


@contextmanager
def file_lock(root: Path, name: str) -> Iterator[None]:
    """Hold the lock of this name below a snapshots' root; waits for whoever holds it, and dies with us."""
    folder = root / LOCKS
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
