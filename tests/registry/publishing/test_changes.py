"""Drafts: changes go in in any order and come out in the order of a content."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, update
from sqlalchemy.exc import IntegrityError

from referentials.records import RecordKey
from registry.models import ChangeSet
from registry.publishing.changes import Digest
from registry.publishing.rows import read_added, read_withdrawn, write_changes
from tests.store import add_change_set, designation, population, recode, records, state

TEXTS = ["zèbre", "Zoo", "a", "é", "\U0001f600", "\uffee", "رباط", "a b", "a-b", "a"]


def facts():
    names = (designation(1, text) for text in set(TEXTS))
    return records(state(2, "B"), state(1, "A"), *names, population(1, 5), recode(7, 1, "a", "A"))


def test_what_is_added_comes_back_in_content_order_with_its_bytes(connection: Connection):
    draft = add_change_set(connection)
    assert write_changes(connection, draft, reversed(facts()), []) == len(facts())
    assert list(read_added(connection, draft)) == facts()
    assert read_withdrawn(connection, draft) == []


def test_what_is_withdrawn_comes_back_in_content_order(connection: Connection):
    keys = [record.record_key for record in facts()]
    draft = add_change_set(connection)
    write_changes(connection, draft, [], reversed(keys))
    assert read_withdrawn(connection, draft) == keys


def test_a_key_may_be_withdrawn_and_added_anew_in_one_draft(connection: Connection):
    record = state(1, "A").record()
    draft = add_change_set(connection)
    write_changes(connection, draft, [record], [record.record_key])
    assert list(read_added(connection, draft)) == [record]
    assert read_withdrawn(connection, draft) == [RecordKey("state", record.key)]


def test_changes_are_appended_to_those_that_a_draft_has(connection: Connection):
    draft, other = add_change_set(connection), add_change_set(connection)
    for record in facts():
        write_changes(connection, draft, [record], [])
    assert list(read_added(connection, draft)) == facts()
    assert list(read_added(connection, other)) == []


def test_a_draft_does_not_add_one_key_twice(connection: Connection):
    draft = add_change_set(connection)
    write_changes(connection, draft, [state(1, "A").record()], [])
    with pytest.raises(IntegrityError):
        write_changes(connection, draft, [state(1, "B").record()], [])


CHANGING = [
    "INSERT INTO change SELECT change_set, 9, action, family, 'x', payload FROM change",
    "UPDATE change SET position = 9",
    "DELETE FROM change",
]


@pytest.mark.parametrize("statement", CHANGING)
@pytest.mark.parametrize("status", ["submitted", "approved", "published", "withdrawn"])
def test_what_is_submitted_no_longer_changes(connection: Connection, status: str, statement: str):
    draft = add_change_set(connection)
    write_changes(connection, draft, [state(1, "A").record()], [])
    connection.execute(update(ChangeSet).where(ChangeSet.id == draft).values(status=status))
    with pytest.raises(IntegrityError, match="only while it is a draft"):
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize("statement", CHANGING)
@pytest.mark.parametrize("status", ["draft", "changes_requested"])
def test_what_is_drafted_changes(connection: Connection, status: str, statement: str):
    draft = add_change_set(connection)
    write_changes(connection, draft, [state(1, "A").record()], [])
    connection.execute(update(ChangeSet).where(ChangeSet.id == draft).values(status=status))
    assert connection.exec_driver_sql(statement).rowcount == 1


def test_a_change_does_not_move_into_a_change_set_that_is_submitted(connection: Connection):
    draft, other = add_change_set(connection), add_change_set(connection)
    write_changes(connection, draft, [state(1, "A").record()], [])
    connection.execute(update(ChangeSet).where(ChangeSet.id == other).values(status="submitted"))
    with pytest.raises(IntegrityError, match="only while it is a draft"):
        connection.exec_driver_sql(f"UPDATE change SET change_set = '{other.hex}'")


def test_a_digest_tells_apart_what_differs_in_a_byte_or_in_order():
    one, two = state(1, "A").record(), state(2, "B").record()
    digests = []
    for passing in ([], [one], [two], [one, two], [two, one]):
        digest = Digest()
        assert list(digest.over(passing)) == passing
        digests.append(digest.value)
    assert len(set(digests)) == len(digests)
