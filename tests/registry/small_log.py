"""A signed log over the small library, as publishing keeps one, without a database."""

from __future__ import annotations

from pathlib import Path

from referentials.canonical import canonical
from referentials.merkle import tree_root
from referentials.notes import Checkpoint, sign_note
from registry.catalogue import read_catalogue
from registry.logbook import write_log
from registry.publishing.checkpoints import signer


def leaves_of(root: Path) -> list[bytes]:
    """A leaf for each version of the catalogue."""
    return [
        canonical(
            {
                "referential": version.referential,
                "ordinal": version.ordinal,
                "label": version.label,
                "base_root": None,
                "content_root": version.content_root,
                "effective_on": version.effective_on.isoformat(),
                "published_at": version.published_at,
                "change_class": None,
                "approval": None,
            }
        )
        for entry in read_catalogue(root).referentials.values()
        for version in entry.versions
    ]


def write_small_log(root: Path, *, size: int | None = None, further: int = 0) -> None:
    """Shelve the leaves of the catalogue's versions, or the first `size`, and as many more as asked for."""
    leaves = leaves_of(root)[:size]
    leaves += [canonical({"referential": "others", "ordinal": n + 1, "label": "…"}) for n in range(further)]
    signed_by = signer(root)
    checkpoint = Checkpoint(signed_by.public.name, len(leaves), tree_root(leaves))
    note = sign_note(checkpoint.body, signed_by.private, checkpoint.origin)
    write_log(root, leaves, note, signed_by.keys)
