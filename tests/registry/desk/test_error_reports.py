"""Errors that anyone reports in published items."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from tests.registry.desk_client import DeskUnderTest, opened_desk
from tests.registry.desk_drafts import CHANGE_SETS, publish_first_version

REPORTS = "/api/v1/error-reports"
REPORT = {
    "referential": "units",
    "code": "01.100.05",
    "body": "It is written with one l.",
    "suggestion": {"names": {"fr": "Ouled Tayeb"}},
}


def test_anyone_reports_an_error_which_becomes_a_proposal(desk: DeskUnderTest):
    publish_first_version(desk)
    reported = desk.public().post(REPORTS, json=REPORT)
    assert reported.status_code == 201, reported.text
    assert (reported.json["status"], reported.json["version"]) == ("open", "2014")
    editor = desk.signed_in("editor", referential="units")
    assert editor.get(REPORTS, query_string={"status": "open"}).json["items"][0]["body"] == REPORT["body"]
    address = f"{REPORTS}/{reported.json['id']}/answer"
    accepted = editor.post(address, json={"status": "accepted", "answer": "Thank you."})
    assert accepted.status_code == 200, accepted.text
    proposed = editor.get(f"{CHANGE_SETS}/{accepted.json['change_set']}/items/01.100.05").json
    assert proposed["names"] == {"fr": "Ouled Tayeb", "ar": "أولاد الطيب"}
    assert editor.post(address, json={"status": "declined", "answer": "No."}).status_code == 409


def test_a_report_is_declined_with_an_answer(desk: DeskUnderTest):
    publish_first_version(desk)
    number = desk.public().post(REPORTS, json={**REPORT, "version": "2014"}).json["id"]
    editor = desk.signed_in("editor")
    assert editor.post(f"{REPORTS}/{number}/answer", json={"status": "declined"}).status_code == 400
    said = {"status": "declined", "answer": "It is right."}
    declined = editor.post(f"{REPORTS}/{number}/answer", json=said).json
    assert (declined["answer"], declined["change_set"]) == ("It is right.", None)
    assert editor.get(REPORTS, query_string={"status": "open"}).json["items"] == []


def test_a_report_is_about_something_that_is_published(desk: DeskUnderTest):
    publish_first_version(desk)
    public = desk.public()
    for wrong, status in (
        ({"code": "99"}, 404),
        ({"referential": "nothing"}, 404),
        ({"referential": "activities"}, 404),
        ({"version": "1900"}, 404),
        ({"body": " "}, 400),
        ({"suggestion": {"surprise": 1}}, 400),
        ({"suggestion": []}, 400),
        ({"code": "\u0000"}, 400),
    ):
        assert public.post(REPORTS, json={**REPORT, **wrong}).status_code == status, wrong


def test_reports_are_for_those_who_work_on_the_referential(desk: DeskUnderTest):
    publish_first_version(desk)
    number = desk.public().post(REPORTS, json=REPORT).json["id"]
    other = desk.signed_in("editor", referential="activities")
    assert desk.public().get(REPORTS).status_code == 401
    assert other.get(REPORTS).json["items"] == []
    said = {"status": "declined", "answer": "No."}
    assert other.post(f"{REPORTS}/{number}/answer", json=said).status_code == 403
    assert desk.signed_in("editor").post(f"{REPORTS}/99/answer", json=said).status_code == 404


def test_whoever_reports_all_too_much_has_to_wait(engine: Engine, tmp_path: Path):
    with opened_desk(engine, tmp_path / "data", MARJAA_RATE_POST="2") as desk:
        publish_first_version(desk)
        public = desk.public()
        assert [public.post(REPORTS, json=REPORT).status_code for _ in range(3)] == [201, 201, 429]
