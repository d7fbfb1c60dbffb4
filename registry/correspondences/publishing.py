"""Publishes correspondences: rows that are written once, under the next ordinal of their id."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from sqlalchemy import Connection, Engine, insert
from sqlalchemy.exc import IntegrityError

from registry.accounts.actors import Actor, require
from registry.accounts.audit import record
from registry.catalogue import AssociationEntry, CorrespondenceEntry, MemberEntry
from registry.clock import now
from registry.correspondences.checking import Items, items_of
from registry.correspondences.documents import require_sound
from registry.database import begin_write
from registry.errors import Conflict
from registry.library import Library
from registry.models import Association, AssociationMember, Correspondence
from registry.publishing.shelving import flip_catalogue, newest_correspondences


def publish_correspondence(
    engine: Engine, root: Path, entry: CorrespondenceEntry, actor: Actor | str
) -> int | None:
    """Publish a correspondence and put it on the shelf; its ordinal, None where the newest says the same.

    `root` is the snapshots' root. Raises UnfitCorrespondence, UnknownVersion, NotAllowed to whoever may not
    approve for the target referential, and Conflict where another publication came between.
    """
    if isinstance(actor, Actor):
        require(actor, "approve", referential=entry.target_referential)
    require_sound(entry, entry.id)
    items = items_of(Library(root), entry)
    try:
        with begin_write(engine) as connection:
            ordinal = write_correspondence(connection, entry, items, actor)
    except IntegrityError as error:
        raise Conflict(f"{entry.id} was published by somebody else meanwhile.") from error
    flip_catalogue(engine, root)
    return ordinal


def says_the_same(connection: Connection, entry: CorrespondenceEntry) -> bool:
    """Whether the newest publication under this id states the same."""
    newest = newest_correspondences(connection).get(entry.id)
    return newest is not None and _stated(newest) == _stated(entry)


def write_correspondence(
    connection: Connection, entry: CorrespondenceEntry, items: Items, actor: Actor | str
) -> int | None:
    """Write the next publication, in the caller's transaction; None where the newest says the same."""
    if says_the_same(connection, entry):
        return None
    stated = _stated(entry)
    newest = newest_correspondences(connection).get(entry.id)
    ordinal = 1 if newest is None else newest.ordinal + 1
    key = {"correspondence": entry.id, "ordinal": ordinal}
    rows = [
        {**key, "position": position, "relation": each.relation, "note": each.note}
        for position, each in enumerate(stated.associations)
    ]
    connection.execute(insert(Association), rows)
    members = [
        {
            **key,
            "position": position,
            "side": side,
            "code": member.code,
            "share": member.share,
            "names": {},
            "item": items.get((side, member.code)),
        }
        for position, each in enumerate(stated.associations)
        for side, found in (("source", each.sources), ("target", each.targets))
        for member in found
    ]
    connection.execute(insert(AssociationMember), members)
    connection.execute(  # last: it closes the publication
        insert(Correspondence).values(
            id=entry.id,
            ordinal=ordinal,
            names=dict(entry.names),
            source=entry.source_referential,
            source_version=entry.source_version,
            target=entry.target_referential,
            target_version=entry.target_version,
            basis=entry.basis,
            licence=entry.licence,
            attribution=entry.attribution,
            notes={},
            published_at=now(),
        )
    )
    after = {"ordinal": ordinal, "associations": len(rows)}
    record(connection, actor, "published", "correspondence", entry.id, after=after)
    return ordinal


def _stated(entry: CorrespondenceEntry) -> CorrespondenceEntry:
    """What the correspondence states, in one order, whenever it was published."""
    associations = tuple(
        AssociationEntry(_ordered(each.sources), _ordered(each.targets), each.relation, each.note)
        for each in entry.associations
    )
    return dataclasses.replace(
        entry, ordinal=0, published_at="", names=dict(entry.names), associations=associations
    )


def _ordered(members: tuple[MemberEntry, ...]) -> tuple[MemberEntry, ...]:
    return tuple(sorted(members, key=lambda member: member.code))
