"""The outbox: what a transaction promises to tell people of, once it is committed."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, insert

from referentials.canonical import JSON
from registry.clock import now
from registry.models import OutboxEntry

KINDS = (
    "change-set-submitted",
    "changes-requested",
    "change-set-approved",
    "version-scheduled",
    "publication-refused",
    "change-set-withdrawn",
    "version-published",
    "version-withdrawn",
    "consultation-opened",
    "comment-added",
    "error-reported",
)


def tell(connection: Connection, kind: str, payload: Mapping[str, JSON]) -> None:
    """Promise, in the caller's transaction, to tell of something; `kind` is one of KINDS.

    A payload names the referential, and is for everybody who is told: nothing in it is secret.
    """
    connection.execute(insert(OutboxEntry).values(kind=kind, payload=dict(payload), created_at=now()))
