"""Choices over HTTP: of one's own administration only, used in its next files, promoted through a draft."""

from __future__ import annotations

import pytest

from tests.registry.desk_client import DeskUnderTest
from tests.registry.desk_drafts import publish_first_version

CHOICES = "/api/v1/choices"
SLIMAN = {"text": "Sidi Sliman", "code": "01.100.09"}


@pytest.fixture
def published(desk: DeskUnderTest) -> DeskUnderTest:
    publish_first_version(desk)
    return desk


def settle(client, *chosen, **more):
    return client.post(CHOICES, json={"referential": "units", "choices": list(chosen), **more})


def test_what_a_member_settles_the_others_of_the_administration_see(published: DeskUnderTest):
    amina = published.signed_in("data_manager", administration="agency")
    answer = settle(amina, SLIMAN, {"text": "ailleurs", "within": "Nord", "code": None})
    assert (answer.status_code, answer.json) == (200, {"settled": 2})
    seen = published.signed_in("administration_officer", administration="agency").get(CHOICES).json
    assert [(each["text"], each["within"], each["code"], each["stale"]) for each in seen["items"]] == [
        ("Sidi Sliman", None, "01.100.09", False),
        ("ailleurs", "Nord", None, False),
    ]
    others = published.signed_in("data_manager", administration="ministry")
    assert others.get(CHOICES).json["items"] == []
    mine = seen["items"][0]["id"]
    assert others.delete(f"{CHOICES}/{mine}").status_code == 404
    assert amina.delete(f"{CHOICES}/{mine}").status_code == 204
    assert len(amina.get(CHOICES).json["items"]) == 1


def test_pages_go_on_where_the_one_before_ended(published: DeskUnderTest):
    amina = published.signed_in("data_manager", administration="agency")
    settle(amina, *({"text": f"lieu {number}", "code": "01.100.09"} for number in range(5)))
    first = amina.get(CHOICES, query_string={"limit": 3}).json
    rest = amina.get(CHOICES, query_string={"limit": 3, "cursor": first["next"]}).json
    assert [each["text"] for each in [*first["items"], *rest["items"]]] == [f"lieu {n}" for n in range(5)]
    assert rest["next"] is None


def test_a_code_that_never_was_is_refused_with_the_nearest(published: DeskUnderTest):
    amina = published.signed_in("data_manager", administration="agency")
    answer = settle(amina, {"text": "Sidi Sliman", "code": "999"})
    assert (answer.status_code, answer.json["type"]) == (404, "/problems/unknown-code")


def test_whoever_belongs_to_no_administration_is_told_so(published: DeskUnderTest):
    answer = settle(published.signed_in("administrator"), SLIMAN)
    assert answer.status_code == 403
    assert "belong to none" in answer.json["detail"]


def test_a_sheet_goes_out_and_in_again(published: DeskUnderTest):
    amina = published.signed_in("data_manager", administration="agency")
    settle(amina, SLIMAN, {"text": 'a "b", c', "code": None}, data_set="births")
    sheet = amina.get(f"{CHOICES}.csv")
    assert sheet.content_type == "text/csv; charset=utf-8"
    other = published.signed_in("data_manager", administration="ministry")
    taken = other.post(f"{CHOICES}/file", data=sheet.data, content_type="text/csv")
    assert (taken.status_code, taken.json) == (200, {"settled": 2})
    texts = [(each["text"], each["code"], each["data_set"]) for each in other.get(CHOICES).json["items"]]
    assert texts == [("Sidi Sliman", "01.100.09", "births"), ('a "b", c', None, "births")]


def test_all_that_is_wrong_with_a_sheet_is_said_and_nothing_of_it_kept(published: DeskUnderTest):
    amina = published.signed_in("data_manager", administration="agency")
    sheet = "referential,text,code\nunits,fine,01\nunits,,01\nnothing,b,1\nunits,c,999\n"
    answer = amina.post(f"{CHOICES}/file", data=sheet, content_type="text/csv")
    assert answer.status_code == 422
    assert [(each["row"], each["column"]) for each in answer.json["errors"]] == [
        (3, "text"),
        (4, "referential"),
        (5, "code"),
    ]
    assert amina.get(CHOICES).json["items"] == []


def test_an_editor_promotes_into_a_draft_and_anybody_else_into_reports(published: DeskUnderTest):
    amina = published.signed_in("data_manager", administration="agency")
    settle(amina, SLIMAN)
    ids = [each["id"] for each in amina.get(CHOICES).json["items"]]
    told = amina.post(f"{CHOICES}/promote", json={"choices": ids}).json
    assert (told["change_set"], len(told["reports"])) == (None, 1)
    editor = published.signed_in("editor", administration="agency")
    answer = editor.post(f"{CHOICES}/promote", json={"choices": ids, "label": "2014.1", "language": "fr"})
    assert (answer.status_code, answer.json["added"]) == (200, 1)
    items = editor.get(f"/api/v1/change-sets/{answer.json['change_set']}/items").json["items"]
    assert [name["text"] for name in items[0]["other_names"]] == ["Sidi Sliman"]
    stranger = published.signed_in("editor", administration="ministry")
    assert stranger.post(f"{CHOICES}/promote", json={"choices": ids, "label": "x"}).status_code == 404
