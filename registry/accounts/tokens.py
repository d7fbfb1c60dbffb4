"""Tokens of programs: shown once, kept as a digest, for some of what their person may do, for a time."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from referentials.canonical import JSON
from registry.accounts.actors import CAPABILITIES, SCOPES, Actor
from registry.accounts.audit import record
from registry.accounts.identity import digest_of
from registry.accounts.people import read_person
from registry.clock import later, now
from registry.errors import BadValue, DomainError
from registry.models import Token

# What a secret begins with, so that those who search for leaked secrets know it.
PREFIX = "marjaa_"
DEFAULT_DAYS = 90
MOST_DAYS = 365
LONGEST_LABEL = 100

_COLUMNS = (
    Token.id,
    Token.person,
    Token.label,
    Token.scopes,
    Token.created_at,
    Token.expires_at,
    Token.revoked_at,
)


class UnknownToken(DomainError):
    """The person has no token of this id."""

    slug = "unknown-token"


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token, without its secret."""

    id: UUID
    person: UUID
    label: str
    scopes: tuple[str, ...]
    created_at: str
    expires_at: str
    revoked_at: str | None


def issue_token(
    connection: Connection,
    actor: Actor | str,
    person: UUID,
    label: str,
    scopes: Collection[str],
    days: int = DEFAULT_DAYS,
) -> tuple[TokenView, str]:
    """A new token of a person, and its secret, which is told this once.

    Raises BadValue for a scope that the person's roles do not have, a label or a time; UnknownPerson.
    """
    owner = read_person(connection, person)
    _check(label, days)
    had = {capability for grant in owner.grants for capability in CAPABILITIES[grant.role]}
    wanted = sorted(set(scopes))
    for scope in wanted or [""]:
        if scope not in had:
            raise BadValue("scopes", scope, f"some of {', '.join(s for s in SCOPES if s in had) or 'none'}")
    secret = PREFIX + secrets.token_urlsafe(32)
    identity, expires = uuid.uuid4(), later(days=days)
    connection.execute(
        insert(Token).values(
            id=identity,
            person=person,
            label=label,
            secret=digest_of(secret),
            scopes=wanted,
            created_at=now(),
            expires_at=expires,
        )
    )
    told: dict[str, JSON] = {
        "label": label,
        "scopes": [*wanted],
        "expires_at": expires,
        "person": str(person),
    }
    record(connection, actor, "issued", "token", identity, after=told)
    return read_token(connection, identity), secret


def list_tokens(connection: Connection, person: UUID) -> list[TokenView]:
    """The tokens of a person, newest first; those that ended too."""
    found = connection.execute(
        select(*_COLUMNS).where(Token.person == person).order_by(Token.created_at.desc(), Token.id)
    )
    return [_view(*row) for row in found]


def read_token(connection: Connection, token: UUID) -> TokenView:
    """A token by id; raises UnknownToken."""
    found = connection.execute(select(*_COLUMNS).where(Token.id == token)).one_or_none()
    if found is None:
        raise UnknownToken(f"There is no token {token} of yours.")
    return _view(*found)


def revoke_token(connection: Connection, actor: Actor | str, token: UUID) -> TokenView:
    """End a token: one's own, or anybody's for administrators. Raises UnknownToken."""
    before = read_token(connection, token)
    if isinstance(actor, Actor) and actor.person != before.person and not actor.may("administer"):
        raise UnknownToken(f"There is no token {token} of yours.")
    if before.revoked_at is None:
        moment = now()
        connection.execute(update(Token).where(Token.id == token).values(revoked_at=moment))
        record(connection, actor, "revoked", "token", token, after={"revoked_at": moment})
    return read_token(connection, token)


def revoke_tokens_of(connection: Connection, person: UUID) -> int:
    """End all tokens of a person, in the caller's transaction, which records why; how many there were."""
    found = connection.execute(
        update(Token).where(Token.person == person, Token.revoked_at.is_(None)).values(revoked_at=now())
    )
    return found.rowcount


def _check(label: str, days: int) -> None:
    if not (label.strip() and len(label) <= LONGEST_LABEL and label.isprintable()):
        raise BadValue("label", label, f"a text of 1 to {LONGEST_LABEL} characters")
    if not 1 <= days <= MOST_DAYS:
        raise BadValue("days", days, f"a whole number from 1 to {MOST_DAYS}")


def _view(
    identity: UUID,
    person: UUID,
    label: str,
    scopes: list[str],
    created: str,
    expires: str,
    revoked: str | None,
) -> TokenView:
    return TokenView(identity, person, label, tuple(scopes), created, expires, revoked)
