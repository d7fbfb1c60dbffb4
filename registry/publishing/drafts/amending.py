"""Changes some fields of an item in a draft, and leaves the others as they are."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from referentials.canonical import JSON
from referentials.listing import ListedItem
from registry.errors import BadValue
from registry.publishing.drafts.items import DraftRow, append_items, forget_item, set_item
from registry.publishing.drafts.opening import read_change_set
from registry.publishing.drafts.paging import find_row, item_as_proposed


@dataclass(frozen=True, slots=True)
class Amendment:
    """The fields of an item that are to change: texts and attributes by name, None for what stays."""

    level: str | None = None
    parent: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, JSON] = field(default_factory=dict)
    valid_from: date | None = None

    def of(self, item: ListedItem) -> ListedItem:
        """The item with these fields."""
        return replace(
            item,
            level=self.level or item.level,
            parent=self.parent or item.parent,
            names={**item.names, **self.names},
            attributes={**item.attributes, **self.attributes},
            valid_from=self.valid_from or item.valid_from,
        )


def amend_item(
    connection: Connection, root: Path, change_set: uuid.UUID, code: str, amendment: Amendment
) -> ListedItem:
    """Let a draft list an item as it, or else its base, has it, with some fields changed; the item.

    The caller has called `touch`; `root` is the snapshots' root. A row of a file stays one: what the file has
    no column for is still taken from the base, from whichever item an event says that it goes on from. Raises
    BadValue where neither has the code and no level is named.
    """
    row = find_row(connection, change_set, code)
    if row is not None and row.item is not None and row.source_row is not None:
        roles = (read_change_set(connection, change_set).mapping or {}).get("columns", {})
        if amendment.parent is None or "parent" in roles:
            item = amendment.of(row.item)
            forget_item(connection, change_set, code)
            append_items(connection, change_set, [DraftRow(row.source_row, "set", code, item)])
            return item
    known = item_as_proposed(connection, root, change_set, code)
    if known is None and amendment.level is None:
        raise BadValue("level", "", f"the level of {code}, which neither the draft nor its base has")
    item = amendment.of(known or ListedItem(code, "", None, {}))
    set_item(connection, change_set, item)
    return item
