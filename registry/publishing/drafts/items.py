"""The listed items of a draft, as rows in the order of the file (D4)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count

from sqlalchemy import Connection, delete, func, select

from referentials.listing import ListedItem
from referentials.listing_bytes import item_bytes, item_of
from registry.errors import Conflict
from registry.models import Base, ChangeSet
from registry.publishing.bulk import CHUNK, analyse, chunks, insert_rows

ITEM = Base.metadata.tables["draft_item"]

_COLUMNS = ("change_set", "position", "code", "action", "source_row", "payload")


@dataclass(frozen=True, slots=True)
class DraftRow:
    """One row of a draft: `action` is "set" with an item, or "remove" without; `source_row` from 1."""

    source_row: int | None
    action: str
    code: str
    item: ListedItem | None


def append_items(connection: Connection, change_set: uuid.UUID, rows: Iterable[DraftRow]) -> int:
    """Append rows to a draft, after those that it has; how many there were. The caller has called `touch`.

    Raises SQLAlchemy's IntegrityError where the change set is neither a draft nor sent back for changes, and
    Conflict where it takes a version back, which says already what its items are.
    """
    _require_own_items(connection, change_set)
    first = position = _next_position(connection, change_set)
    for chunk in chunks(rows):
        stored = (
            (
                change_set.hex,
                place,
                row.code,
                row.action,
                row.source_row,
                None if row.item is None else item_bytes(row.item),
            )
            for place, row in zip(count(position), chunk, strict=False)
        )
        insert_rows(connection, ITEM, _COLUMNS, stored)
        position += len(chunk)
    if position - first >= CHUNK:
        analyse(connection, [ITEM])
    return position - first


def set_item(connection: Connection, change_set: uuid.UUID, item: ListedItem) -> None:
    """Let the draft list this item, instead of what it says of its code; as `append_items` otherwise."""
    forget_item(connection, change_set, item.code)
    append_items(connection, change_set, [DraftRow(None, "set", item.code, item)])


def remove_item(connection: Connection, change_set: uuid.UUID, code: str) -> None:
    """Let the draft drop a code of its base, instead of what it says of it; as `append_items` otherwise."""
    forget_item(connection, change_set, code)
    append_items(connection, change_set, [DraftRow(None, "remove", code, None)])


def forget_item(connection: Connection, change_set: uuid.UUID, code: str) -> int:
    """Drop the rows of a code; how many there were."""
    of_code = (ITEM.c.change_set == change_set, ITEM.c.code == code)
    return connection.execute(delete(ITEM).where(*of_code)).rowcount


def read_items(connection: Connection, change_set: uuid.UUID) -> Iterator[DraftRow]:
    """The rows in the order of their positions, streamed; raises MalformedRecord."""
    rows = select(ITEM.c.source_row, ITEM.c.action, ITEM.c.code, ITEM.c.payload).where(
        ITEM.c.change_set == change_set
    )
    ordered = rows.order_by(ITEM.c.position).execution_options(yield_per=CHUNK)
    with connection.execute(ordered) as result:
        for row in result:
            item = None if row.payload is None else item_of(row.payload)
            yield DraftRow(row.source_row, row.action, row.code, item)


def count_items(connection: Connection, change_set: uuid.UUID) -> int:
    """How many rows there are."""
    counted = select(func.count()).select_from(ITEM).where(ITEM.c.change_set == change_set)
    return connection.execute(counted).scalar_one()


def clear_items(connection: Connection, change_set: uuid.UUID) -> int:
    """Drop all rows; how many there were."""
    return connection.execute(delete(ITEM).where(ITEM.c.change_set == change_set)).rowcount


def _next_position(connection: Connection, change_set: uuid.UUID) -> int:
    newest = select(func.max(ITEM.c.position)).where(ITEM.c.change_set == change_set)
    highest = connection.execute(newest).scalar()
    return 0 if highest is None else highest + 1


def _require_own_items(connection: Connection, change_set: uuid.UUID) -> None:
    taken_back = select(ChangeSet.withdraws).where(ChangeSet.id == change_set)
    if connection.execute(taken_back).scalar() is not None:
        raise Conflict(
            f"The change set {change_set} takes a version back; its items are those of the version before."
        )
