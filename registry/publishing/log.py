"""The append-only log: one leaf for each publication of the installation."""

from __future__ import annotations

from sqlalchemy import Connection, func, insert, select

from referentials.canonical import canonical
from referentials.merkle import leaf_hash
from registry.models import LogLeaf
from registry.publishing.change_sets import Proposal


def append_leaf(
    connection: Connection,
    proposal: Proposal,
    *,
    base_root: str | None,
    content_root: str,
    published_at: str,
) -> int:
    """Append the leaf of a publication, in its transaction; the leaf's position.

    The leaf is canonical JSON (RFC 8785). Appending waits for whoever appends: positions have no gap.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE log_leaf IN EXCLUSIVE MODE")
    position = connection.execute(select(func.count()).select_from(LogLeaf)).scalar_one()
    leaf = canonical(
        {
            "referential": proposal.referential,
            "ordinal": proposal.ordinal,
            "label": proposal.label,
            "base_root": base_root,
            "content_root": content_root,
            "effective_on": proposal.effective_on.isoformat(),
            "published_at": published_at,
            "change_class": proposal.change_class,
            "approval": proposal.approval.digest,
        }
    )
    connection.execute(insert(LogLeaf).values(position=position, leaf=leaf, leaf_hash=leaf_hash(leaf)))
    return position
