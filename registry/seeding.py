"""Seeds → the publish function: what a new installation starts with.

Seeding is idempotent: what is there already, by referential and version label, is left alone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, Engine, insert, select, update

from referentials.drafting import draft_from_list
from referentials.findings import check, raise_on_errors
from referentials.kinds import kind as kind_of
from registry.database import begin_write
from registry.models import Association, AssociationMember, Correspondence, Referential, Version
from registry.publishing.change_sets import Proposal, head, now, save_change_set
from registry.publishing.compilation import base_content
from registry.publishing.publish import complete, publish
from registry.publishing.shelving import flip_catalogue
from seeds.catalogue import catalogue
from seeds.model import Catalogue, SeedAssociation, SeedCorrespondence, SeedReferential, SeedVersion


@dataclass(frozen=True, slots=True)
class Step:
    """A step of seeding that has just begun (`done` of `total` are behind it)."""

    what: str
    done: int
    total: int


Progress = Callable[[Step], None]


def seed(
    engine: Engine, root: Path, *, progress: Progress | None = None, material: Catalogue | None = None
) -> list[str]:
    """Publish the seed material that is not there yet; what was published, as "referential label".

    `root` is the snapshots' root. Raises SeedError, InvalidItems or UnfitList for material that cannot be
    used; versions before the faulty one stay published.
    """
    seeds = catalogue() if material is None else material
    total = sum(len(entry.versions) for entry in seeds.referentials) + len(seeds.correspondences)
    sources = {entry.id: entry for entry in seeds.referentials}
    published: list[str] = []
    done = 0
    complete(engine, root)
    for referential in seeds.referentials:
        with begin_write(engine) as connection:
            _register(connection, referential)
        for version in referential.versions:
            if progress is not None:
                progress(Step(f"{referential.id} {version.label}", done, total))
            if _publish_version(engine, root, referential, version):
                published.append(f"{referential.id} {version.label}")
            done += 1
    for correspondence in seeds.correspondences:
        if progress is not None:
            progress(Step(correspondence.id, done, total))
        with begin_write(engine) as connection:
            if _record_correspondence(connection, correspondence, sources[correspondence.source.referential]):
                published.append(correspondence.id)
        done += 1
    flip_catalogue(engine, root)
    return published


def _register(connection: Connection, referential: SeedReferential) -> None:
    """Make the referential known, or bring its description up to date."""
    values = {
        "kind": referential.kind,
        "names": dict(referential.names),
        "description": dict(referential.description),
        "owner": referential.owner,
        "licence": referential.licence,
        "attribution": referential.attribution,
        "periodicity": referential.periodicity,
        "levels": [{"id": level.id, "names": dict(level.names)} for level in referential.levels],
        "languages": list(referential.languages),
        "stage": referential.stage,
        "records_from": referential.records_from,
        "records_basis": referential.records_basis,
    }
    known = connection.execute(
        update(Referential).where(Referential.id == referential.id).values(**values)
    ).rowcount
    if not known:
        connection.execute(insert(Referential).values(id=referential.id, **values))


def _publish_version(engine: Engine, root: Path, referential: SeedReferential, version: SeedVersion) -> bool:
    with engine.connect() as connection:
        labels = connection.execute(
            select(Version.label).where(Version.referential == referential.id)
        ).scalars()
        if version.label in set(labels):
            return False
        base = head(connection, referential.id)
    change_set = _draft(engine, root, referential, version, base)
    publish(engine, root, change_set)
    return True


def _draft(engine: Engine, root: Path, referential: SeedReferential, version: SeedVersion, base: int) -> UUID:
    listing = version.listing()
    levels = [level.id for level in referential.levels]
    raise_on_errors(check(listing.items, kind_of(referential.kind), levels, referential.languages))
    proposal = Proposal(
        referential=referential.id,
        base=base,
        label=version.label,
        effective_on=version.effective_on,
        basis=version.basis,
        notes=version.notes,
        provenance=[dataclasses.asdict(source) for source in version.sources],
    )
    draft = draft_from_list(
        referential.id,
        proposal.ordinal,
        base_content(root, referential.id, base),
        listing.items,
        listing.changes,
        version.effective_on,
    )
    with begin_write(engine) as connection:
        return save_change_set(connection, proposal, draft)


def _record_correspondence(
    connection: Connection, seeded: SeedCorrespondence, source: SeedReferential
) -> bool:
    """Write a correspondence, under its source's licence, unless the newest one says the same already."""
    associations = seeded.associations()
    ordinals = connection.execute(
        select(Correspondence.ordinal).where(Correspondence.id == seeded.id).order_by(Correspondence.ordinal)
    ).scalars()
    newest = max(ordinals, default=0)
    if newest and _recorded(connection, seeded.id, newest) == [
        (association.relation, _note(association), association.source, association.target, association.share)
        for association in associations
    ]:
        return False
    key = {"correspondence": seeded.id, "ordinal": newest + 1}
    connection.execute(
        insert(Association),
        [
            {**key, "position": position, "relation": association.relation, "note": _note(association)}
            for position, association in enumerate(associations)
        ],
    )
    connection.execute(insert(AssociationMember), list(_members(key, associations)))
    connection.execute(
        insert(Correspondence).values(
            id=seeded.id,
            ordinal=newest + 1,
            names=dict(seeded.names),
            source=seeded.source.referential,
            source_version=seeded.source.version,
            target=seeded.target.referential,
            target_version=seeded.target.version,
            basis=seeded.basis,
            licence=source.licence,
            attribution=source.attribution,
            notes={},
            published_at=now(),
        )
    )
    return True


def _members(key: dict[str, object], associations: Sequence[SeedAssociation]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for position, association in enumerate(associations):
        place = {**key, "position": position, "names": {}, "item": None}
        rows.append({**place, "side": "source", "code": association.source, "share": None})
        rows.append({**place, "side": "target", "code": association.target, "share": association.share})
    return rows


def _note(association: SeedAssociation) -> str:
    return association.basis if association.note is None else f"{association.basis}; {association.note}"


def _recorded(
    connection: Connection, correspondence: str, ordinal: int
) -> list[tuple[str, str | None, str, str, float | None]]:
    lines = connection.execute(
        select(Association.__table__)
        .where(Association.correspondence == correspondence, Association.ordinal == ordinal)
        .order_by(Association.position)
    ).all()
    members = {
        (row.position, row.side): row
        for row in connection.execute(
            select(AssociationMember.__table__).where(
                AssociationMember.correspondence == correspondence, AssociationMember.ordinal == ordinal
            )
        )
    }
    return [
        (
            line.relation,
            line.note,
            members[line.position, "source"].code,
            members[line.position, "target"].code,
            members[line.position, "target"].share,
        )
        for line in lines
    ]
