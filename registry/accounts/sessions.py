"""Sessions of people: a random secret in a cookie, kept as a digest in the volatile file."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from uuid import UUID

from registry.config import Settings
from registry.volatile import Limits, Volatile


@dataclass(frozen=True, slots=True)
class Session:
    """A session: `secret` is for the cookie only, `csrf` is what a page sends back with what it changes."""

    person: UUID
    secret: str

    @property
    def csrf(self) -> str:
        """Derived from the secret, which pages cannot read: no other session's fits."""
        return urlsafe_b64encode(sha256(b"csrf:" + self.secret.encode()).digest()).decode().rstrip("=")

    def is_confirmed_by(self, csrf: str | None) -> bool:
        """Whether a request carries the session's CSRF token."""
        return csrf is not None and compare_digest(csrf.encode("utf-8", "replace"), self.csrf.encode())


def limits_of(settings: Settings) -> Limits:
    """The limits of sessions."""
    return Limits(idle=settings.session_idle * 60.0, longest=settings.session_longest * 3600.0)


def start_session(volatile: Volatile, person: UUID, limits: Limits) -> Session:
    """A session with a secret of its own, whatever the browser sent before."""
    session = Session(person, secrets.token_urlsafe(32))
    volatile.start_session(session.secret, str(person), limits)
    return session


def find_session(volatile: Volatile, secret: str, limits: Limits) -> Session | None:
    """The session of a cookie; None where it is over or was never one."""
    person = volatile.find_session(secret, limits)
    return None if person is None else Session(UUID(person), secret)
