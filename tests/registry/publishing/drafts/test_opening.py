"""Change sets are opened and edited by those who may, one after the other."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from sqlalchemy import Connection, select, update

from registry.accounts.actors import PUBLIC, Actor, Grant, NotAllowed, NotSignedIn
from registry.errors import BadValue, BadValues, Conflict, UnknownReferential
from registry.models import AuditEntry, ChangeSet, ReviewStep
from registry.naming import BadName
from registry.publishing.changes import write_changes
from registry.publishing.drafts.items import count_items
from registry.publishing.drafts.opening import (
    NewDraft,
    StaleRevision,
    UnknownChangeSet,
    edit_details,
    list_change_sets,
    open_draft,
    read_change_set,
    touch,
)
from tests.store import records, state

EDITOR = Actor(uuid.UUID(int=1), "Edith", grants=frozenset({Grant("editor", "units")}))
ELSEWHERE = Actor(uuid.UUID(int=2), "Elias", grants=frozenset({Grant("editor", "places")}))
NEW = NewDraft("units", "2024", date(2024, 9, 1), basis="census", notes={"fr": "Recensement"})


def test_a_draft_starts_from_the_newest_version(connection: Connection) -> None:
    draft = open_draft(connection, EDITOR, NEW)
    assert (draft.status, draft.base_ordinal, draft.revision, draft.author) == ("draft", None, 1, EDITOR.id)
    assert read_change_set(connection, draft.id) == draft
    assert list_change_sets(connection, referential="units", statuses=["draft"]) == [draft]
    assert list_change_sets(connection, referential="places") == []
    assert count_items(connection, draft.id) == 0


def test_only_an_editor_of_the_referential_opens_and_edits(connection: Connection) -> None:
    with pytest.raises(NotSignedIn):
        open_draft(connection, PUBLIC, NEW)
    with pytest.raises(NotAllowed):
        open_draft(connection, ELSEWHERE, NEW)
    draft = open_draft(connection, EDITOR, NEW)
    with pytest.raises(NotAllowed):
        touch(connection, ELSEWHERE, draft.id, None)


def test_what_cannot_be_is_refused_with_its_value(connection: Connection) -> None:
    with pytest.raises(UnknownReferential):
        open_draft(connection, EDITOR, NewDraft("nowhere", "1", date(2024, 9, 1)))
    with pytest.raises(BadName):
        open_draft(connection, EDITOR, NewDraft("units", "a label", date(2024, 9, 1)))
    with pytest.raises(BadValue, match="'sideways'"):
        open_draft(connection, EDITOR, NewDraft("units", "1", date(2024, 9, 1), mode="sideways"))
    draft = open_draft(connection, EDITOR, NEW)
    with pytest.raises(BadValues, match=r"status.*change_class"):
        edit_details(connection, EDITOR, draft.id, None, status="approved", change_class="huge")
    with pytest.raises(UnknownChangeSet):
        read_change_set(connection, uuid.uuid4())
    with pytest.raises(UnknownChangeSet):
        touch(connection, EDITOR, uuid.uuid4(), None)


def test_the_second_of_two_editors_is_told(connection: Connection) -> None:
    draft = open_draft(connection, EDITOR, NEW)
    edited = edit_details(
        connection, EDITOR, draft.id, draft.revision, label="2024.1", change_class="breaking"
    )
    assert (edited.label, edited.change_class, edited.revision) == ("2024.1", "breaking", 2)
    with pytest.raises(StaleRevision) as refused:
        edit_details(connection, EDITOR, draft.id, draft.revision, label="2024.2")
    assert refused.value.members == {"revision": 2}
    assert read_change_set(connection, draft.id).label == "2024.1"


@pytest.mark.parametrize("status", ["submitted", "approved"])
def test_an_edit_takes_submission_and_approval_back(connection: Connection, status: str) -> None:
    draft = open_draft(connection, EDITOR, NEW)
    write_changes(connection, draft.id, records(state(1, "01")), [])
    connection.execute(
        update(ChangeSet)
        .where(ChangeSet.id == draft.id)
        .values(status=status, content_root="ab", submitted_by=EDITOR.id, submitted_at="2024-01-01T00:00:00Z")
    )
    edited = touch(connection, EDITOR, draft.id, None)
    assert (edited.status, edited.content_root, edited.submitted_by) == ("draft", None, None)
    steps = connection.execute(select(ReviewStep.step, ReviewStep.content_root).order_by(ReviewStep.id)).all()
    assert [tuple(step) for step in steps] == [("opened", None), ("reopened", "ab"), ("edited", "ab")]


@pytest.mark.parametrize("status", ["published", "withdrawn"])
def test_what_is_closed_is_not_edited(connection: Connection, status: str) -> None:
    draft = open_draft(connection, EDITOR, NEW)
    connection.execute(update(ChangeSet).where(ChangeSet.id == draft.id).values(status=status))
    with pytest.raises(Conflict, match=f"is {status}"):
        touch(connection, EDITOR, draft.id, None)


def test_every_edit_leaves_an_entry_in_the_audit_trail(connection: Connection) -> None:
    draft = open_draft(connection, EDITOR, NEW)
    touch(connection, EDITOR, draft.id, None)
    told = select(AuditEntry.actor, AuditEntry.action).where(AuditEntry.subject == str(draft.id))
    entries = connection.execute(told.order_by(AuditEntry.id)).all()
    assert [tuple(entry) for entry in entries] == [(EDITOR.id, "opened"), (EDITOR.id, "edited")]


def test_the_audit_trail_tells_the_codes_of_an_edit(connection: Connection) -> None:
    draft = open_draft(connection, EDITOR, NEW)
    touch(
        connection, EDITOR, draft.id, None, codes={"set": ["02", "01"], "removed": ("03",), "forgotten": ()}
    )
    told = select(AuditEntry.after).where(AuditEntry.action == "edited")
    after = {"status": "draft", "revision": 2, "set": ["01", "02"], "removed": ["03"]}
    assert connection.execute(told).scalars().all() == [after]


def test_the_audit_trail_tells_every_detail_that_an_edit_changes(connection: Connection) -> None:
    draft = open_draft(connection, EDITOR, NEW)
    changed = {
        "effective_on": date(2025, 1, 1),
        "basis": "a decree",
        "notes": {"fr": "Décret"},
        "provenance": [{"sha256": "ab"}],
        "mode": "changes",
        "change_class": "breaking",
        "legal_basis": "Decree 2.24.1",
        "notice_reason": "Urgent.",
        "mapping": {"columns": {"code": "Code"}},
    }
    edit_details(connection, EDITOR, draft.id, None, label=NEW.label, **changed)  # the label stays
    edit_details(connection, EDITOR, draft.id, None, **changed)  # nothing changes
    told = select(AuditEntry.before, AuditEntry.after).where(AuditEntry.action == "described")
    before, after = connection.execute(told).one()
    assert after == {**changed, "effective_on": "2025-01-01"}
    assert before == {
        "effective_on": "2024-09-01",
        "basis": "census",
        "notes": {"fr": "Recensement"},
        "provenance": [],
        "mode": "full",
        "change_class": None,
        "legal_basis": None,
        "notice_reason": None,
        "mapping": None,
    }
