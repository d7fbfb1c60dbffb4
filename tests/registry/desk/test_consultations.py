"""Consultations and comments over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.registry.desk_client import DeskUnderTest
from tests.registry.desk_drafts import RABAT, Draft, open_draft

# The domain below is tested on both databases; what the door adds knows neither.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@pytest.fixture
def draft(desk: DeskUnderTest) -> Draft:
    """A draft with one item."""
    opened = open_draft(desk.signed_in("editor"))
    assert opened.edit("PUT", "/items/10", RABAT).status_code == 200
    return opened


def day(desk: DeskUnderTest, after: int) -> str:
    """A day so many days from today."""
    return (desk.settings.today() + timedelta(days=after)).isoformat()


def test_a_draft_is_opened_to_everyone_and_anyone_comments(desk: DeskUnderTest, draft: Draft):
    public = desk.public()
    assert public.get(draft.address).status_code == 401
    assert public.post(f"{draft.address}/comments", json={"body": "Hello"}).status_code == 401
    opened = draft.step("consultation", {"to": "everyone", "until": day(desk, 30)})
    assert (opened.status_code, opened.json["consultation"]) == (200, "everyone")
    assert public.get(f"{draft.address}/items/10").json["names"]["fr"] == "Rabat"
    assert [each["id"] for each in public.get("/api/v1/change-sets").json["items"]] == [draft.id]
    first = public.post(f"{draft.address}/comments", json={"body": "Too long a name?", "code": "10"})
    assert (first.status_code, first.json["author"]) == (201, None)
    answer = draft.step("comments", {"body": "It is official.", "answers": first.json["id"]})
    assert answer.status_code == 201
    read = public.get(f"{draft.address}/comments", query_string={"limit": 1}).json
    rest = public.get(f"{draft.address}/comments", query_string={"limit": 1, "cursor": read["next"]}).json
    assert [each["body"] for each in (*read["items"], *rest["items"])] == [
        "Too long a name?",
        "It is official.",
    ]
    assert public.put(f"{draft.address}/items/10", json=RABAT).status_code == 401


def test_a_draft_is_opened_to_some_administrations_only(desk: DeskUnderTest, draft: Draft):
    asked = {"to": "administrations", "administrations": ["ministry"], "until": day(desk, 0)}
    assert draft.step("consultation", asked).status_code == 200
    consulted = desk.signed_in("administration_officer", administration="ministry")
    other = desk.signed_in("data_manager", administration="agency")
    assert consulted.get(draft.address).status_code == 200
    assert consulted.post(f"{draft.address}/comments", json={"body": "Agreed."}).status_code == 201
    assert other.get(draft.address).status_code == 403
    assert desk.public().get(draft.address).status_code == 401


def test_a_consultation_that_nobody_can_hold_is_refused(desk: DeskUnderTest, draft: Draft):
    for wrong in (
        {"until": day(desk, 1)},
        {"to": "everyone", "until": day(desk, -1)},
        {"to": "everyone", "administrations": ["ministry"], "until": day(desk, 1)},
        {"to": "administrations", "until": day(desk, 1)},
        {"to": "administrations", "administrations": ["nobody"], "until": day(desk, 1)},
        {"to": "somebody", "until": day(desk, 1)},
        {},
    ):
        assert draft.step("consultation", wrong).status_code == 400, wrong
    refused = draft.step(
        "consultation", {"to": "everyone", "until": day(desk, 1)}, by=desk.signed_in("approver")
    )
    assert refused.status_code == 403


def test_a_comment_says_something_about_something_there(desk: DeskUnderTest, draft: Draft):
    for wrong in ({}, {"body": ""}, {"body": "x" * 20_000}, {"body": "x", "answers": 99}, {"body": "\u0000"}):
        assert draft.step("comments", wrong).status_code == 400, wrong
    other = open_draft(draft.client, label="2025")
    mine = draft.step("comments", {"body": "Here."}).json["id"]
    assert other.step("comments", {"body": "There.", "answers": mine}).status_code == 400
