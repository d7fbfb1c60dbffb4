"""The trail of changes of state: who did what to what, when, from which state to which."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, insert

from referentials.canonical import JSON
from registry.accounts.actors import Actor
from registry.clock import now
from registry.models import AuditEntry


def record(
    connection: Connection,
    actor: Actor | str,
    action: str,
    subject_kind: str,
    subject: object,
    *,
    before: Mapping[str, JSON] | None = None,
    after: Mapping[str, JSON] | None = None,
) -> None:
    """Add an entry, in the transaction of the change itself; never secrets, nor what others may not see.

    `action` is a verb ("approved"), `subject_kind` a table's word ("change_set"). A text names what acts by
    itself, as "marjaa seed".
    """
    connection.execute(
        insert(AuditEntry).values(
            at=now(),
            actor=actor if isinstance(actor, str) else actor.id,
            action=action,
            subject_kind=subject_kind,
            subject=str(subject),
            before=None if before is None else dict(before),
            after=None if after is None else dict(after),
        )
    )
