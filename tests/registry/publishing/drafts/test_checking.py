"""A draft is checked, what was found is kept, and warnings ask for a word; on both databases."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, insert, select, update

from referentials.findings import CheckedList, Finding, Inspection, Tally, inspect
from referentials.listing import ListedChange, ListedItem, ListedLink
from referentials.listing_bytes import change_bytes
from registry.accounts.actors import PUBLIC, Actor, Grant, NotAllowed, NotSignedIn
from registry.database import begin_write
from registry.errors import BadValue, Conflict
from registry.models import AuditEntry, ChangeSet, DraftEvent, Referential
from registry.publishing.drafts.checking import (
    check,
    check_draft,
    give_word,
    keep_reading,
    open_questions,
    read_report,
)
from registry.publishing.drafts.items import DraftRow, append_items, clear_items
from registry.publishing.drafts.opening import NewDraft, UnknownChangeSet, open_draft, read_change_set, touch
from registry.publishing.review.approving import authors
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
def published(engine: Engine, root: Path) -> Iterator[Connection]:
    """A transaction over a database with one version of two regions."""
    add_units(engine)
    publish_list(engine, root, "2014", THEN, [region("01"), region("02")])
    with begin_write(engine) as connection:
        yield connection


@pytest.fixture
def unpublished(connection: Connection) -> Connection:
    """A transaction over a database with a referential that has no version yet."""
    connection.execute(update(Referential).values(levels=[{"id": "region", "names": {"fr": "Région"}}]))
    return connection


def rows_of(items: Iterable[ListedItem]) -> list[DraftRow]:
    return [DraftRow(row, "set", item.code, item) for row, item in enumerate(items, 2)]


def drafted(connection: Connection, *items: ListedItem, mode: str = "full") -> uuid.UUID:
    draft = open_draft(connection, EDITOR, NewDraft("units", "2024", NOW, mode))
    append_items(connection, draft.id, rows_of(items))
    return draft.id


def listed_anew(connection: Connection, draft: uuid.UUID, *items: ListedItem) -> None:
    touch(connection, EDITOR, draft, None)
    clear_items(connection, draft)
    append_items(connection, draft, rows_of(items))


def test_a_good_draft_has_an_empty_report(unpublished: Connection, root: Path):
    report = check_draft(unpublished, root, drafted(unpublished, region("01"), region("02")))
    assert (report.findings, report.counts, report.truncated) == ((), (), False)
    assert report.is_current


def test_findings_name_the_rows_of_the_file_and_are_read_back(published: Connection, root: Path):
    draft = drafted(published, region("01"), region("01"), region("03", ar=None))
    report = check_draft(published, root, draft)
    assert [(each.rule, each.row, each.code) for each in report.findings] == [
        ("unexplained_disappearances", None, "02"),
        ("duplicate_codes", 3, "01"),
        ("unexplained_appearances", 4, "03"),
        ("missing_names", 4, "03"),
    ]
    assert (report.total_errors, report.total_warnings) == (3, 1)
    assert read_report(published, draft) == report


def test_confirmed_events_explain_what_changes_and_proposed_ones_do_not(published: Connection, root: Path):
    draft = drafted(published, region("01"), region("03"))
    change = ListedChange("recode", NOW, (ListedLink("02"),), (ListedLink("03"),), "a decree")
    published.execute(
        insert(DraftEvent).values(
            change_set=draft, position=0, status="proposed", payload=change_bytes(change)
        )
    )
    assert check_draft(published, root, draft).total_errors == 2
    published.execute(update(DraftEvent).values(status="confirmed"))
    assert check_draft(published, root, draft).total_errors == 0


def test_a_draft_of_changes_is_checked_with_what_it_leaves_as_it_is(published: Connection, root: Path):
    draft = drafted(
        published, ListedItem("02", "region", "09", {"fr": "Sud", "ar": "الجنوب"}), mode="changes"
    )
    report = check_draft(published, root, draft)
    assert [(each.rule, each.row, each.code) for each in report.findings] == [("unknown_parents", 2, "02")]


def test_a_draft_that_takes_a_version_back_is_checked_as_what_it_restores(published: Connection, root: Path):
    draft = open_draft(published, EDITOR, NewDraft("units", "2014.1", NOW), withdraws=1)
    report = check_draft(published, root, draft.id)  # it lists nothing itself
    assert (report.findings, report.is_current) == ((), True)


def test_a_report_tells_when_the_draft_was_edited_since(unpublished: Connection, root: Path):
    draft = drafted(unpublished, region("01"), region("02"))
    assert read_report(unpublished, draft) is None
    check_draft(unpublished, root, draft)
    listed_anew(unpublished, draft, region("01"))
    report = read_report(unpublished, draft)
    assert report is not None
    assert not report.is_current
    assert check_draft(unpublished, root, draft).is_current


def test_what_was_wrong_with_the_file_stays_beside_what_the_rules_find(unpublished: Connection, root: Path):
    draft = drafted(unpublished, region("01"), region("02", ar=None))
    tally = Tally()
    tally.add([Finding("unreadable_rows", "error", 7, "", "population", "many\0", "'many' is no number")])
    keep_reading(unpublished, draft, tally.inspection())
    for _ in range(2):
        report = check_draft(unpublished, root, draft)
        assert [each.rule for each in report.findings] == ["unreadable_rows", "missing_names"]
    assert report.findings[0].value == "many\\x00"
    keep_reading(unpublished, draft, Tally().inspection())
    assert check_draft(unpublished, root, draft).total_errors == 0


def test_a_draft_with_ten_thousand_errors_keeps_some_and_counts_all(unpublished: Connection, root: Path):
    report = check_draft(
        unpublished, root, drafted(unpublished, *(region(f"{at:05} x", ar=None) for at in range(10_000)))
    )
    assert report.truncated
    assert len(report.findings) == 1_000
    assert {each.rule: each.count for each in report.counts} == {
        "malformed_codes": 10_000,
        "missing_names": 10_000,
    }


def test_patterns_of_codes_are_read_from_the_referentials_levels(unpublished: Connection, root: Path):
    levels = [{"id": "region", "names": {"fr": "Région"}, "code_pattern": "[A-Z]{2}"}]
    unpublished.execute(update(Referential).values(levels=levels))
    report = check_draft(unpublished, root, drafted(unpublished, region("01"), region("02")))
    assert [each.rule for each in report.findings] == ["codes_off_pattern"] * 2


def test_a_code_that_goes_is_looked_for_in_other_referentials(engine: Engine, root: Path):
    add_units(engine)
    add_units(engine, "places")
    reference = {"referential": "units", "code": "02"}
    place = ListedItem("7", "region", None, {"fr": "Lieu", "ar": "مكان"}, {"commune": reference})
    publish_list(engine, root, "2014", THEN, [region("01"), region("02")])
    publish_list(engine, root, "1", THEN, [place], referential="places")
    with begin_write(engine) as connection:
        report = check_draft(connection, root, drafted(connection, region("01")))
    messages = {each.rule: each.message for each in report.findings}
    assert messages["removed_but_referenced"] == (
        "the code goes, and items of places name it (attribute commune)"
    )


def test_a_warning_is_an_open_question_until_an_editor_gives_a_word(unpublished: Connection, root: Path):
    draft = drafted(unpublished, region("01"), region("02", ar=None))
    assert open_questions(unpublished, draft) == ()
    check_draft(unpublished, root, draft)
    assert open_questions(unpublished, draft) == ("missing_names",)
    give_word(unpublished, EDITOR, draft, "missing_names", " The decree has no Arabic name. ")
    assert open_questions(unpublished, draft) == ()
    report = check_draft(unpublished, root, draft)
    assert [(word.rule, word.word, word.given_by) for word in report.words] == [
        ("missing_names", "The decree has no Arabic name.", EDITOR.id)
    ]
    give_word(unpublished, EDITOR, draft, "missing_names", "There is none.")
    trail = select(AuditEntry.before, AuditEntry.after).where(AuditEntry.action == "gave-word")
    entries = unpublished.execute(trail.order_by(AuditEntry.id)).all()
    assert [(entry.before, entry.after["word"]) for entry in entries] == [
        (None, "The decree has no Arabic name."),
        ({"rule": "missing_names", "word": "The decree has no Arabic name."}, "There is none."),
    ]


def test_a_word_holds_until_the_rule_warns_of_something_else(unpublished: Connection, root: Path):
    draft = drafted(unpublished, region("01", ar=None), region("02", ar=None))
    check_draft(unpublished, root, draft)
    give_word(unpublished, EDITOR, draft, "missing_names", "So.")
    listed_anew(unpublished, draft, region("01", ar=None), region("02"))
    check_draft(unpublished, root, draft)
    assert open_questions(unpublished, draft) == ()
    listed_anew(unpublished, draft, region("01"), region("02", ar=None))
    check_draft(unpublished, root, draft)
    assert open_questions(unpublished, draft) == ("missing_names",)
    trail = select(AuditEntry.actor).where(AuditEntry.action == "asked-again")
    assert unpublished.execute(trail).scalars().all() == ["marjaa check"]


def test_a_word_is_for_a_rule_with_warnings_and_says_something(unpublished: Connection, root: Path):
    draft = drafted(unpublished, region("01"), region("02", ar=None), region("02"))
    check_draft(unpublished, root, draft)
    with pytest.raises(BadValue, match="rule with warnings: missing_names"):
        give_word(unpublished, EDITOR, draft, "duplicate_codes", "So.")
    for word in ("", "  ", "a\0b", "x" * 4_001):
        with pytest.raises(BadValue, match="at most 4000 characters"):
            give_word(unpublished, EDITOR, draft, "missing_names", word)


def test_only_an_editor_gives_a_word_and_only_while_it_matters(unpublished: Connection, root: Path):
    draft = drafted(unpublished, region("01"), region("02", ar=None))
    check_draft(unpublished, root, draft)
    with pytest.raises(NotSignedIn):
        give_word(unpublished, PUBLIC, draft, "missing_names", "So.")
    approver = Actor(uuid.uuid4(), "Approver", None, frozenset({Grant("approver")}))
    elsewhere = Actor(uuid.uuid4(), "Editor", None, frozenset({Grant("editor", "places")}))
    for actor in (approver, elsewhere):
        with pytest.raises(NotAllowed):
            give_word(unpublished, actor, draft, "missing_names", "So.")
    for status in ("submitted", "approved", "published", "withdrawn"):
        draft = drafted(unpublished, region("01"), region("02", ar=None))
        check_draft(unpublished, root, draft)
        unpublished.execute(update(ChangeSet).where(ChangeSet.id == draft).values(status=status))
        with pytest.raises(Conflict, match=f"is {status}"):
            give_word(unpublished, EDITOR, draft, "missing_names", "So.")


def test_who_gives_a_word_has_worked_on_the_draft(unpublished: Connection, root: Path):
    draft = drafted(unpublished, region("01"), region("02", ar=None))
    check_draft(unpublished, root, draft)
    both = Actor(uuid.uuid4(), "Both", None, frozenset({Grant("editor"), Grant("approver")}))
    assert both.id not in authors(unpublished, read_change_set(unpublished, draft))
    give_word(unpublished, both, draft, "missing_names", "So.")
    assert both.id in authors(unpublished, read_change_set(unpublished, draft))


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Lets something happen while the rules run."""

    def let(happen: Callable[[], object]) -> None:
        def slowly(checked: CheckedList) -> Inspection:
            found = inspect(checked)
            happen()
            return found

        monkeypatch.setattr("registry.publishing.drafts.checking.inspect", slowly)

    return let


def test_while_the_rules_run_others_write(
    engine: Engine, root: Path, meanwhile: Callable[[Callable[[], object]], None]
):
    add_units(engine)
    with begin_write(engine) as connection:
        draft = drafted(connection, region("01"), region("02", ar=None))

    def another() -> None:
        with begin_write(engine) as connection:
            drafted(connection, region("01"))

    meanwhile(another)
    report = check(engine, root, draft)
    assert ([each.rule for each in report.findings], report.is_current) == (["missing_names"], True)


@pytest.mark.parametrize("edit", ["by hand", "by an import that goes on"])
def test_a_draft_that_is_edited_while_the_rules_run_keeps_what_was_found_before(
    engine: Engine, root: Path, meanwhile: Callable[[Callable[[], object]], None], edit: str
):
    add_units(engine)
    with begin_write(engine) as connection:
        draft = drafted(connection, region("01"), region("02", ar=None))
    before = check(engine, root, draft)

    def edited() -> None:
        with begin_write(engine) as connection:
            if edit == "by hand":
                listed_anew(connection, draft, region("01"))
            else:
                mapping = {"unfinished": {"stored": 1}}
                connection.execute(update(ChangeSet).where(ChangeSet.id == draft).values(mapping=mapping))

    meanwhile(edited)
    with pytest.raises(Conflict, match="was edited while it was being checked"):
        check(engine, root, draft)
    with engine.connect() as connection:
        after = read_report(connection, draft)
    assert after == replace(before, is_current=edit != "by hand")


def test_a_change_set_that_does_not_exist_has_no_report(unpublished: Connection, root: Path):
    nowhere = uuid.uuid4()
    with pytest.raises(UnknownChangeSet):
        check_draft(unpublished, root, nowhere)
    with pytest.raises(UnknownChangeSet):
        check(unpublished.engine, root, nowhere)
    with pytest.raises(UnknownChangeSet):
        open_questions(unpublished, nowhere)
    with pytest.raises(UnknownChangeSet):
        give_word(unpublished, EDITOR, nowhere, "missing_names", "So.")
