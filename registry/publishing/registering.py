"""Makes a referential known: what it is and who answers for it. Its first version comes of a draft."""

from __future__ import annotations

from sqlalchemy import Connection, insert
from sqlalchemy.exc import IntegrityError

from referentials.canonical import JSON
from registry.accounts import audit
from registry.accounts.actors import Actor, require
from registry.errors import Conflict
from registry.models import Referential
from registry.naming import referential_id
from seeds.model import Level, SeedReferential


def register(connection: Connection, actor: Actor, new: SeedReferential) -> None:
    """Register a referential, which has no version yet, in the caller's transaction.

    The catalogue has it as soon as `flip_catalogue` is called after the commit. Raises NotSignedIn and
    NotAllowed for whoever is no administrator, BadName for an id that cannot be one, and Conflict where
    a referential has it already.
    """
    require(actor, "administer")
    identity = referential_id(new.id)
    try:
        with connection.begin_nested():
            connection.execute(insert(Referential).values(id=identity, **described(new)))
    except IntegrityError as error:  # whoever registers the same at the same time came first
        raise Conflict(f"There is a referential {identity!r} already; choose another id.") from error
    after = {"kind": new.kind, "names": dict(new.names), "owner": new.owner}
    audit.record(connection, actor, "registered", "referential", identity, after=after)


def described(referential: SeedReferential) -> dict[str, object]:
    """What the row of a referential says of it, but for its id."""
    return {
        "kind": referential.kind,
        "names": dict(referential.names),
        "description": dict(referential.description),
        "owner": referential.owner,
        "licence": referential.licence,
        "attribution": referential.attribution,
        "periodicity": referential.periodicity,
        "levels": [_level(level) for level in referential.levels],
        "languages": list(referential.languages),
        "stage": referential.stage,
        "records_from": referential.records_from,
        "records_basis": referential.records_basis,
    }


def _level(level: Level) -> dict[str, JSON]:
    pattern = {} if level.code_pattern is None else {"code_pattern": level.code_pattern}
    return {"id": level.id, "names": dict(level.names), **pattern}
