"""Who somebody is: the actor of a person, of a sign-in, of a token's secret."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, select

from registry.accounts.actors import Actor, Grant
from registry.accounts.passwords import is_password
from registry.clock import now
from registry.errors import DomainError
from registry.models import Person, RoleGrant, Token


class WrongCredentials(DomainError):
    """A sign-in that is refused, in the same words whatever is wrong: person, password or account."""

    slug = "wrong-credentials"

    def __init__(self, detail: str = "The e-mail or the password is not right.") -> None:
        super().__init__(detail)


def actor_of(connection: Connection, person: UUID, scopes: frozenset[str] | None = None) -> Actor | None:
    """The person with their roles of this moment; None for nobody and for a disabled account."""
    found = connection.execute(
        select(Person.name, Person.administration).where(Person.id == person, Person.disabled_at.is_(None))
    ).one_or_none()
    if found is None:
        return None
    granted = connection.execute(
        select(RoleGrant.role, RoleGrant.referential).where(RoleGrant.person == person)
    )
    grants = frozenset(Grant(role, referential) for role, referential in granted)
    return Actor(person, found.name, found.administration, grants, scopes)


def actor_of_token(connection: Connection, secret: str) -> Actor | None:
    """Who a token acts for, within its scopes; None for one that is unknown, expired or revoked."""
    found = connection.execute(
        select(Token.person, Token.scopes).where(
            Token.secret == digest_of(secret), Token.revoked_at.is_(None), Token.expires_at > now()
        )
    ).one_or_none()
    return None if found is None else actor_of(connection, found.person, frozenset(found.scopes))


def sign_in(connection: Connection, email: str, password: str) -> UUID:
    """The person with this e-mail and password; raises WrongCredentials, after as long whatever is wrong."""
    found = _enabled(connection, Person.email == normal_email(email))
    right = is_password(password, None if found is None else found[1])
    if found is None or not right:
        raise WrongCredentials
    return found[0]


def _enabled(connection: Connection, which: ColumnElement[bool]) -> tuple[UUID, str | None] | None:
    found = connection.execute(
        select(Person.id, Person.password).where(which, Person.disabled_at.is_(None))
    ).one_or_none()
    return None if found is None else (found.id, found.password)


def normal_email(email: str) -> str:
    """An e-mail as it is kept and compared."""
    return email.strip().lower()


def digest_of(secret: str) -> bytes:
    """What is kept of a token: its secret has 256 random bits, so that a fast hash is enough."""
    return sha256(secret.encode("utf-8", "replace")).digest()
