"""The listed items of a draft in pages, and one by its code: how people look at a long list."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from referentials.listing import ListedItem
from referentials.listing_bytes import item_of
from referentials.relisting import codes_of, relist_item
from referentials.standing_codes import StandingCodes
from registry.errors import DomainError, cut, shown
from registry.publishing.drafts.items import ITEM, DraftRow
from registry.publishing.drafts.listing import working_list

_COLUMNS = (ITEM.c.position, ITEM.c.source_row, ITEM.c.action, ITEM.c.code, ITEM.c.payload)


class NotInDraft(DomainError):
    """The draft says nothing of this code."""

    slug = "unknown-code"

    def __init__(self, change_set: uuid.UUID, code: str) -> None:
        super().__init__(
            f"The change set {change_set} says nothing of the code {shown(code)}.", code=cut(code)
        )


@dataclass(frozen=True, slots=True)
class ItemPage:
    """Rows in the order of their positions; `next` is the position of the first one not given, or None."""

    rows: tuple[DraftRow, ...]
    next: int | None


def page_items(connection: Connection, change_set: uuid.UUID, start: int, limit: int) -> ItemPage:
    """At most `limit` rows from a position on; raises MalformedRecord."""
    wanted = select(*_COLUMNS).where(ITEM.c.change_set == change_set, ITEM.c.position >= start)
    found = connection.execute(wanted.order_by(ITEM.c.position).limit(limit + 1)).all()
    rows = tuple(_row(*each) for _, *each in found[:limit])
    return ItemPage(rows, found[limit].position if len(found) > limit else None)


def item_of_code(connection: Connection, change_set: uuid.UUID, code: str) -> DraftRow:
    """What the draft says of a code, the last row where a file names it twice; raises NotInDraft."""
    found = find_row(connection, change_set, code)
    if found is None:
        raise NotInDraft(change_set, code)
    return found


def find_row(connection: Connection, change_set: uuid.UUID, code: str) -> DraftRow | None:
    """The same, or None."""
    wanted = select(*_COLUMNS).where(ITEM.c.change_set == change_set, ITEM.c.code == code)
    found = connection.execute(wanted.order_by(ITEM.c.position.desc()).limit(1)).first()
    return None if found is None else _row(*found[1:])


def item_as_proposed(
    connection: Connection, root: Path, change_set: uuid.UUID, code: str
) -> ListedItem | None:
    """The item that has a code in the version to be, as the draft or else its base states it.

    None where neither does, or the draft lets it go. `root` is the snapshots' root.
    """
    listed = working_list(connection, root, change_set)
    for item in reversed(listed.edits):
        if item.code == code:
            return item
    standing = StandingCodes(listed.base)
    if listed.base is None or code in listed.removed or code not in standing:
        return None
    return relist_item(listed.base, standing.item(code), codes_of(listed.base))


def _row(source_row: int | None, action: str, code: str, payload: bytes | None) -> DraftRow:
    return DraftRow(source_row, action, code, None if payload is None else item_of(payload))
