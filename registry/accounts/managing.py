"""People are made, changed and disabled by administrators, with an audit entry each; never deleted."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from referentials.canonical import JSON
from registry.accounts.actors import Actor, Grant
from registry.accounts.audit import record
from registry.accounts.identity import normal_email
from registry.accounts.passwords import hash_password
from registry.accounts.people import PersonView, administer, read_person
from registry.accounts.roles import grant_role, keep_an_administrator
from registry.accounts.tokens import revoke_tokens_of
from registry.clock import now
from registry.errors import BadValue, Conflict, shown
from registry.models import Administration, Person

LONGEST_NAME = 200
LONGEST_EMAIL = 254  # RFC 5321, 4.5.3.1
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def create_person(
    connection: Connection,
    actor: Actor | str,
    email: str,
    name: str,
    *,
    administration: str | None = None,
    password: str | None = None,
    grants: Iterable[Grant] = (),
) -> PersonView:
    """Somebody new; without a password they can sign in at the OpenID Connect provider only.

    Raises NotAllowed, BadValue, WeakPassword, and Conflict for an e-mail that somebody has.
    """
    administer(actor)
    address = _email(email)
    _check_name(name)
    _check_administration(connection, administration)
    if connection.scalar(select(Person.id).where(Person.email == address)) is not None:
        raise Conflict(f"Somebody has the e-mail {shown(address)} already.")
    person = uuid.uuid4()
    connection.execute(
        insert(Person).values(
            id=person,
            email=address,
            name=name,
            administration=administration,
            password=None if password is None else hash_password(password, (address, name)),
            created_at=now(),
        )
    )
    told: dict[str, JSON] = {"email": address, "name": name, "administration": administration}
    record(connection, actor, "created", "person", person, after=told)
    for grant in grants:
        grant_role(connection, actor, person, grant)
    return read_person(connection, person)


def change_person(
    connection: Connection,
    actor: Actor | str,
    person: UUID,
    *,
    name: str | None = None,
    administration: str | None = None,
    leaves: bool = False,
) -> PersonView:
    """Another name or administration, or none where the person `leaves` it. Raises as `create_person`."""
    administer(actor)
    before = read_person(connection, person)
    values: dict[str, JSON] = {}
    if name is not None and name != before.name:
        _check_name(name)
        values["name"] = name
    if leaves or administration not in (None, before.administration):
        _check_administration(connection, administration)
        values["administration"] = administration
    if values:
        connection.execute(update(Person).where(Person.id == person).values(**values))
        was: dict[str, JSON] = {key: getattr(before, key) for key in values}
        record(connection, actor, "changed", "person", person, before=was, after=values)
    return read_person(connection, person)


def set_password(connection: Connection, actor: Actor | str, person: UUID, password: str) -> None:
    """Another password: one's own, or anybody's for administrators; the caller ends the person's sessions.

    Raises WeakPassword, UnknownPerson and NotAllowed.
    """
    if isinstance(actor, str) or actor.person != person:
        administer(actor)
    of = read_person(connection, person)
    kept = hash_password(password, (of.email, of.name))
    connection.execute(update(Person).where(Person.id == person).values(password=kept))
    record(connection, actor, "set the password", "person", person)


def disable_person(connection: Connection, actor: Actor | str, person: UUID) -> PersonView:
    """Nobody signs in as this person any more, and their tokens end; the caller ends their sessions.

    Raises Conflict for the last administrator, UnknownPerson and NotAllowed.
    """
    administer(actor)
    before = read_person(connection, person)
    if before.disabled_at is None:
        keep_an_administrator(connection, person)
        moment = now()
        connection.execute(update(Person).where(Person.id == person).values(disabled_at=moment))
        ended = revoke_tokens_of(connection, person)
        told: dict[str, JSON] = {"disabled_at": moment, "tokens_revoked": ended}
        record(connection, actor, "disabled", "person", person, before={"disabled_at": None}, after=told)
    return read_person(connection, person)


def enable_person(connection: Connection, actor: Actor | str, person: UUID) -> PersonView:
    """The person may sign in again; their tokens stay ended. Raises UnknownPerson and NotAllowed."""
    administer(actor)
    before = read_person(connection, person)
    if before.disabled_at is not None:
        connection.execute(update(Person).where(Person.id == person).values(disabled_at=None))
        was: dict[str, JSON] = {"disabled_at": before.disabled_at}
        record(connection, actor, "enabled", "person", person, before=was, after={"disabled_at": None})
    return read_person(connection, person)


def _email(email: str) -> str:
    address = normal_email(email)
    if not (_EMAIL.fullmatch(address) and address.isprintable() and len(address) <= LONGEST_EMAIL):
        raise BadValue("email", email, f"an e-mail of at most {LONGEST_EMAIL} characters, as who@example.org")
    return address


def _check_name(name: str) -> None:
    if not (name.strip() and name.isprintable() and len(name) <= LONGEST_NAME):
        raise BadValue("name", name, f"a text of 1 to {LONGEST_NAME} characters")


def _check_administration(connection: Connection, administration: str | None) -> None:
    if administration is None:
        return
    known = select(Administration.id).where(Administration.id == administration)
    if not administration.isprintable() or connection.scalar(known) is None:
        raise BadValue("administration", administration, "the id of an administration")
