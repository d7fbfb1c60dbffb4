"""Delivers what waits, and tries again later what did not arrive."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Row, select, update

from registry.clock import later, now
from registry.config import Settings
from registry.database import begin_write
from registry.models import Delivery, OutboxEntry, Person, Subscription
from registry.telling.mail import Mailer
from registry.telling.messages import Event, body_of, headers_of, subject_of, text_of
from registry.telling.webhooks import Answer, Caller

# Seconds until the next try: soon, then ever rarer, for some three days in all (as Standard Webhooks has it).
WAITS = (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
AT_ONCE = 100
# Seconds for which a delivery is one worker's; longer than any try takes.
LEASE = 120


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one round came to."""

    arrived: int = 0
    later: int = 0
    failed: int = 0


def deliver_due(engine: Engine, settings: Settings) -> Delivered:
    """Try what is due now, oldest first; each outcome is kept at once.

    Of several workers one tries each. What arrived just before a crash arrives again; its receiver knows it
    by its id.
    """
    due = (
        select(
            Delivery.id,
            Delivery.tries,
            Delivery.next_at,
            Person.disabled_at,
            Subscription.channel,
            Subscription.address,
            Subscription.secret,
            OutboxEntry.id.label("entry"),
            OutboxEntry.kind,
            OutboxEntry.payload,
            OutboxEntry.created_at,
        )
        .join(Subscription, Subscription.id == Delivery.subscription)
        .join(Person, Person.id == Subscription.person)
        .join(OutboxEntry, OutboxEntry.id == Delivery.outbox_entry)
        .where(Delivery.status == "waiting", Delivery.next_at <= now())
        .order_by(Delivery.next_at, Delivery.id)
        .limit(AT_ONCE)
    )
    with engine.connect() as connection:
        waiting = connection.execute(due).all()
    counts = {"delivered": 0, "waiting": 0, "failed": 0}
    for row in waiting:
        if not _claimed(engine, row):
            continue
        outcome = _outcome(row, _try(row, settings))
        with begin_write(engine) as connection:
            still = (Delivery.id == row.id, Delivery.status == "waiting")
            connection.execute(update(Delivery).where(*still).values(**outcome))
        counts[str(outcome["status"])] += 1
    return Delivered(counts["delivered"], counts["waiting"], counts["failed"])


def _claimed(engine: Engine, row: Row[Any]) -> bool:
    """Whether the delivery is ours to try: no other worker took it since it was read."""
    with begin_write(engine) as connection:
        as_read = (Delivery.id == row.id, Delivery.status == "waiting", Delivery.next_at == row.next_at)
        taken = connection.execute(update(Delivery).where(*as_read).values(next_at=later(seconds=LEASE)))
    return taken.rowcount == 1


def _try(row: Row[Any], settings: Settings) -> Answer:
    if row.disabled_at is not None:
        return Answer(False, "the account is disabled")
    event = Event(row.entry, row.kind, row.created_at, row.payload)
    if row.channel == "mail":
        if not settings.mail_server:
            return Answer(False, "no mail server is configured")
        mailer = Mailer(settings.mail_server, settings.mail_from)
        return mailer.send(row.address, subject_of(event), text_of(event, settings.public_url), event.id)
    body = body_of(event)
    try:
        headers = headers_of(event, row.secret, int(time.time()), body)
    except ValueError as error:
        return Answer(False, str(error))
    return Caller(settings.webhook_networks).call(row.address, body, headers)


def _outcome(row: Row[Any], answer: Answer) -> dict[str, object]:
    tries = row.tries + 1
    if answer.arrived:
        return {"status": "delivered", "tries": tries, "answer": answer.said}
    if tries > len(WAITS):
        return {"status": "failed", "tries": tries, "answer": answer.said}
    next_at = later(seconds=WAITS[tries - 1])
    return {"status": "waiting", "tries": tries, "answer": answer.said, "next_at": next_at}
