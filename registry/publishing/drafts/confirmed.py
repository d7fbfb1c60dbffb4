"""The change events of a draft that its editor stands behind."""

from __future__ import annotations

import uuid

from sqlalchemy import Connection, select

from referentials.listing import ListedChange
from referentials.listing_bytes import change_of
from registry.models import DraftEvent


def confirmed_changes(connection: Connection, change_set: uuid.UUID) -> list[ListedChange]:
    """The confirmed events, in the order of their positions; raises MalformedRecord."""
    chosen = (
        select(DraftEvent.payload)
        .where(DraftEvent.change_set == change_set, DraftEvent.status == "confirmed")
        .order_by(DraftEvent.position)
    )
    return [change_of(payload) for payload in connection.execute(chosen).scalars()]
