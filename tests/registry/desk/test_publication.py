"""A whole publication by two people over HTTP, and what is refused on the way."""

from __future__ import annotations

import csv
import io

import pytest
from flask.testing import FlaskClient

from registry.serving import look_up, moment_of
from tests.registry.desk_client import DeskUnderTest
from tests.registry.desk_drafts import (
    DETAILS,
    RABAT,
    Draft,
    open_draft,
    publish_first_version,
    settle,
    submitted,
    upload,
)
from tests.registry.small_library import AFTER, TODAY

# The domain below is tested on both databases; what the door adds knows neither.
on_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


def as_csv() -> str:
    """The second version's list, as a sheet would hold it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Code", "Niveau", "Code parent", "Nom", "الاسم"])
    for item in AFTER:
        writer.writerow([item.code, item.level, item.parent, item.names["fr"], item.names.get("ar", "")])
    return out.getvalue()


def test_two_people_publish_a_version_from_a_file(desk: DeskUnderTest):
    publish_first_version(desk)
    editor = desk.signed_in("editor", referential="units")
    draft = open_draft(editor, **DETAILS)

    read = upload(draft, as_csv(), name="units-2024.csv")
    assert read.json["items"] == len(AFTER)
    assert read.json["mapping"]["columns"]["name_ar"] == "الاسم"

    proposed = draft.edit("POST", "/events/propose")
    assert proposed.status_code == 200, proposed.text
    events = draft.get("/events").json["items"]
    assert {"recode", "rename"} <= {each["type"] for each in events}
    assert all(each["status"] == "proposed" and each["reason"] for each in events)
    settle(draft)

    changes = draft.get("/comparison").json
    assert changes["summary"]["commune"]["items"] > 0
    assert draft.get("/comparison", format="text").text.startswith("units: from 2014")
    assert "code_after" in draft.get("/comparison", format="csv").text

    sent = draft.step("submit")
    assert sent.status_code == 200, sent.text
    root = sent.json["content_root"]
    assert (sent.json["status"], len(root)) == ("submitted", 64)

    approver = desk.signed_in("approver", referential="units")
    seen = approver.get(f"{draft.address}/preview/items/01.100.07")
    assert (seen.status_code, seen.json["names"]["fr"]) == (200, "Oulad Tayeb")
    listed = approver.get(f"{draft.address}/preview/items", query_string={"level": "region"})
    assert [each["code"] for each in listed.json["items"]] == ["01", "02"]
    found = approver.get(f"{draft.address}/preview/match", query_string={"q": "Meknasa Algharbia"})
    assert found.json["results"][0]["candidates"][0]["code"] == "01.200.31"
    assert found.json["content_root"] == root

    said = approver.post(f"{draft.address}/comments", json={"body": "Well done.", "code": "01.100.07"})
    assert said.status_code == 201, said.text
    approved = draft.step("approve", {"content_root": root}, by=approver)
    assert (approved.status_code, approved.json["status"]) == (200, "approved"), approved.text
    published = draft.step("publish", by=approver)
    assert published.json == {"referential": "units", "ordinal": 2, "label": "2024"}

    snapshot = desk.app.extensions["marjaa"].library.snapshot("units")
    assert snapshot.version.content_root == root
    at = moment_of(snapshot, None, versioned=False, today=TODAY)
    assert "أولاد الطيب".encode() in look_up(snapshot, "01.100.07", at)
    assert b'"code":"01.100.07"' in look_up(snapshot, "01.100.05", at)
    assert draft.get().json["status"] == "published"
    assert draft.get("/comments").json["items"][0]["body"] == "Well done."
    late = draft.edit("PUT", "/items/03", RABAT)
    assert (late.status_code, late.json["type"]) == (409, "/problems/conflict")


@pytest.fixture
def sent(desk: DeskUnderTest) -> Draft:
    """A draft with one more region, submitted by its editor."""
    publish_first_version(desk)
    return submitted(open_draft(desk.signed_in("editor", "approver"), mode="changes", **DETAILS))


def content_root(draft: Draft) -> str:
    return str(draft.get().json["content_root"])


def test_nobody_approves_their_own_work_not_even_an_administrator(desk: DeskUnderTest, sent: Draft):
    own = sent.step("approve", {"content_root": content_root(sent)})
    assert (own.status_code, own.json["type"]) == (403, "/problems/not-allowed")
    administrator = desk.signed_in("administrator")
    sent.edit("PATCH", "", {"basis": "a better decree"})
    edited = Draft(administrator, sent.id, sent.etag)
    assert edited.edit("PATCH", "", {"basis": "the decree"}).status_code == 200
    sent.etag = edited.etag
    settle(sent)
    sent.step("submit")
    assert sent.step("approve", {"content_root": content_root(sent)}, by=administrator).status_code == 403


def test_an_approval_is_of_the_content_that_was_looked_at(desk: DeskUnderTest, sent: Draft):
    approver = desk.signed_in("approver")
    assert sent.step("publish", by=approver).status_code == 409
    assert sent.step("approve", {"content_root": "0" * 64}, by=approver).status_code == 409
    assert sent.step("approve", {}, by=approver).status_code == 400
    assert sent.step("approve", {"content_root": content_root(sent)}, by=approver).status_code == 200
    assert sent.edit("PUT", "/items/03", {**RABAT, "level": "region"}).status_code == 200
    after = sent.get().json
    assert (after["status"], after["approved_by"], after["content_root"]) == ("draft", None, None)
    assert sent.step("publish", by=approver).status_code == 409
    assert sent.get("/preview/items/03").status_code == 409


@on_sqlite
def test_what_is_sent_back_is_edited_and_submitted_anew(desk: DeskUnderTest, sent: Draft):
    approver = desk.signed_in("approver")
    assert sent.step("request-changes", {}, by=approver).status_code == 400
    back = sent.step("request-changes", {"note": "The Arabic name is missing."}, by=approver)
    assert (back.status_code, back.json["status"]) == (200, "changes_requested")
    assert sent.step("approve", {"content_root": "0" * 64}, by=approver).status_code == 409
    settle(sent)
    assert sent.step("submit").json["status"] == "submitted"


@on_sqlite
def test_an_approved_version_is_scheduled_and_unscheduled(desk: DeskUnderTest, sent: Draft):
    approver = desk.signed_in("approver")
    sent.step("approve", {"content_root": content_root(sent)}, by=approver)
    moment = {"publish_at": "2999-01-01T00:00:00+01:00"}
    later = sent.step("schedule", moment, by=approver)
    assert later.json["publish_at"] == "2998-12-31T23:00:00Z", later.text
    assert sent.step("schedule", {"publish_at": "2001-01-01T00:00:00Z"}, by=approver).status_code == 400
    assert sent.step("schedule", {"publish_at": "2999-01-01"}, by=approver).status_code == 400
    assert sent.step("schedule", {"publish_at": None}, by=approver).json["publish_at"] is None
    given_up = sent.step("withdraw", {"note": "No longer wanted."})
    assert given_up.json["status"] == "withdrawn"
    assert sent.edit("PATCH", "", {"basis": "x"}).status_code == 409


@on_sqlite
def test_what_is_missing_is_named_all_at_once(desk: DeskUnderTest):
    publish_first_version(desk)
    draft = open_draft(desk.signed_in("editor"), mode="changes", basis="a decree")
    answer = draft.step("submit")
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/not-ready")
    assert {"legal_basis", "notes", "change_class"} <= {each["what"] for each in answer.json["missing"]}


@on_sqlite
def test_steps_are_for_those_who_may_take_them(desk: DeskUnderTest, sent: Draft):
    def refused(client: FlaskClient, status: int) -> None:
        for path, body in (
            ("approve", {"content_root": "0" * 64}),
            ("request-changes", {"note": "x"}),
            ("schedule", {"publish_at": None}),
            ("publish", None),
        ):
            assert sent.step(path, body, by=client).status_code == status, path

    refused(desk.public(), 401)
    refused(desk.signed_in("editor"), 403)
    refused(desk.signed_in("approver", referential="activities"), 403)
    for path, body in (("submit", None), ("withdraw", {"note": "x"})):
        assert sent.step(path, body, by=desk.signed_in("approver")).status_code == 403
        assert sent.step(path, body, by=desk.public()).status_code == 401


def test_a_draft_is_put_over_the_version_that_came_between(desk: DeskUnderTest, sent: Draft):
    editor, approver = desk.signed_in("editor"), desk.signed_in("approver")
    other = submitted(open_draft(editor, mode="changes", **{**DETAILS, "label": "2015"}))
    other.step("approve", {"content_root": content_root(other)}, by=approver)
    assert other.step("publish", by=approver).status_code == 200
    behind = sent.step("approve", {"content_root": content_root(sent)}, by=approver)
    assert behind.status_code == 409
    rebased = sent.edit("POST", "/rebase")
    assert (rebased.status_code, rebased.json["change_set"]["base_ordinal"]) == (200, 2)
