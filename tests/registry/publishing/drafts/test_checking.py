"""A draft is checked, what was found is kept, and warnings ask for a word; on both databases."""

from __future__ import annotations

import uuid
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select, update

from referentials.findings import Finding, Tally
from referentials.listing import ListedChange, ListedItem, ListedLink
from referentials.listing_bytes import change_bytes
from registry.accounts.actors import PUBLIC, Actor, Grant, NotAllowed, NotSignedIn
from registry.database import begin_write
from registry.errors import BadValue, Conflict
from registry.models import AuditEntry, ChangeSet, DraftEvent, Referential
from registry.publishing.drafts.checking import (
    Report,
    check_draft,
    give_word,
    keep_reading,
    open_questions,
    read_report,
)
from registry.publishing.drafts.items import DraftRow, append_items, clear_items
from registry.publishing.drafts.opening import NewDraft, UnknownChangeSet, open_draft, touch
from registry.publishing.shelving import flip_catalogue
from tests.publishing import add_units, publish_list

THEN, NOW = date(2014, 9, 1), date(2024, 9, 1)
EDITOR = Actor(uuid.uuid4(), "Editor", None, frozenset({Grant("editor")}))


def region(code: str, fr: str | None = None, ar: str | None = "الشمال") -> ListedItem:
    names = {"fr": fr or f"Nord {code}"} | ({} if ar is None else {"ar": f"{ar} {code}"})
    return ListedItem(code, "region", None, names)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "snapshots"


@pytest.fixture
def store(engine: Engine, root: Path) -> Engine:
    """A database with one version of two regions."""
    add_units(engine)
    publish_list(engine, root, "2014", THEN, [region("01"), region("02")])
    return engine


def rows_of(items) -> list[DraftRow]:
    return [DraftRow(row, "set", item.code, item) for row, item in enumerate(items, 2)]


def drafted(engine: Engine, *items: ListedItem, mode: str = "full") -> uuid.UUID:
    with begin_write(engine) as connection:
        draft = open_draft(connection, EDITOR, NewDraft("units", "2024", NOW, mode))
        append_items(connection, draft.id, rows_of(items))
    return draft.id


def listed_anew(engine: Engine, draft: uuid.UUID, *items: ListedItem) -> None:
    with begin_write(engine) as connection:
        touch(connection, EDITOR, draft, None)
        clear_items(connection, draft)
        append_items(connection, draft, rows_of(items))


def checked(engine: Engine, root: Path, draft: uuid.UUID) -> Report:
    with begin_write(engine) as connection:
        return check_draft(connection, root, draft)


def say(engine: Engine, draft: uuid.UUID, rule: str, word: str = "It is so.", actor: Actor = EDITOR) -> None:
    with begin_write(engine) as connection:
        give_word(connection, actor, draft, rule, word)


def asked(engine: Engine, draft: uuid.UUID) -> tuple[str, ...]:
    with engine.connect() as connection:
        return open_questions(connection, draft)


def test_a_good_draft_has_an_empty_report(store: Engine, root: Path):
    report = checked(store, root, drafted(store, region("01"), region("02")))
    assert (report.findings, report.counts, report.truncated) == ((), (), False)
    assert report.is_current


def test_findings_name_the_rows_of_the_file_and_are_read_back(store: Engine, root: Path):
    draft = drafted(store, region("01"), region("01"), region("03", ar=None))
    report = checked(store, root, draft)
    assert [(each.rule, each.row, each.code) for each in report.findings] == [
        ("unexplained_disappearances", None, "02"),
        ("duplicate_codes", 3, "01"),
        ("unexplained_appearances", 4, "03"),
        ("missing_names", 4, "03"),
    ]
    assert (report.total_errors, report.total_warnings) == (3, 1)
    with store.connect() as connection:
        assert read_report(connection, draft) == report


def test_confirmed_events_explain_what_changes_and_proposed_ones_do_not(store: Engine, root: Path):
    draft = drafted(store, region("01"), region("03"))
    change = ListedChange("recode", NOW, (ListedLink("02"),), (ListedLink("03"),), "a decree")
    with begin_write(store) as connection:
        connection.execute(
            insert(DraftEvent).values(
                change_set=draft, position=0, status="proposed", payload=change_bytes(change)
            )
        )
    assert checked(store, root, draft).total_errors == 2
    with begin_write(store) as connection:
        connection.execute(update(DraftEvent).values(status="confirmed"))
    assert checked(store, root, draft).total_errors == 0


def test_a_draft_of_changes_is_checked_with_what_it_leaves_as_it_is(store: Engine, root: Path):
    draft = drafted(store, ListedItem("02", "region", "09", {"fr": "Sud", "ar": "الجنوب"}), mode="changes")
    report = checked(store, root, draft)
    assert [(each.rule, each.row, each.code) for each in report.findings] == [("unknown_parents", 2, "02")]


def test_a_report_tells_when_the_draft_was_edited_since(store: Engine, root: Path):
    draft = drafted(store, region("01"), region("02"))
    with store.connect() as connection:
        assert read_report(connection, draft) is None
    checked(store, root, draft)
    listed_anew(store, draft, region("01"))
    with store.connect() as connection:
        report = read_report(connection, draft)
    assert report is not None
    assert not report.is_current
    assert checked(store, root, draft).is_current


def test_what_was_wrong_with_the_file_stays_beside_what_the_rules_find(store: Engine, root: Path):
    draft = drafted(store, region("01"), region("02", ar=None))
    tally = Tally()
    tally.add([Finding("unreadable_rows", "error", 7, "", "population", "many\0", "'many' is no number")])
    with begin_write(store) as connection:
        keep_reading(connection, draft, tally.inspection())
    for _ in range(2):
        report = checked(store, root, draft)
        assert [each.rule for each in report.findings] == ["unreadable_rows", "missing_names"]
    assert report.findings[0].value == "many\\x00"
    with begin_write(store) as connection:
        keep_reading(connection, draft, Tally().inspection())
    assert checked(store, root, draft).total_errors == 0


def test_a_draft_with_ten_thousand_errors_keeps_some_and_counts_all(store: Engine, root: Path):
    report = checked(store, root, drafted(store, *(region(f"{at:05} x") for at in range(10_000))))
    assert report.truncated
    assert len(report.findings) == 1_000
    assert {each.rule: each.count for each in report.counts} == {
        "malformed_codes": 10_000,
        "unexplained_appearances": 10_000,
        "unexplained_disappearances": 2,
    }


def test_patterns_of_codes_are_read_from_the_referentials_levels(store: Engine, root: Path):
    levels = [{"id": "region", "names": {"fr": "Région"}, "code_pattern": "[A-Z]{2}"}]
    with begin_write(store) as connection:
        connection.execute(update(Referential).values(levels=levels))
    report = checked(store, root, drafted(store, region("01"), region("02")))
    assert [each.rule for each in report.findings] == ["codes_off_pattern"] * 2


def test_a_code_that_goes_is_looked_for_in_other_referentials(store: Engine, root: Path):
    add_units(store, "places")
    reference = {"referential": "units", "code": "02"}
    place = ListedItem("7", "region", None, {"fr": "Lieu", "ar": "مكان"}, {"commune": reference})
    with begin_write(store) as connection:
        connection.execute(update(Referential).where(Referential.id == "places").values(kind="place-names"))
    publish_list(store, root, "1", THEN, [place], referential="places")
    flip_catalogue(store, root)
    report = checked(store, root, drafted(store, region("01")))
    messages = {each.rule: each.message for each in report.findings}
    assert messages["removed_but_referenced"] == (
        "the code goes, and items of places name it (attribute commune)"
    )


def test_a_warning_is_an_open_question_until_an_editor_gives_a_word(store: Engine, root: Path):
    draft = drafted(store, region("01"), region("02", ar=None))
    assert asked(store, draft) == ()
    checked(store, root, draft)
    assert asked(store, draft) == ("missing_names",)
    say(store, draft, "missing_names", " The decree has no Arabic name. ")
    assert asked(store, draft) == ()
    report = checked(store, root, draft)
    assert [(word.rule, word.word, word.given_by) for word in report.words] == [
        ("missing_names", "The decree has no Arabic name.", EDITOR.id)
    ]
    say(store, draft, "missing_names", "There is none.")
    with store.connect() as connection:
        trail = select(AuditEntry.before, AuditEntry.after).where(AuditEntry.action == "gave-word")
        entries = connection.execute(trail.order_by(AuditEntry.id)).all()
    assert [(entry.before, entry.after["word"]) for entry in entries] == [
        (None, "The decree has no Arabic name."),
        ({"rule": "missing_names", "word": "The decree has no Arabic name."}, "There is none."),
    ]


def test_a_word_holds_until_the_rule_warns_of_something_else(store: Engine, root: Path):
    draft = drafted(store, region("01", ar=None), region("02", ar=None))
    checked(store, root, draft)
    say(store, draft, "missing_names")
    listed_anew(store, draft, region("01", ar=None), region("02"))
    checked(store, root, draft)
    assert asked(store, draft) == ()
    listed_anew(store, draft, region("01"), region("02", ar=None))
    checked(store, root, draft)
    assert asked(store, draft) == ("missing_names",)
    with store.connect() as connection:
        trail = select(AuditEntry.actor).where(AuditEntry.action == "asked-again")
        assert connection.execute(trail).scalars().all() == ["marjaa check"]


def test_a_word_is_for_a_rule_with_warnings_and_says_something(store: Engine, root: Path):
    draft = drafted(store, region("01"), region("02", ar=None), region("02"))
    checked(store, root, draft)
    with pytest.raises(BadValue, match="rule with warnings: missing_names"):
        say(store, draft, "duplicate_codes")
    for word in ("", "  ", "a\0b", "x" * 4_001):
        with pytest.raises(BadValue, match="at most 4000 characters"):
            say(store, draft, "missing_names", word)


def test_only_an_editor_gives_a_word_and_only_while_it_matters(store: Engine, root: Path):
    draft = drafted(store, region("01"), region("02", ar=None))
    checked(store, root, draft)
    with pytest.raises(NotSignedIn):
        say(store, draft, "missing_names", actor=PUBLIC)
    approver = Actor(uuid.uuid4(), "Approver", None, frozenset({Grant("approver")}))
    elsewhere = Actor(uuid.uuid4(), "Editor", None, frozenset({Grant("editor", "places")}))
    for actor in (approver, elsewhere):
        with pytest.raises(NotAllowed):
            say(store, draft, "missing_names", actor=actor)
    with begin_write(store) as connection:
        connection.execute(update(ChangeSet).where(ChangeSet.id == draft).values(status="withdrawn"))
    with pytest.raises(Conflict, match="is withdrawn"):
        say(store, draft, "missing_names")


def test_a_change_set_that_does_not_exist_has_no_report(store: Engine, root: Path):
    nowhere = uuid.uuid4()
    with pytest.raises(UnknownChangeSet):
        checked(store, root, nowhere)
    with pytest.raises(UnknownChangeSet):
        asked(store, nowhere)
    with pytest.raises(UnknownChangeSet):
        say(store, nowhere, "missing_names")
