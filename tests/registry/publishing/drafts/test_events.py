"""The change events of a draft: proposed, confirmed, rejected, stated; on both databases."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, select

from referentials.listing import ListedChange, ListedItem, ListedLink
from registry.accounts.actors import Actor, Grant
from registry.database import begin_write
from registry.errors import BadValue, BadValues, Conflict
from registry.models import AuditEntry
from registry.publishing.drafts import events
from registry.publishing.drafts.building import build
from registry.publishing.drafts.events import DraftEvent
from registry.publishing.drafts.items import DraftRow, append_items
from registry.publishing.drafts.opening import NewDraft, UnknownChangeSet, open_draft
from tests.publishing import add_units, publish_list

THEN, NOW = date(2014, 9, 1), date(2024, 9, 1)
NORTH = ListedItem("01", "region", None, {"fr": "Nord", "ar": "الشمال"})
AJDIR = ListedItem("01.05", "commune", "01", {"fr": "Ajdir", "ar": "أجدير"})
AGLOU = ListedItem("01.07", "commune", "01", {"fr": "Aglou", "ar": "أكلو"})
EDITOR = Actor(uuid.uuid4(), "Editor", None, frozenset({Grant("editor")}))
RECODED = replace(AJDIR, code="01.15")
Draft = Callable[..., uuid.UUID]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "snapshots"


@pytest.fixture
def connection(engine: Engine, root: Path) -> Iterator[Connection]:
    """A transaction over a database with one version of three items."""
    add_units(engine)
    publish_list(engine, root, "2014", THEN, [NORTH, AJDIR, AGLOU])
    with begin_write(engine) as opened:
        yield opened


@pytest.fixture
def draft(connection: Connection) -> Draft:
    """Makes a draft of these items, as a full list or as changes."""

    def make(*items: ListedItem, remove: tuple[str, ...] = (), mode: str = "full") -> uuid.UUID:
        opened = open_draft(connection, EDITOR, NewDraft("units", "2024", NOW, mode))
        rows = [DraftRow(None, "set", item.code, item) for item in items]
        append_items(connection, opened.id, [*rows, *(DraftRow(None, "remove", c, None) for c in remove)])
        return opened.id

    return make


def told(found: list[DraftEvent]) -> list[tuple[int, str, str]]:
    return [(event.position, event.status, event.change.type) for event in found]


def recode_of(sources: str, targets: str) -> ListedChange:
    return ListedChange("recode", NOW, (ListedLink(sources),), (ListedLink(targets),), "a decree")


@pytest.mark.parametrize("mode", ["full", "changes"])
def test_a_confirmed_proposal_explains_the_codes_and_lets_the_draft_be_built(
    connection: Connection, root: Path, draft: Draft, mode: str
) -> None:
    full = draft(NORTH, RECODED, AGLOU) if mode == "full" else draft(RECODED, remove=("01.05",), mode=mode)
    assert events.unexplained(connection, root, full) == ["01.05", "01.15"]
    (proposed,) = events.propose(connection, root, full)
    assert (proposed.change.type, proposed.status) == ("recode", "proposed")
    assert proposed.confidence == pytest.approx(0.93)
    assert events.unexplained(connection, root, full) == ["01.05", "01.15"]
    events.confirm(connection, full, [proposed.position])
    assert events.confirmed(connection, full) == [proposed.change]
    assert events.unexplained(connection, root, full) == []
    assert build(connection, root, full).added


def test_a_new_run_replaces_proposals_and_keeps_decisions(
    connection: Connection, root: Path, draft: Draft
) -> None:
    other = replace(AGLOU, names={"fr": "Aglou Plage", "ar": "أكلو"})
    full = draft(NORTH, replace(RECODED, names={"fr": "Ajdir Centre", "ar": "أجدير"}), other)
    first = events.propose(connection, root, full)
    assert [event.change.type for event in first] == ["recode", "rename", "rename"]
    events.confirm(connection, full, [0])
    events.reject(connection, full, [2])
    again = events.propose(connection, root, full)
    assert told(again) == [(3, "proposed", "rename")]
    assert [event.change.sources[0].code for event in again] == ["01.05"]
    assert told(events.list_events(connection, full)) == [
        (0, "confirmed", "recode"),
        (2, "rejected", "rename"),
        (3, "proposed", "rename"),
    ]


def test_a_rejected_proposal_gives_way_to_the_next_best(
    connection: Connection, root: Path, draft: Draft
) -> None:
    full = draft(NORTH, RECODED, AGLOU)
    events.propose(connection, root, full)
    events.reject(connection, full, [0])
    again = events.propose(connection, root, full)
    assert [event.change.type for event in again] == ["creation", "abolition"]
    events.confirm(connection, full, [event.position for event in again])
    assert events.unexplained(connection, root, full) == []
    assert build(connection, root, full).added


def test_a_stated_event_is_confirmed_and_takes_the_place_of_its_proposal(
    connection: Connection, root: Path, draft: Draft
) -> None:
    full = draft(NORTH, RECODED, AGLOU)
    events.propose(connection, root, full)
    stated = events.state_event(connection, full, recode_of("01.05", "01.15"))
    assert events.list_events(connection, full) == [stated]
    assert (stated.confidence, stated.reason, stated.change.basis) == (None, None, "a decree")
    assert events.propose(connection, root, full) == []
    with pytest.raises(Conflict, match="states this recode already"):
        events.state_event(connection, full, recode_of("01.05", "01.15"))


def test_a_first_version_has_nothing_to_explain(engine: Engine, root: Path) -> None:
    add_units(engine)
    with begin_write(engine) as connection:
        opened = open_draft(connection, EDITOR, NewDraft("units", "2014", THEN))
        append_items(connection, opened.id, [DraftRow(1, "set", "01", NORTH)])
        assert events.propose(connection, root, opened.id) == []
        assert events.unexplained(connection, root, opened.id) == []


def test_an_event_that_says_nothing_is_refused(connection: Connection, draft: Draft) -> None:
    opened, good = draft(NORTH), recode_of("01.05", "01.15")
    for change, named in (
        (replace(good, type="magic"), "recode"),
        (replace(good, sources=(), targets=()), "a code"),
        (replace(good, targets=(ListedLink("01.15", 1.5),)), "from 0 to 1"),
        (recode_of(" ", "01.15"), "a code"),
        (replace(good, basis=""), "rests on"),
    ):
        with pytest.raises(BadValue, match=named):
            events.state_event(connection, opened, change)
    assert events.list_events(connection, opened) == []


def test_positions_without_an_event_are_all_named_and_nothing_is_decided(
    connection: Connection, root: Path, draft: Draft
) -> None:
    full = draft(NORTH, RECODED, AGLOU)
    events.propose(connection, root, full)
    with pytest.raises(BadValues, match=r"'7'.*'9'"):
        events.confirm(connection, full, [0, 7, 9])
    assert told(events.list_events(connection, full)) == [(0, "proposed", "recode")]


def test_decisions_are_in_the_audit_trail(connection: Connection, root: Path, draft: Draft) -> None:
    full = draft(NORTH, RECODED, AGLOU)
    events.propose(connection, root, full, actor=EDITOR)
    events.confirm(connection, full, [0], actor=EDITOR)
    events.confirm(connection, full, [0], actor=EDITOR)
    entries = connection.execute(
        select(AuditEntry.action, AuditEntry.actor, AuditEntry.after)
        .where(AuditEntry.subject == str(full), AuditEntry.action.like("%event%"))
        .order_by(AuditEntry.id)
    ).all()
    assert [(entry.action, entry.actor) for entry in entries] == [
        ("proposed events", EDITOR.id),
        ("confirmed events", EDITOR.id),
    ]
    assert entries[1].after["events"] == [
        {"position": 0, "type": "recode", "sources": ["01.05"], "targets": ["01.15"]}
    ]


def test_an_unknown_draft_has_no_events_to_propose(connection: Connection, root: Path) -> None:
    with pytest.raises(UnknownChangeSet):
        events.propose(connection, root, uuid.uuid4())


def test_a_stated_event_drops_the_proposal_that_contradicts_it(
    connection: Connection, root: Path, draft: Draft
) -> None:
    made = draft(NORTH, RECODED, AGLOU, replace(AJDIR, code="01.16", names={"fr": "Ailleurs", "ar": "هناك"}))
    assert ("recode", "01.15") in [
        (each.change.type, each.change.targets[0].code) for each in events.propose(connection, root, made)
    ]
    events.state_event(connection, made, recode_of("01.05", "01.16"))
    left = [event for event in events.list_events(connection, made) if event.status == "proposed"]
    assert all(event.change.type != "recode" for event in left)


def test_events_that_contradict_each_other_are_not_both_confirmed(
    connection: Connection, draft: Draft
) -> None:
    made = draft(NORTH, RECODED, AGLOU)
    events.state_event(connection, made, recode_of("01.05", "01.15"))
    with pytest.raises(Conflict, match=r"Event 0 contradicts it: code .01\.05. ends"):
        events.state_event(connection, made, recode_of("01.05", "01.16"))


def test_what_was_rejected_is_not_confirmed_against_what_was_confirmed_since(
    connection: Connection, root: Path, draft: Draft
) -> None:
    made = draft(NORTH, RECODED, AGLOU)
    (proposed,) = events.propose(connection, root, made)
    events.reject(connection, made, [proposed.position])
    stated = events.state_event(connection, made, recode_of("01.05", "01.16"))
    with pytest.raises(Conflict, match=f"Event {stated.position} contradicts it"):
        events.confirm(connection, made, [proposed.position])
    assert events.proposed_to_confirm(connection, made) == ([], [])
