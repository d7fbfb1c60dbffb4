"""The append-only log: one leaf for each publication of the installation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, func, insert, select

from referentials.canonical import JSON, canonical
from referentials.merkle import leaf_hash
from registry.models import LogLeaf
from registry.publishing.change_sets import Proposal


@dataclass(frozen=True, slots=True)
class Removal:
    """What the log says of a version whose snapshot was removed, as a law forced: which, when and why."""

    referential: str
    ordinal: int
    label: str
    content_root: str
    removed_at: str
    reason: str


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
    return _append(
        connection,
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
        },
    )


def append_removal(connection: Connection, version: Removal) -> int:
    """Append the leaf that tells of a version's removal, in its transaction; the leaf's position."""
    return _append(connection, asdict(version))


def removals(connection: Connection) -> Mapping[tuple[str, int], Removal]:
    """The versions whose snapshots were removed, by referential and ordinal, as the log tells it."""
    told = select(LogLeaf.leaf).order_by(LogLeaf.position)
    documents = map(json.loads, connection.execute(told).scalars())
    found = [Removal(**document) for document in documents if "removed_at" in document]
    return {(each.referential, each.ordinal): each for each in found}


def _append(connection: Connection, document: JSON) -> int:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE log_leaf IN EXCLUSIVE MODE")
    position = connection.execute(select(func.count()).select_from(LogLeaf)).scalar_one()
    leaf = canonical(document)
    connection.execute(insert(LogLeaf).values(position=position, leaf=leaf, leaf_hash=leaf_hash(leaf)))
    return position
