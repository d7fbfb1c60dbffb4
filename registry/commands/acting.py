"""Who a command acts for: the person of the token in MARJAA_TOKEN."""

from __future__ import annotations

from sqlalchemy import Connection

from registry.accounts.actors import Actor, NotSignedIn
from registry.accounts.identity import actor_of_token
from registry.config import Settings

_HOW = "`marjaa account token EMAIL --label … --scope …` prints one; then: export MARJAA_TOKEN=marjaa_…"


def acting(settings: Settings, connection: Connection) -> Actor:
    """The actor of MARJAA_TOKEN, within the token's scopes; NotSignedIn tells how to get one."""
    if not settings.token:
        raise NotSignedIn(f"This command acts for a person, whose token must be in MARJAA_TOKEN. {_HOW}")
    actor = actor_of_token(connection, settings.token)
    if actor is None:
        raise NotSignedIn(f"The token in MARJAA_TOKEN is unknown, expired or revoked. {_HOW}")
    return actor
