"""Tokens of programs."""

from __future__ import annotations

import logging

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from registry import models
from registry.accounts import managing, roles
from registry.accounts.actors import Grant
from tests.registry.desk_client import DeskUnderTest

ADDRESS = "/api/v1/tokens"
WANTED = {"label": "nightly import", "scopes": ["edit"]}
UNFIT = [
    {},
    {"label": "x", "scopes": []},
    {"label": "x", "scopes": ["everything"]},
    {"label": "x", "scopes": ["edit"], "days": 366},
    {"label": "x", "scopes": ["edit"], "days": 0},
    {"label": " ", "scopes": ["edit"]},
    {"label": "x\u0000", "scopes": ["edit"]},
]


def bearer(desk: DeskUnderTest, secret: str) -> FlaskClient:
    client = desk.public()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    return client


def test_a_token_is_told_once_and_kept_as_a_digest(desk: DeskUnderTest, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    client = desk.signed_in("editor")
    made = client.post(ADDRESS, json=WANTED)
    secret = made.json["secret"]
    assert made.status_code == 201
    assert secret.startswith("marjaa_")
    assert "secret" not in client.get(ADDRESS).json["items"][0]
    with desk.engine.connect() as connection:
        rows = (
            connection.execute(select(models.Token)).all()
            + connection.execute(select(models.AuditEntry)).all()
        )
    assert rows
    assert secret not in repr(rows) + caplog.text
    assert bearer(desk, secret).get("/api/v1/session").json["scopes"] == ["edit"]


def test_a_token_needs_no_csrf_token_and_cannot_make_other_tokens(desk: DeskUnderTest):
    program = desk.with_token(desk.add_person("administrator"), "administer", "edit")
    assert program.post("/api/v1/people", json={"email": "a@example.org", "name": "A"}).status_code == 201
    assert program.post(ADDRESS, json=WANTED).status_code == 403
    assert program.delete("/api/v1/session").status_code == 403


def test_a_token_is_never_for_more_than_its_person_may(desk: DeskUnderTest):
    person = desk.add_person("administrator")
    client = desk.sign_in(person)
    assert desk.signed_in("editor").post(ADDRESS, json={**WANTED, "scopes": ["approve"]}).status_code == 400
    secret = client.post(ADDRESS, json={**WANTED, "scopes": ["administer"]}).json["secret"]
    program = bearer(desk, secret)
    assert program.get("/api/v1/people").status_code == 200
    assert program.post("/api/v1/change-sets", json={}).status_code == 403
    desk.add_person("administrator")
    with desk.engine.begin() as connection:
        roles.revoke_role(connection, "test", person, Grant("administrator"))
    assert program.get("/api/v1/people").status_code == 403


def test_a_token_ends_when_it_is_revoked_or_its_time_is_over(desk: DeskUnderTest):
    client = desk.signed_in("editor")
    first, second = (client.post(ADDRESS, json=WANTED).json for _ in range(2))
    assert client.delete(f"{ADDRESS}/{first['id']}").json["revoked_at"]
    with desk.engine.begin() as connection:
        ended = update(models.Token).where(models.Token.label == WANTED["label"])
        connection.execute(ended.values(expires_at="2020-01-01T00:00:00Z"))
    for token in (first, second):
        refused = bearer(desk, token["secret"]).get("/api/v1/session")
        assert (refused.status_code, refused.json["type"]) == (401, "/problems/not-signed-in")


def test_a_token_ends_with_its_persons_account_and_stays_ended(desk: DeskUnderTest):
    person = desk.add_person("editor")
    program = desk.with_token(person, "edit")
    assert program.get("/api/v1/session").status_code == 200
    for switch in (managing.disable_person, managing.enable_person):
        with desk.engine.begin() as connection:
            switch(connection, "test", person)
        assert program.get("/api/v1/session").status_code == 401


def test_somebody_elses_token_is_not_there_but_an_administrator_may_end_it(desk: DeskUnderTest):
    token = desk.signed_in("editor").post(ADDRESS, json=WANTED).json["id"]
    assert desk.signed_in("editor").delete(f"{ADDRESS}/{token}").status_code == 404
    assert desk.signed_in("administrator").delete(f"{ADDRESS}/{token}").status_code == 200


def test_a_token_without_a_label_a_known_scope_or_an_end_is_refused(desk: DeskUnderTest):
    client = desk.signed_in("editor")
    for body in UNFIT:
        assert client.post(ADDRESS, json=body).status_code == 400, body


@pytest.mark.parametrize(
    "header", ["Basic YTpi", "Bearer", "Bearer nonsense", "marjaa_x", "Bearer marjaa_\u00e9"]
)
def test_what_is_no_token_is_refused_even_with_a_session(desk: DeskUnderTest, header: str):
    client = desk.signed_in("editor")
    assert client.get("/api/v1/session", headers={"Authorization": header}).status_code == 401


def test_a_token_in_an_address_is_refused_unread(desk: DeskUnderTest):
    secret = desk.signed_in("editor").post(ADDRESS, json=WANTED).json["secret"]
    assert desk.public().get(f"/api/v1/session?access_token={secret}").status_code == 401
