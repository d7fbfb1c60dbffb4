"""The audit trail, as administrators read it: the newest entry first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from registry.accounts.actors import Actor, require
from registry.models import AuditEntry


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of state. Entries are numbered as they are written."""

    id: int
    at: str
    actor: str
    action: str
    subject_kind: str
    subject: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class TrailFilters:
    """Which entries: of what kind, about what, by whom; all where None."""

    subject_kind: str | None = None
    subject: str | None = None
    actor: str | None = None


def read_trail(
    connection: Connection, actor: Actor, filters: TrailFilters, *, before: int | None, limit: int
) -> list[Entry]:
    """At most `limit` entries, the newest first, those before number `before`; raises NotAllowed."""
    require(actor, "administer")
    wanted = select(
        AuditEntry.id,
        AuditEntry.at,
        AuditEntry.actor,
        AuditEntry.action,
        AuditEntry.subject_kind,
        AuditEntry.subject,
        AuditEntry.before,
        AuditEntry.after,
    )
    if before is not None:
        wanted = wanted.where(AuditEntry.id < before)
    for column, value in (
        (AuditEntry.subject_kind, filters.subject_kind),
        (AuditEntry.subject, filters.subject),
        (AuditEntry.actor, filters.actor),
    ):
        if value is not None:
            wanted = wanted.where(column == value)
    rows = connection.execute(wanted.order_by(AuditEntry.id.desc()).limit(limit))
    return [Entry(*row) for row in rows]
