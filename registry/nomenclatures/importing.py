"""A file → a published referential, as seeds are published, by the one publish function; with its hash."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from referentials.tables import Limits, read_table
from registry.accounts.actors import Actor, require
from registry.accounts.audit import record
from registry.database import begin_write
from registry.errors import Conflict
from registry.models import Referential, Version
from registry.nomenclatures.description import Description
from registry.nomenclatures.reading import items_of
from registry.seeding import seed
from seeds.model import Catalogue, Listing, SeedReferential, Source

LIMITS = Limits(max_bytes=50 << 20, max_rows=200_000)


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file: the version that holds it, how many items of each level, whether it is new."""

    referential: str
    version: str
    items: dict[str, int]
    sha256: str
    published: bool


def import_nomenclature(
    engine: Engine,
    root: Path,
    actor: Actor,
    path: Path,
    described: Description,
    *,
    told: Callable[[str, int, int], None],
) -> Imported:
    """Publish the file's items; where that has been done already, nothing happens.

    `root` is the snapshots' root; `told` hears what is being done, and how much is done of how much. Raises
    NotSignedIn and NotAllowed for whoever is no administrator, TableError for a file that cannot be used,
    InvalidItems, and Conflict where the version was published from another file.
    """
    require(actor, "administer")
    told(f"reading {path.name}", 0, 2)
    table = read_table(path, wanted=described.columns, limits=LIMITS)
    items = items_of(table, described)
    counts = {
        level.id: sum(item.level == level.id for item in items) for level in described.referential.levels
    }
    digest = sha256(path.read_bytes()).hexdigest()
    [version] = described.referential.versions
    file = Source(f"The file {path.name}", described.referential.licence, sha256=digest)
    version = replace(version, listing=lambda: Listing(items, []), sources=(*version.sources, file))
    referential = replace(described.referential, versions=(version,))
    with engine.connect() as connection:
        _require_fitting(connection, referential, digest)
    told(f"publishing {referential.id} {version.label}", 1, 2)
    published = seed(engine, root, material=Catalogue((referential,), ()))
    if published:
        with begin_write(engine) as connection:
            what = {"version": version.label, "file": path.name, "sha256": digest}
            record(connection, actor, "imported", "referential", referential.id, after=what)
    return Imported(referential.id, version.label, counts, digest, bool(published))


def _require_fitting(connection: Connection, referential: SeedReferential, digest: str) -> None:
    """Raises Conflict where another kind of referential has the id, or another file was published."""
    kind = connection.scalar(select(Referential.kind).where(Referential.id == referential.id))
    if kind is not None and kind != referential.kind:
        raise Conflict(
            f"{referential.id} is there already, and is no list of {referential.kind} but of {kind}."
        )
    label = referential.versions[0].label
    provenance = connection.scalar(
        select(Version.provenance).where(Version.referential == referential.id, Version.label == label)
    )
    if provenance is not None and digest not in {source.get("sha256") for source in provenance}:
        raise Conflict(
            f"{referential.id} {label} was published from another file: this one has SHA-256 {digest}. "
            "Give the description another label, or correct the version with a draft."
        )
