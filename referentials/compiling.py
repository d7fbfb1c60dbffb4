"""Compiles a version's content into its search index (D1: `content/` → `search/`).

Of a large content each processor takes a portion: a process of its own collects its rows into files, which
are put together as if all rows had come one after the other. The result is the same, byte for byte.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from matching.store import open_store, write_store
from matching.trial import try_and_record
from matching.writing import collect
from referentials.searchable import Portion, day_number, rows_of
from referentials.snapshot import Content

__all__ = ["compile_search", "day_number", "rows_of"]

# What a process must have to do to be worth starting, and how many there are at most.
SMALLEST_PORTION = 50_000  # records
MOST_PROCESSES = 8


def compile_search(
    content: Content, folder: Path, *, profile: str, levels: Sequence[str], processes: int | None = None
) -> None:
    """Write the `search/` folder of a content, and try its scores on names of its own.

    `levels` is the referential's order of levels.
    `processes` is by default one for each processor, as far as the content is large enough.
    """
    count = _worth(content) if processes is None else processes
    bounds = [b"", *content.cuts(count), None]
    first, *others = [Portion(content, low or b"", high) for low, high in pairwise(bounds)]
    with _collected_elsewhere(others, folder.parent, profile, levels) as collected:
        write_store(
            folder,
            rows_of(first),
            profile=profile,
            content_root=content.root,
            levels=tuple(levels),
            further=collected,
        )
    try_and_record(open_store(folder))


def _worth(content: Content) -> int:
    return max(1, min(os.cpu_count() or 1, MOST_PROCESSES, content.size // SMALLEST_PORTION))


@dataclass(frozen=True, slots=True)
class _Collecting:
    """A process that collects the rows of a portion into a folder."""

    portion: Portion
    folder: Path
    process: subprocess.Popen[bytes]

    def result(self, profile: str, levels: Sequence[str]) -> Path:
        """The folder, when it is done. What the process could not do is done here, so that it says why."""
        if self.process.wait() != 0:
            shutil.rmtree(self.folder, ignore_errors=True)
            collect(self.folder, rows_of(self.portion), profile=profile, levels=levels)
        return self.folder


@contextmanager
def _collected_elsewhere(
    portions: Sequence[Portion], beside: Path, profile: str, levels: Sequence[str]
) -> Iterator[Iterator[Path]]:
    """The folders of portions that processes of their own collect meanwhile, gone at the end."""
    if not portions:
        yield iter(())
        return
    with tempfile.TemporaryDirectory(dir=beside, prefix="portions-") as staging:
        folders = [Path(staging) / str(number) for number in range(len(portions))]
        running = [
            _Collecting(portion, folder, _started(portion, folder, profile, levels))
            for portion, folder in zip(portions, folders, strict=True)
        ]
        try:
            yield (each.result(profile, levels) for each in running)
        finally:
            for each in running:
                each.process.kill()
                each.process.wait()


def _started(portion: Portion, folder: Path, profile: str, levels: Sequence[str]) -> subprocess.Popen[bytes]:
    high = "" if portion.high is None else portion.high.hex()
    # Not a fork: this may be a thread of a server. What it says is not for anybody: see `result`.
    return subprocess.Popen(  # noqa: S603  # our own program
        [
            sys.executable,
            "-m",
            "referentials.collecting",
            str(portion.content.folder),
            str(folder),
            portion.low.hex(),
            high,
            profile,
            *levels,
        ],
        stderr=subprocess.DEVNULL,
    )
