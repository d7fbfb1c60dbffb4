"""Anyone reports an error in an item; accepted, it becomes part of a proposal."""

from __future__ import annotations

from typing import Any

import pytest

from registry.accounts.actors import PUBLIC, Actor, NotAllowed
from registry.database import begin_write
from registry.errors import BadValue, Conflict, UnknownCode, UnknownReferential, UnknownVersion
from registry.publishing.drafts.items import read_items
from registry.publishing.review import (
    ErrorReportView,
    UnknownReport,
    answer_report,
    list_error_reports,
    publish_approved,
    report_error,
    submit,
)
from tests.registry.publishing.review.world import (
    ADMINISTRATOR,
    APPROVER,
    EDITOR,
    NOTES,
    OFFICER,
    THIRD_REGION,
    World,
)

RIGHT = {"names": {"ar": "سوس ماسة"}}


def report(world: World, actor: Actor = PUBLIC, **given: Any) -> ErrorReportView:
    said = {"referential": "units", "version": "1", "code": "02", "body": "Wrong.", "suggestion": RIGHT}
    with begin_write(world.engine) as connection:
        return report_error(connection, actor, **(said | given))


def answer(world: World, number: int, actor: Actor = EDITOR, **given: Any) -> ErrorReportView:
    with begin_write(world.engine) as connection:
        return answer_report(
            connection, world.root, actor, number, **({"answer": "Yes.", "accept": True} | given)
        )


def test_an_accepted_report_becomes_a_draft_that_can_be_published(world: World) -> None:
    told = report(world)
    assert (told.status, told.author) == ("open", None)
    accepted = answer(world, told.id)
    assert (accepted.status, accepted.answered_by) == ("accepted", EDITOR.id)
    draft = accepted.change_set
    assert draft is not None
    with world.engine.connect() as connection:
        (row,) = read_items(connection, draft)
        assert list_error_reports(connection, referential="units", statuses=["accepted"]) == [accepted]
        assert list_error_reports(connection, statuses=["open"]) == []
    assert row.item is not None
    assert row.item.names == {"fr": "Souss", "ar": "سوس ماسة"}
    world.edit(draft, change_class="editorial", legal_basis="decree 1", notes=NOTES)
    world.give_words(draft)
    submit(world.engine, world.root, EDITOR, draft)
    world.approve(draft)
    assert publish_approved(world.engine, world.root, APPROVER, draft) == 2


def test_reports_gather_in_one_draft(world: World) -> None:
    first, second = report(world), report(world, suggestion={"names": {"fr": "Souss-Massa"}})
    draft = answer(world, first.id).change_set
    assert answer(world, second.id, change_set=draft).change_set == draft
    with world.engine.connect() as connection:
        (row,) = read_items(connection, draft)  # type: ignore[arg-type]
    assert row.item is not None
    assert row.item.names == {"fr": "Souss-Massa", "ar": "سوس ماسة"}


def test_accepting_into_an_approved_draft_takes_the_approval_back(world: World) -> None:
    draft = world.approved()
    answer(world, report(world).id, change_set=draft)
    assert world.view(draft).status == "draft"


def test_a_declined_report_says_why(world: World) -> None:
    told = report(world, OFFICER)
    declined = answer(world, told.id, ADMINISTRATOR, accept=False, answer="The decree says so.")
    assert (declined.status, declined.answer, declined.change_set) == (
        "declined",
        "The decree says so.",
        None,
    )
    with pytest.raises(Conflict, match="declined already"):
        answer(world, told.id)


def test_only_editors_answer(world: World) -> None:
    told = report(world)
    for actor in (APPROVER, OFFICER):
        with pytest.raises(NotAllowed):
            answer(world, told.id, actor)
    with pytest.raises(BadValue):
        answer(world, told.id, answer="")
    with pytest.raises(UnknownReport):
        answer(world, 99)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"referential": "nowhere"}, UnknownReferential),
        ({"version": "9"}, UnknownVersion),
        ({"code": "99"}, UnknownCode),
        ({"code": "0\x00"}, UnknownCode),
        ({"body": " "}, BadValue),
        ({"suggestion": {"status": "gone"}}, BadValue),
        ({"suggestion": {"names": {"fr": ["a"]}}}, BadValue),
        ({"suggestion": {"level": ""}}, BadValue),
    ],
)
def test_what_cannot_be_is_refused(world: World, given: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        report(world, **given)


def test_an_item_that_has_ended_in_the_draft_is_not_put_right(world: World) -> None:
    draft = world.open(mode="full")
    world.put(draft, THIRD_REGION)
    told = report(world)
    with pytest.raises(Conflict, match="no item any more"):
        answer(world, told.id, change_set=draft)
    with world.engine.connect() as connection:
        (kept,) = list_error_reports(connection)
    assert kept.status == "open"
