"""People with an account, as they are read; never their passwords."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, select

from registry.accounts.actors import Actor, Grant, require
from registry.accounts.identity import normal_email
from registry.errors import DomainError, cut, shown
from registry.models import Person, RoleGrant


class UnknownPerson(DomainError):
    """Nobody has this id or e-mail."""

    slug = "unknown-person"

    def __init__(self, person: UUID | str) -> None:
        super().__init__(f"Nobody with an account is {shown(person)}.", person=cut(str(person)))


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody with an account; never their password."""

    id: UUID
    email: str
    name: str
    administration: str | None
    grants: tuple[Grant, ...]
    has_password: bool
    created_at: str
    disabled_at: str | None


def read_person(connection: Connection, person: UUID) -> PersonView:
    """Somebody by id; raises UnknownPerson."""
    found = _people(connection, Person.id == person)
    if not found:
        raise UnknownPerson(person)
    return found[0]


def person_of_email(connection: Connection, email: str) -> PersonView:
    """Somebody by e-mail; raises UnknownPerson."""
    found = _people(connection, Person.email == normal_email(email))
    if not found:
        raise UnknownPerson(email)
    return found[0]


def list_people(
    connection: Connection, actor: Actor | str, *, after: str = "", limit: int | None = None
) -> list[PersonView]:
    """The people in the order of their e-mails, those behind `after`; raises NotAllowed."""
    administer(actor)
    return _people(connection, Person.email > after, limit)


def administer(actor: Actor | str) -> None:
    """Only administrators go on, and what acts by itself; raises NotSignedIn and NotAllowed."""
    if isinstance(actor, Actor):
        require(actor, "administer")


def _people(connection: Connection, which: ColumnElement[bool], limit: int | None = None) -> list[PersonView]:
    columns = (
        Person.id,
        Person.email,
        Person.name,
        Person.administration,
        Person.password.is_not(None).label("has_password"),
        Person.created_at,
        Person.disabled_at,
    )
    rows = connection.execute(select(*columns).where(which).order_by(Person.email).limit(limit)).all()
    grants = _grants(connection, [row.id for row in rows])
    return [
        PersonView(
            row.id,
            row.email,
            row.name,
            row.administration,
            tuple(grants.get(row.id, ())),
            bool(row.has_password),
            row.created_at,
            row.disabled_at,
        )
        for row in rows
    ]


def _grants(connection: Connection, people: Iterable[UUID]) -> dict[UUID, list[Grant]]:
    found: dict[UUID, list[Grant]] = {}
    wanted = select(RoleGrant.person, RoleGrant.role, RoleGrant.referential).where(
        RoleGrant.person.in_(list(people))
    )
    for row in connection.execute(wanted.order_by(RoleGrant.role, RoleGrant.referential, RoleGrant.id)):
        found.setdefault(row.person, []).append(Grant(row.role, row.referential))
    return found
