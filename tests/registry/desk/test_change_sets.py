"""Change sets over HTTP: opened, listed, read, edited by whoever may."""

from __future__ import annotations

import uuid

from flask.testing import FlaskClient

from tests.registry.desk_client import DeskUnderTest
from tests.registry.desk_drafts import CHANGE_SETS, NEW, open_draft


def opened(client: FlaskClient, **more: object) -> dict:
    """The change set that a client opened."""
    return open_draft(client, **more).get().json


def test_an_editor_opens_a_draft_and_reads_it_again(desk: DeskUnderTest):
    editor = desk.signed_in("editor", referential="units")
    answer = editor.post(CHANGE_SETS, json={**NEW, "notes": {"fr": "Première"}})
    assert answer.status_code == 201
    assert answer.json["status"] == "draft"
    assert answer.json["base_ordinal"] is None
    read = editor.get(answer.headers["Location"])
    assert read.json == answer.json
    assert read.headers["ETag"] == answer.headers["ETag"] == '"1"'
    assert read.headers["Cache-Control"] == "no-store"


def test_drafts_are_listed_page_by_page_the_newest_first(desk: DeskUnderTest):
    editor = desk.signed_in("editor")
    made = {opened(editor, label=f"2024.{number}")["id"] for number in range(3)}
    opened(editor, referential="activities")
    first = editor.get(CHANGE_SETS, query_string={"referential": "units", "limit": 2}).json
    assert len(first["items"]) == 2
    query = {"referential": "units", "limit": 2, "cursor": first["next"]}
    second = editor.get(CHANGE_SETS, query_string=query).json
    assert second["next"] is None
    assert {each["id"] for each in first["items"] + second["items"]} == made
    assert editor.get(CHANGE_SETS, query_string={**query, "referential": "activities"}).status_code == 400
    assert editor.get(CHANGE_SETS, query_string={"status": "published"}).json["items"] == []


def test_an_edit_says_which_revision_it_is_of(desk: DeskUnderTest):
    editor = desk.signed_in("editor")
    address = f"{CHANGE_SETS}/{opened(editor)['id']}"
    assert editor.patch(address, json={"basis": "another"}).status_code == 428
    edited = editor.patch(address, json={"basis": "another"}, headers={"If-Match": '"1"'})
    assert (edited.status_code, edited.json["basis"], edited.headers["ETag"]) == (200, "another", '"2"')
    stale = editor.patch(address, json={"basis": "late"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json["revision"]) == (412, 2)
    for wrong in ("*", "1", 'W/"1"', '"1", "2"'):
        refused = editor.patch(address, json={"basis": "x"}, headers={"If-Match": wrong})
        assert refused.status_code == 400
        assert 'in double quotes and without W/, as If-Match: "3"' in refused.json["detail"]
    assert editor.get(address).json["basis"] == "another"


WRONG: tuple[object, ...] = (
    {},
    {"label": "2024", "effective_on": "2024-09-01"},
    {**NEW, "effective_on": "1 September"},
    {**NEW, "label": "two words"},
    {**NEW, "mode": "partly"},
    {**NEW, "change_class": "tiny"},
    {**NEW, "notes": {"fr": 3}},
    {**NEW, "basis": "nul \u0000"},
    {**NEW, "surprise": 1},
    {**NEW, "provenance": [{"count": float("nan")}]},
    [],
)


def test_a_body_that_no_draft_can_have_is_refused(desk: DeskUnderTest):
    editor = desk.signed_in("editor")
    for body in WRONG:
        answer = editor.post(CHANGE_SETS, json=body)
        assert answer.status_code == 400, body
        assert answer.content_type == "application/problem+json"


def test_what_is_not_there_is_said_to_be_unknown(desk: DeskUnderTest):
    editor = desk.signed_in("editor")
    assert editor.post(CHANGE_SETS, json={**NEW, "referential": "nothing"}).status_code == 404
    missing = editor.get(f"{CHANGE_SETS}/{uuid.uuid4()}")
    assert (missing.status_code, missing.json["type"]) == (404, "/problems/unknown-change-set")
    assert editor.get(f"{CHANGE_SETS}/17").status_code == 404


def test_drafts_are_for_those_who_may_read_them(desk: DeskUnderTest):
    editor = desk.signed_in("editor", referential="units")
    address = f"{CHANGE_SETS}/{opened(editor)['id']}"
    assert desk.public().get(address).status_code == 401
    assert desk.public().get(CHANGE_SETS).json["items"] == []
    officer = desk.signed_in("administration_officer", administration="ministry")
    assert officer.get(address).status_code == 403
    assert officer.get(CHANGE_SETS).json["items"] == []
    other = desk.signed_in("editor", referential="activities")
    assert other.get(address).status_code == 403
    assert other.post(CHANGE_SETS, json=NEW).status_code == 403
    assert desk.public().post(CHANGE_SETS, json=NEW).status_code == 401
    assert desk.signed_in("approver").post(CHANGE_SETS, json=NEW).status_code == 403


def test_a_token_does_what_its_scopes_say(desk: DeskUnderTest):
    person = desk.add_person("editor")
    address = f"{CHANGE_SETS}/{opened(desk.with_token(person, 'edit', 'read-drafts'))['id']}"
    reader = desk.with_token(person, "read-drafts")
    assert reader.get(address).status_code == 200
    assert reader.patch(address, json={"basis": "x"}, headers={"If-Match": '"1"'}).status_code == 403
