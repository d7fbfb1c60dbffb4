"""Which versions are kept compiled: the newest ones and those that are pinned (D1).

The others keep their content, and are compiled again when somebody asks for them. No Flask, no SQLAlchemy.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from referentials.snapshot import write_whole
from registry.catalogue import ReferentialEntry, VersionEntry, read_catalogue
from registry.indexing import PINNED, Place, is_compiled, take_index_away
from registry.locks import file_lock


def is_pinned(root: Path, version: VersionEntry) -> bool:
    """Whether a version stays compiled, however old it is."""
    return (root / version.folder / PINNED).is_file()


def pin(root: Path, version: VersionEntry, *, pinned: bool) -> None:
    """Keep a version compiled however old it is, or no longer."""
    with file_lock(root, f"{version.referential}.lock"):
        mark = root / version.folder / PINNED
        if pinned:
            write_whole(mark, b"")
        else:
            mark.unlink(missing_ok=True)


def prune(root: Path, keep: int) -> list[VersionEntry]:
    """Take away the indexes of all but the `keep` newest versions of each referential, and the pinned ones.

    The newest published version is always kept. Those whose index was taken away now, oldest first.
    """
    pruned = []
    for entry in read_catalogue(root).referentials.values():
        chosen = [version for version in _old(entry, keep) if is_compiled(root / version.folder)]
        if not chosen:
            continue
        with file_lock(root, f"{entry.id}.lock"):
            for version in chosen:
                # Somebody may have pinned or removed it meanwhile.
                if is_compiled(root / version.folder) and not is_pinned(root, version):
                    take_index_away(Place(root, entry.id, root / version.folder))
                    pruned.append(version)
    return pruned


def _old(entry: ReferentialEntry, keep: int) -> Sequence[VersionEntry]:
    standing = [version for version in entry.versions if version.removed_because is None]
    return [version for version in standing[: max(0, len(standing) - keep)] if version != entry.latest]
