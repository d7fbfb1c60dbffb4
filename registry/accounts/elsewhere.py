"""Signing in elsewhere: a provider says who somebody is, the account here what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, select, update

from registry.accounts.audit import record
from registry.accounts.identity import WrongCredentials, normal_email
from registry.models import Person


class NoAccountHere(WrongCredentials):
    """The provider knows them, and nobody here is them."""

    def __init__(self) -> None:
        super().__init__(
            "No account here belongs to whom the provider says you are, by an e-mail that it has verified."
        )


@dataclass(frozen=True, slots=True)
class Claims:
    """What a provider says of somebody (OpenID Connect Core 1.0, 2 and 5.1)."""

    issuer: str
    subject: str
    email: str | None = None
    email_verified: bool = False

    @property
    def bound(self) -> str:
        """How an account names whom it is bound to: no issuer has a space."""
        return f"{self.issuer} {self.subject}"


def sign_in_elsewhere(connection: Connection, claims: Claims) -> UUID:
    """Whose account it is: bound to the subject, or, the first time, of the verified e-mail, then bound.

    Raises NoAccountHere; an e-mail never takes over an account that is bound to somebody else.
    """
    if not claims.bound.isprintable():
        raise NoAccountHere
    person = _enabled(connection, Person.subject == claims.bound)
    if person is not None:
        return person
    if claims.email is None or not claims.email_verified or not claims.email.isprintable():
        raise NoAccountHere
    known = (Person.email == normal_email(claims.email)) & Person.subject.is_(None)
    person = _enabled(connection, known)
    if person is None:
        raise NoAccountHere
    connection.execute(update(Person).where(Person.id == person).values(subject=claims.bound))
    record(connection, str(person), "bound", "person", person, after={"subject": claims.bound})
    return person


def _enabled(connection: Connection, which: ColumnElement[bool]) -> UUID | None:
    return connection.scalar(select(Person.id).where(which, Person.disabled_at.is_(None)))
