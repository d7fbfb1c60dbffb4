"""Writes the catalogue file from the database: what readers find on the shelf.

A version is on the shelf when its content is in its place. Its search index does not count: building it anew
takes it away for a moment.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, select

from registry.catalogue import (
    AssociationEntry,
    Catalogue,
    CorrespondenceEntry,
    MemberEntry,
    ReferentialEntry,
    VersionEntry,
    snapshot_folder,
    write_catalogue,
)
from registry.locks import file_lock
from registry.models import Association, AssociationMember, ChangeSet, Correspondence, Referential, Version
from registry.publishing.checkpoints import shelve_log
from registry.publishing.log import removals


def flip_catalogue(engine: Engine, root: Path) -> None:
    """Replace the catalogue by what is published and compiled; one at a time, so it never goes back."""
    with file_lock(root, "catalogue.lock"), engine.connect() as connection:
        shelve_log(connection, root)  # first: a version that can be read has its leaf
        write_catalogue(root, published_catalogue(connection, root))


def published_catalogue(connection: Connection, root: Path) -> Catalogue:
    """All referentials, the versions whose content is in its place, and the newest correspondences."""
    versions: defaultdict[str, list[VersionEntry]] = defaultdict(list)
    shelved: dict[str, bool] = {}
    removed = removals(connection)
    for row in connection.execute(select(Version.__table__).order_by(Version.referential, Version.ordinal)):
        removal = removed.get((row.referential, row.ordinal))
        if removal is not None:
            gone = dataclasses.replace(_entry(row), status="tombstoned", removed_because=removal.reason)
            versions[row.referential].append(gone)
            continue
        place = root / snapshot_folder(row.referential, row.ordinal)
        # At the end, whether the newest one is.
        shelved[row.referential] = (place / "content" / "manifest.json").is_file()
        if shelved[row.referential]:
            versions[row.referential].append(_entry(row))
    scheduled = _scheduled(connection)
    referentials = {
        row.id: ReferentialEntry(
            id=row.id,
            kind=row.kind,
            names=row.names,
            description=row.description,
            owner=row.owner,
            licence=row.licence,
            attribution=row.attribution,
            periodicity=row.periodicity,
            levels=tuple(level["id"] for level in row.levels),
            level_names={level["id"]: level["names"] for level in row.levels},
            languages=tuple(row.languages),
            stage=row.stage,
            records_from=row.records_from,
            records_basis=row.records_basis,
            versions=_as_shelved(versions[row.id], newest_is_there=shelved.get(row.id, True)),
            scheduled=tuple(scheduled[row.id]),
        )
        for row in connection.execute(select(Referential.__table__).order_by(Referential.id))
    }
    return Catalogue(referentials, newest_correspondences(connection))


def _entry(row: Row[Any]) -> VersionEntry:
    return VersionEntry(
        referential=row.referential,
        ordinal=row.ordinal,
        label=row.label,
        effective_on=row.effective_on,
        status=row.status,
        content_root=row.content_root,
        published_at=row.published_at,
        basis=row.basis,
        notes=row.notes,
        counts=row.counts,
        provenance=tuple(row.provenance),
        change_class=row.change_class,
        legal_basis=row.legal_basis,
        review=row.review,
        approval=row.approval,
    )


def _scheduled(connection: Connection) -> defaultdict[str, list[VersionEntry]]:
    """By referential, what is approved and has a date; `published_at` is when it will be published."""
    by_referential: defaultdict[str, list[VersionEntry]] = defaultdict(list)
    approved = select(ChangeSet.__table__).where(
        ChangeSet.status == "approved", ChangeSet.publish_at.is_not(None)
    )
    for row in connection.execute(approved.order_by(ChangeSet.publish_at, ChangeSet.label)):
        by_referential[row.referential].append(
            VersionEntry(
                referential=row.referential,
                ordinal=(row.base_ordinal or 0) + 1,
                label=row.label,
                effective_on=row.effective_on,
                status="scheduled",
                content_root=row.content_root,
                published_at=row.publish_at,
                basis=row.basis,
                notes=row.notes,
                counts={},
                provenance=tuple(row.provenance),
                change_class=row.change_class,
                legal_basis=row.legal_basis,
                review="single-person" if row.single_person else "four-eyes",
            )
        )
    return by_referential


def _as_shelved(versions: Sequence[VersionEntry], *, newest_is_there: bool) -> tuple[VersionEntry, ...]:
    """The versions, oldest first, with the status that follows from what is on the shelf.

    Between a publication's commit and its snapshot's coming into its place, the database calls a version
    superseded, or withdrawn, by one that nobody can read yet. Whoever flips then must not leave readers
    without a latest, nor with an older one.
    """
    standing = [
        entry.ordinal
        for entry in versions
        if entry.status in ("published", "superseded") or (entry is versions[-1] and not newest_is_there)
    ]
    newest = max(standing, default=0)
    return tuple(
        dataclasses.replace(entry, status="published" if entry.ordinal == newest else "superseded")
        if entry.ordinal in standing
        else entry
        for entry in versions
    )


def newest_correspondences(connection: Connection) -> dict[str, CorrespondenceEntry]:
    """The newest publication of each correspondence, by id."""
    associations = _associations(connection)
    rows = connection.execute(
        select(Correspondence.__table__).order_by(Correspondence.id, Correspondence.ordinal)
    )
    return {  # of each id, the last one stays: the newest
        row.id: CorrespondenceEntry(
            id=row.id,
            ordinal=row.ordinal,
            names=row.names,
            source_referential=row.source,
            source_version=row.source_version,
            target_referential=row.target,
            target_version=row.target_version,
            basis=row.basis,
            licence=row.licence,
            attribution=row.attribution,
            published_at=row.published_at,
            associations=tuple(associations[row.id, row.ordinal]),
        )
        for row in rows
    }


def _associations(connection: Connection) -> dict[tuple[str, int], list[AssociationEntry]]:
    by_correspondence: defaultdict[tuple[str, int], list[AssociationEntry]] = defaultdict(list)
    members: defaultdict[tuple[str, int, int, str], list[MemberEntry]] = defaultdict(list)
    for row in connection.execute(select(AssociationMember.__table__).order_by(AssociationMember.code)):
        member = MemberEntry(row.code, row.share)
        members[row.correspondence, row.ordinal, row.position, row.side].append(member)
    ordered = select(Association.__table__).order_by(
        Association.correspondence, Association.ordinal, Association.position
    )
    for row in connection.execute(ordered):
        place = (row.correspondence, row.ordinal, row.position)
        by_correspondence[row.correspondence, row.ordinal].append(
            AssociationEntry(
                sources=tuple(members[(*place, "source")]),
                targets=tuple(members[(*place, "target")]),
                relation=row.relation,
                note=row.note,
            )
        )
    return by_correspondence
