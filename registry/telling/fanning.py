"""From the outbox to deliveries: one for each subscription that an entry is for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select, update

from registry.accounts.identity import actor_of
from registry.clock import now
from registry.models import Delivery, OutboxEntry, Person, Subscription

# What everybody may know; the rest is for those who may read drafts of the referential.
PUBLIC_KINDS = frozenset({"version-published", "version-scheduled", "version-withdrawn"})
AT_ONCE = 500  # entries


def fan_out(connection: Connection) -> int:
    """Turn the oldest undone entries of the outbox into deliveries, in the caller's transaction; how many.

    What was rolled back is not in the outbox, and is never told. Of several workers each takes entries that
    no other one holds.
    """
    undone = select(OutboxEntry.__table__).where(OutboxEntry.done_at.is_(None))
    oldest = undone.order_by(OutboxEntry.id).limit(AT_ONCE).with_for_update(skip_locked=True)
    entries = connection.execute(oldest).all()
    moment = now()
    rows: list[dict[str, object]] = []
    for entry in entries:
        rows += [
            {
                "outbox_entry": entry.id,
                "subscription": subscription,
                "status": "waiting",
                "tries": 0,
                "next_at": moment,
            }
            for subscription in _subscriptions_for(connection, entry)
        ]
    if rows:
        connection.execute(insert(Delivery), rows)
    done = [entry.id for entry in entries]
    connection.execute(update(OutboxEntry).where(OutboxEntry.id.in_(done)).values(done_at=moment))
    return len(rows)


def _subscriptions_for(connection: Connection, entry: Row[Any]) -> Iterator[object]:
    referential = entry.payload.get("referential")
    chosen = (
        select(Subscription.id, Subscription.person)
        .join(Person, Person.id == Subscription.person)
        .where(
            Subscription.ended_at.is_(None),
            Person.disabled_at.is_(None),
            Subscription.created_at <= entry.created_at,
            Subscription.referential.is_(None) | (Subscription.referential == referential),
        )
        .order_by(Subscription.created_at, Subscription.id)
    )
    for row in connection.execute(chosen).all():
        if entry.kind in PUBLIC_KINDS or _reads_drafts(connection, row.person, referential):
            yield row.id


def _reads_drafts(connection: Connection, person: UUID, referential: str | None) -> bool:
    actor = actor_of(connection, person)
    return actor is not None and actor.may("read-drafts", referential=referential)
