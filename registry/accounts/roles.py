"""Roles are granted and taken back by administrators; there is always one left."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, delete, insert, select

from referentials.canonical import JSON
from registry.accounts.actors import CAPABILITIES, Actor, Grant
from registry.accounts.audit import record
from registry.accounts.people import PersonView, administer, read_person
from registry.clock import now
from registry.errors import BadValue, Conflict, UnknownReferential
from registry.models import Person, Referential, RoleGrant

# Roles that may be for one referential only.
OF_REFERENTIALS = ("editor", "approver")


def grant_role(connection: Connection, actor: Actor | str, person: UUID, grant: Grant) -> PersonView:
    """Give a role; nothing happens where it is there already.

    Raises NotAllowed, UnknownPerson, BadValue for a role that is none, or is not for a referential, and
    UnknownReferential.
    """
    administer(actor)
    before = read_person(connection, person)
    _check(connection, grant)
    if grant in before.grants:
        return before
    connection.execute(
        insert(RoleGrant).values(
            person=person, role=grant.role, referential=grant.referential, granted_at=now()
        )
    )
    record(connection, actor, "granted", "person", person, after=_members(grant))
    return read_person(connection, person)


def revoke_role(connection: Connection, actor: Actor | str, person: UUID, grant: Grant) -> PersonView:
    """Take a role back; nothing happens where it is not there.

    Raises NotAllowed, UnknownPerson, BadValue, and Conflict for the last administrator.
    """
    administer(actor)
    before = read_person(connection, person)
    _check_role(grant)
    if grant not in before.grants:
        return before
    if grant.role == "administrator":
        keep_an_administrator(connection, person)
    connection.execute(
        delete(RoleGrant).where(
            RoleGrant.person == person,
            RoleGrant.role == grant.role,
            RoleGrant.referential.is_not_distinct_from(grant.referential),
        )
    )
    record(connection, actor, "took back", "person", person, before=_members(grant))
    return read_person(connection, person)


def keep_an_administrator(connection: Connection, person: UUID) -> None:
    """Raises Conflict where only this person could administer accounts. Others wait for the transaction."""
    administrators = (
        select(RoleGrant.person)
        .join(Person, Person.id == RoleGrant.person)
        .where(RoleGrant.role == "administrator", Person.disabled_at.is_(None))
        .with_for_update()
    )
    if set(connection.execute(administrators).scalars()) == {person}:
        raise Conflict("This is the last administrator: make another one first.")


def _check(connection: Connection, grant: Grant) -> None:
    _check_role(grant)
    if grant.referential is None:
        return
    known = sorted(connection.execute(select(Referential.id)).scalars())
    if grant.referential not in known:
        raise UnknownReferential(grant.referential, known)


def _check_role(grant: Grant) -> None:
    if grant.role not in CAPABILITIES:
        raise BadValue("role", grant.role, f"one of {', '.join(CAPABILITIES)}")
    if grant.referential is not None and grant.role not in OF_REFERENTIALS:
        raise BadValue(
            "referential", grant.referential, f"none: {grant.role} is not a role of one referential"
        )


def _members(grant: Grant) -> dict[str, JSON]:
    return {"role": grant.role, "referential": grant.referential}
