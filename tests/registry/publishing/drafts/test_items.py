"""Listed items of a draft: appended in bulk, set and removed one by one."""

from __future__ import annotations

import uuid

import pytest
import shapely
from sqlalchemy import Connection, update
from sqlalchemy.exc import IntegrityError

from referentials.listing import ListedItem
from registry.errors import Conflict
from registry.models import ChangeSet
from registry.publishing.drafts.items import (
    DraftRow,
    append_items,
    clear_items,
    count_items,
    forget_item,
    read_items,
    remove_item,
    set_item,
)
from tests.store import add_change_set


def item(code: str, **fields) -> ListedItem:
    return ListedItem(code, "commune", None, {"fr": f"Nom {code}"}, **fields)


@pytest.fixture
def draft(connection: Connection) -> uuid.UUID:
    return add_change_set(connection)


def test_rows_come_back_as_they_went_in(connection: Connection, draft: uuid.UUID) -> None:
    rows = [
        DraftRow(2, "set", "01", item("01", shape=shapely.Point(-6.8, 34.0))),
        DraftRow(3, "set", "01", item("01")),
        DraftRow(4, "remove", "02", None),
    ]
    assert append_items(connection, draft, rows[:2]) == 2
    assert append_items(connection, draft, rows[2:]) == 1
    assert list(read_items(connection, draft)) == rows
    assert count_items(connection, draft) == 3


def test_an_item_that_is_set_replaces_what_was_said_of_its_code(
    connection: Connection, draft: uuid.UUID
) -> None:
    append_items(connection, draft, [DraftRow(2, "set", "01", item("01"))] * 2)
    set_item(connection, draft, item("01", attributes={"type": "urban"}))
    assert [row.item for row in read_items(connection, draft)] == [item("01", attributes={"type": "urban"})]
    remove_item(connection, draft, "01")
    assert [(row.action, row.code, row.item) for row in read_items(connection, draft)] == [
        ("remove", "01", None)
    ]
    assert forget_item(connection, draft, "01") == 1
    assert clear_items(connection, draft) == 0


def test_what_is_submitted_gains_no_items(connection: Connection, draft: uuid.UUID) -> None:
    connection.execute(update(ChangeSet).where(ChangeSet.id == draft).values(status="submitted"))
    with pytest.raises(IntegrityError), connection.begin_nested():
        set_item(connection, draft, item("01"))


def test_what_takes_a_version_back_lists_no_items(connection: Connection, draft: uuid.UUID) -> None:
    connection.execute(update(ChangeSet).where(ChangeSet.id == draft).values(withdraws=1))
    with pytest.raises(Conflict, match="takes a version back"):
        set_item(connection, draft, item("01"))
