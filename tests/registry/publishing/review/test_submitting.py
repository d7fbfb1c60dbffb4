"""A draft is submitted when it lacks nothing; what it lacks is named, all of it at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from referentials.listing import ListedItem
from referentials.records import Record
from referentials.snapshot import open_content
from registry.accounts.actors import PUBLIC, NotAllowed, NotSignedIn
from registry.database import begin_write
from registry.errors import Conflict
from registry.models import Change, ChangeSet, DraftFinding
from registry.publishing.compilation import STAGING, Staged, compile_version, private_snapshot
from registry.publishing.drafts.imported_rows import UNFINISHED
from registry.publishing.drafts.items import DraftRow, append_items
from registry.publishing.drafts.opening import touch
from registry.publishing.review import NotReady, publish_approved, rebase, submit, submitting, withdraw
from tests.registry.publishing.review.world import (
    APPROVER,
    EDITOR,
    FIRST,
    OFFICER,
    THIRD_REGION,
    World,
    abolition,
    creation,
)


def missing(world: World, draft: Any) -> dict[str, str]:
    with pytest.raises(NotReady) as refused:
        submit(world.engine, world.root, EDITOR, draft)
    assert refused.value.members["missing"]
    return {each.what: each.detail for each in refused.value.missing}


def test_what_is_submitted_is_compiled_where_readers_do_not_look(world: World) -> None:
    draft = world.submitted()
    content = open_content(private_snapshot(world.root, draft) / "content")
    assert content.root == world.view(draft).content_root
    assert content.counts["state"] == 3
    assert (world.root / "catalogue.json").read_text().count('"ordinal"') == 1
    assert not (world.root / STAGING / ".drafts" / str(draft)).exists()


def test_everything_that_is_missing_is_named_at_once(world: World) -> None:
    draft = world.open(basis="", notes={"fr": "Nouveau"}, legal_basis=None, change_class="editorial")
    world.put(draft, THIRD_REGION)
    found = missing(world, draft)
    assert set(found) == {"basis", "legal_basis", "notes", "change_class", "validation"}
    assert "ar, en" in found["notes"]
    assert "it is editorial, but by its content it is additive" in found["change_class"]
    assert "unexplained" in found["validation"]
    assert world.view(draft).status == "draft"


def test_of_two_drafts_with_one_label_the_second_needs_another(world: World) -> None:
    first, second = (
        world.approved("2"),
        world.ready("2", replace(FIRST[0], names={"fr": "Tanger", "ar": "طنجة"})),
    )
    publish_approved(world.engine, world.root, APPROVER, first)
    with begin_write(world.engine) as connection:
        rebase(connection, world.root, EDITOR, second)
    assert missing(world, second)["label"] == "units has a version '2' already."
    with pytest.raises(Conflict, match="has a version '2' already; choose another label"):
        world.open(label="2")
    with pytest.raises(Conflict, match="has a version '2' already; choose another label"):
        world.edit(second, label="2")


def test_a_draft_whose_import_was_cut_off_is_not_submitted(world: World) -> None:
    draft = world.ready()
    with begin_write(world.engine) as connection:
        cut_off = {"columns": {"code": "Code"}, UNFINISHED: {"rows": 1}}
        connection.execute(update(ChangeSet).where(ChangeSet.id == draft).values(mapping=cut_off))
    assert "cut off" in missing(world, draft)["items"]


@pytest.mark.parametrize("needed", ["editorial", "additive", "breaking"])
def test_a_change_class_is_proposed_from_the_content(world: World, needed: str) -> None:
    draft = world.open(change_class=None)
    if needed == "editorial":
        world.put(draft, replace(FIRST[0], names={"fr": "Tanger-Tétouan", "ar": "طنجة"}))
    elif needed == "additive":
        world.put(draft, THIRD_REGION)
        world.state(draft, creation("03"))
    else:
        world.drop(draft, "02")
        world.state(draft, abolition("02"))
    world.give_words(draft)
    assert missing(world, draft)["change_class"] == f"state one; by its content it is {needed}."
    world.edit(draft, change_class=needed, notice_reason="It is a test.")
    world.give_words(draft)
    assert submit(world.engine, world.root, EDITOR, draft).change_class == needed


def test_a_breaking_change_is_submitted_in_time_or_says_why_not(world: World) -> None:
    draft = world.open(change_class=None)
    world.drop(draft, "02")
    world.state(draft, abolition("02"))
    world.give_words(draft)
    found = missing(world, draft)  # its content is breaking, whatever it says of itself
    assert set(found) == {"change_class", "effective_on"}
    assert found["effective_on"].startswith(
        "2024-09-01 is too early: readers of a breaking change have 90 days"
    )
    world.edit(draft, change_class="breaking")
    assert set(missing(world, draft)) == {"effective_on"}
    day = world.view(draft).effective_on
    for today, notice_days, refused in ((day - timedelta(89), 90, True), (day - timedelta(90), 90, False)):
        given = {"today": today, "notice_days": notice_days}
        if refused:
            with pytest.raises(NotReady, match="or state a notice_reason"):
                submit(world.engine, world.root, EDITOR, draft, **given)
        else:
            assert submit(world.engine, world.root, EDITOR, draft, **given).status == "submitted"


def test_a_warning_asks_for_a_word(world: World) -> None:
    draft = world.open(change_class="additive")
    world.put(draft, replace(THIRD_REGION, names={"fr": "Oriental"}))
    world.state(draft, creation("03"))
    open_rules = set(missing(world, draft))
    assert open_rules
    assert not open_rules & {"validation", "items"}
    world.give_words(draft)
    assert submit(world.engine, world.root, EDITOR, draft).status == "submitted"


def test_a_draft_that_changes_nothing_is_not_submitted(world: World) -> None:
    draft = world.open(change_class="editorial")
    assert missing(world, draft)["items"] == "the draft changes nothing."


def test_a_cycle_is_found_and_nothing_is_left_half_written(world: World) -> None:
    draft = world.open()
    communes = [
        ListedItem(code, "commune", parent, {"fr": code, "ar": "اسم"})
        for code, parent in (("a", "b"), ("b", "c"), ("c", "a"))
    ]
    world.put(draft, *communes)
    world.state(draft, *(creation(commune.code) for commune in communes))
    assert "validation" in missing(world, draft)
    assert not private_snapshot(world.root, draft).exists()
    with world.engine.connect() as connection:
        assert (
            connection.execute(select(func.count()).select_from(Change)).scalar() == 2
        )  # the first version's
        rules = set(connection.execute(select(DraftFinding.rule)).scalars())
    assert any("cycle" in rule or "parent" in rule for rule in rules)


def test_ten_thousand_errors_are_counted_and_not_all_told(world: World) -> None:
    draft = world.open(mode="full")
    rows = [
        DraftRow(number, "set", f"x{number}", ListedItem(f"x{number}", "planet", "nowhere", {}))
        for number in range(2, 10_002)
    ]
    with begin_write(world.engine) as connection:
        touch(connection, EDITOR, draft, None)
        append_items(connection, draft, rows)
    with pytest.raises(NotReady) as refused:
        submit(world.engine, world.root, EDITOR, draft)
    assert "10000" in str(refused.value)
    assert len(str(refused.value)) < 5_000
    with world.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(DraftFinding)).scalar_one() <= 10_000


def test_only_editors_submit(world: World) -> None:
    draft = world.ready()
    for actor in (APPROVER, OFFICER):
        with pytest.raises(NotAllowed):
            submit(world.engine, world.root, actor, draft)
    with pytest.raises(NotSignedIn):
        submit(world.engine, world.root, PUBLIC, draft)


@pytest.mark.parametrize("status", ["submitted", "approved", "published"])
def test_what_is_on_its_way_is_not_submitted_again(world: World, status: str) -> None:
    draft = world.submitted() if status == "submitted" else world.approved()
    if status == "published":
        publish_approved(world.engine, world.root, APPROVER, draft)
    with pytest.raises(Conflict, match=f"is {status}"):
        submit(world.engine, world.root, EDITOR, draft)


def test_a_draft_over_an_older_version_is_not_submitted(world: World) -> None:
    late = world.ready("3")
    publish_approved(world.engine, world.root, APPROVER, world.approved("2"))
    with pytest.raises(Conflict, match="rebase it"):
        submit(world.engine, world.root, EDITOR, late)


def test_an_edit_while_it_is_compiled_is_not_submitted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = world.ready()

    def somebody_edits(*arguments: Any, folder: Path | None) -> Staged:
        staged = compile_version(*arguments, folder=folder)
        world.put(draft, replace(THIRD_REGION, names={"fr": "L'Oriental", "ar": "الشرق"}))
        return staged

    monkeypatch.setattr(submitting, "compile_version", somebody_edits)
    with pytest.raises(Conflict, match="edited, or given up, while"):
        submit(world.engine, world.root, EDITOR, draft)
    assert world.view(draft).status == "draft"
    assert not private_snapshot(world.root, draft).exists()
    assert not (world.root / STAGING / ".drafts" / str(draft)).exists()


def test_what_is_given_up_while_it_is_compiled_stays_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = world.ready()

    def somebody_gives_up(*arguments: Any, folder: Path | None) -> Staged:
        staged = compile_version(*arguments, folder=folder)
        with begin_write(world.engine) as connection:
            withdraw(connection, EDITOR, draft, "It was a mistake.")
        return staged

    monkeypatch.setattr(submitting, "compile_version", somebody_gives_up)
    with pytest.raises(Conflict, match="given up"):
        submit(world.engine, world.root, EDITOR, draft)
    assert world.view(draft).status == "withdrawn"


def test_an_interrupted_submission_is_a_draft_that_is_submitted_anew(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = world.ready()

    def die(*_: object, **__: object) -> list[Record]:
        raise KeyboardInterrupt

    for step in ("compile_version", "take_step"):
        with monkeypatch.context() as patch:
            patch.setattr(submitting, step, die)
            with pytest.raises(KeyboardInterrupt):
                submit(world.engine, world.root, EDITOR, draft)
        assert world.view(draft).status == "draft"
    assert submit(world.engine, world.root, EDITOR, draft).status == "submitted"
    assert world.approve(draft).status == "approved"
