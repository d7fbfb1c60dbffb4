"""Seeds → the publish function: what a new installation starts with.

Seeding is idempotent: what is there already, by referential and version label, is left alone. So it can be
run at every start, and finishes what an interrupted one left.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, Engine, insert, select, update

from referentials.drafting import draft_from_list
from referentials.findings import check, raise_on_errors
from referentials.kinds import kind as kind_of
from registry.catalogue import AssociationEntry, CorrespondenceEntry, MemberEntry
from registry.correspondences.publishing import publish_correspondence, says_the_same
from registry.database import begin_write
from registry.locks import file_lock
from registry.models import Referential, Version
from registry.naming import referential_id
from registry.publishing.change_sets import Proposal, discard_drafts, head, save_change_set
from registry.publishing.compilation import base_content
from registry.publishing.publish import Incomplete, complete, publish
from registry.publishing.registering import described
from registry.publishing.shelving import flip_catalogue
from seeds.catalogue import catalogue
from seeds.model import Catalogue, SeedAssociation, SeedCorrespondence, SeedReferential, SeedVersion

SEEDER = "marjaa seed"  # the author of its change sets


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

    `root` is the snapshots' root. One process seeds at a time, others wait. Progress is told for what has to
    be done. Raises SeedError, InvalidItems, UnfitList or BadName for material that cannot be used; versions
    before the faulty one stay published. Raises Incomplete, at the end, where something published earlier
    cannot be compiled again.
    """
    with file_lock(root, "seed.lock"):
        return _seed(engine, root, progress, catalogue() if material is None else material)


def _seed(engine: Engine, root: Path, progress: Progress | None, seeds: Catalogue) -> list[str]:
    total = sum(len(entry.versions) for entry in seeds.referentials) + len(seeds.correspondences)
    sources = {entry.id: entry for entry in seeds.referentials}
    published: list[str] = []
    done = 0
    incomplete: Incomplete | None = None
    try:
        complete(engine, root)
    except Incomplete as error:
        incomplete = error
    for referential in seeds.referentials:
        with begin_write(engine) as connection:
            _register(connection, referential)
        for version in referential.versions:
            if not _is_published(engine, referential, version):
                if progress is not None:
                    progress(Step(f"{referential.id} {version.label}", done, total))
                _publish_version(engine, root, referential, version)
                published.append(f"{referential.id} {version.label}")
            done += 1
    for correspondence in seeds.correspondences:
        entry = _entry(correspondence, sources[correspondence.source.referential])
        with engine.connect() as connection:
            known = says_the_same(connection, entry)
        if not known:
            if progress is not None:
                progress(Step(correspondence.id, done, total))
            publish_correspondence(engine, root, entry, SEEDER)
            published.append(correspondence.id)
        done += 1
    flip_catalogue(engine, root)
    if incomplete is not None:
        raise incomplete
    return published


def _register(connection: Connection, referential: SeedReferential) -> None:
    """Make the referential known, or bring its description up to date."""
    values = described(referential)
    known = connection.execute(
        update(Referential).where(Referential.id == referential.id).values(**values)
    ).rowcount
    if not known:
        connection.execute(insert(Referential).values(id=referential_id(referential.id), **values))


def _is_published(engine: Engine, referential: SeedReferential, version: SeedVersion) -> bool:
    its_row = select(Version.ordinal).where(
        Version.referential == referential.id, Version.label == version.label
    )
    with engine.connect() as connection:
        return connection.execute(its_row).first() is not None


def _publish_version(engine: Engine, root: Path, referential: SeedReferential, version: SeedVersion) -> None:
    with engine.connect() as connection:
        base = head(connection, referential.id)
    change_set = _draft(engine, root, referential, version, base)
    try:
        publish(engine, root, change_set, review="seed")
    except Exception:
        with begin_write(engine) as connection:
            discard_drafts(connection, referential.id, SEEDER)
        raise


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
        discard_drafts(connection, referential.id, SEEDER)  # what a killed start left
        return save_change_set(connection, proposal, draft, author=SEEDER)


def _entry(seeded: SeedCorrespondence, source: SeedReferential) -> CorrespondenceEntry:
    """The correspondence under its source's licence."""
    return CorrespondenceEntry(
        id=seeded.id,
        ordinal=0,
        names=seeded.names,
        source_referential=seeded.source.referential,
        source_version=seeded.source.version,
        target_referential=seeded.target.referential,
        target_version=seeded.target.version,
        basis=seeded.basis,
        licence=source.licence,
        attribution=source.attribution,
        published_at="",
        associations=tuple(
            AssociationEntry(
                (MemberEntry(each.source, None),),
                (MemberEntry(each.target, each.share),),
                each.relation,
                _note(each),
            )
            for each in seeded.associations()
        ),
    )


def _note(association: SeedAssociation) -> str:
    return association.basis if association.note is None else f"{association.basis}; {association.note}"
