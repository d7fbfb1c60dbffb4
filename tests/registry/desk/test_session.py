"""Signing in and out."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registry.accounts import managing
from tests.registry.desk_client import DeskUnderTest

ADDRESS = "/api/v1/session"
PASSWORD = "marmot-thirteen-Tafraout"
REFUSED = [
    ("amina@example.org", "marmot-thirteen-tafraout"),
    ("nobody@example.org", PASSWORD),
    ("out@example.org", PASSWORD),
    ("elsewhere@example.org", PASSWORD),
    ("é\U0001f600'; --", "x"),
]


def add_with_password(desk: DeskUnderTest, email: str = "amina@example.org", password: str = PASSWORD):
    with desk.engine.begin() as connection:
        return managing.create_person(connection, "test", email, "Amina", password=password).id


def sign_in(client: FlaskClient, email: str = "amina@example.org", password: str = PASSWORD) -> TestResponse:
    return client.post(ADDRESS, json={"email": email, "password": password})


def test_whoever_signed_in_is_known_and_the_public_is_not(desk: DeskUnderTest):
    add_with_password(desk)
    client = desk.public()
    assert client.get(ADDRESS).status_code == 401
    said = sign_in(client, "  AMINA@Example.org ")
    assert said.status_code == 200
    assert said.json["name"] == "Amina"
    assert client.get(ADDRESS).json == said.json


def test_the_cookie_cannot_be_read_by_pages_nor_sent_by_other_sites(desk: DeskUnderTest):
    add_with_password(desk)
    cookie = sign_in(desk.public()).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie


def test_each_sign_in_has_a_session_of_its_own_and_ends_the_one_before(desk: DeskUnderTest):
    add_with_password(desk)
    client, thief = desk.public(), desk.public()
    sign_in(client)
    first = client.get_cookie("marjaa")
    thief.set_cookie("marjaa", first.value)
    sign_in(client)
    assert client.get_cookie("marjaa").value != first.value
    assert thief.get(ADDRESS).status_code == 401


def test_a_session_id_that_was_made_up_is_never_taken(desk: DeskUnderTest):
    add_with_password(desk)
    client = desk.public()
    client.set_cookie("marjaa", "known-beforehand")
    assert client.get(ADDRESS).status_code == 401
    sign_in(client)
    assert client.get_cookie("marjaa").value != "known-beforehand"


def test_after_signing_out_the_cookie_is_worth_nothing(desk: DeskUnderTest):
    client = desk.signed_in("editor")
    kept = client.get_cookie("marjaa").value
    assert client.delete(ADDRESS).status_code == 204
    client.set_cookie("marjaa", kept)
    assert client.get(ADDRESS).status_code == 401


def test_what_changes_something_needs_the_csrf_token_of_this_session(desk: DeskUnderTest):
    client, other = desk.signed_in("editor"), desk.signed_in("editor")
    token = client.environ_base.pop("HTTP_X_CSRF_TOKEN")
    assert client.get(ADDRESS).json["csrf_token"] == token
    for wrong in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": other.environ_base["HTTP_X_CSRF_TOKEN"]}):
        refused = client.delete(ADDRESS, headers=wrong)
        assert (refused.status_code, refused.json["type"]) == (403, "/problems/unconfirmed-request")
    assert client.delete(ADDRESS, headers={"X-CSRF-Token": token}).status_code == 204


def test_an_unknown_person_and_a_wrong_password_are_answered_alike(desk: DeskUnderTest):
    add_with_password(desk)
    desk.add_person(email="elsewhere@example.org")
    person = add_with_password(desk, "out@example.org")
    with desk.engine.begin() as connection:
        managing.disable_person(connection, "test", person)
    answers = [sign_in(desk.public(), email, password) for email, password in REFUSED]
    assert {answer.status_code for answer in answers} == {401}
    assert {answer.json["detail"] for answer in answers} == {"The e-mail or the password is not right."}
    assert not any("Set-Cookie" in answer.headers for answer in answers)


def test_a_disabled_person_is_out_at_once_and_stays_out_when_enabled_again(desk: DeskUnderTest):
    administrator = desk.signed_in("administrator")
    person = desk.add_person("editor")
    client = desk.sign_in(person)
    assert client.get(ADDRESS).status_code == 200
    for disabled in (True, False):
        administrator.patch(f"/api/v1/people/{person}", json={"disabled": disabled})
        assert client.get(ADDRESS).status_code == 401


def test_guessing_is_slowed_and_the_right_password_works_again_later(
    desk: DeskUnderTest, monkeypatch: pytest.MonkeyPatch
):
    person = add_with_password(desk)
    clock = Clock()
    monkeypatch.setattr(desk.volatile, "_clock", clock)
    client = desk.public()
    answers = [sign_in(client, password=f"guess {number}") for number in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert answers[-1].headers["Retry-After"] == "90"
    assert sign_in(client).status_code == 429, "the right one is not told from a guess either"
    clock.now += 91
    assert sign_in(client).json["person"] == str(person)
    assert [sign_in(client, password="wrong").status_code for _ in range(10)] == [401] * 10


def test_another_address_is_not_kept_from_the_account_until_many_guessed(desk: DeskUnderTest):
    add_with_password(desk)
    for number in range(11):
        sign_in(desk.public(), password=f"guess {number}")
    elsewhere = desk.public()
    elsewhere.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    assert sign_in(elsewhere).status_code == 200


def test_many_accounts_tried_from_one_address_are_slowed(
    desk: DeskUnderTest, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("registry.desk.session.sign_in", refuse)
    tried = [sign_in(desk.public(), f"{number}@example.org").status_code for number in range(51)]
    assert tried == [401] * 50 + [429]


def test_one_account_tried_from_many_addresses_is_slowed(
    desk: DeskUnderTest, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("registry.desk.session.sign_in", refuse)
    tried = []
    for number in range(51):
        client = desk.public()
        client.environ_base["REMOTE_ADDR"] = f"198.51.100.{number}"
        tried.append(sign_in(client).status_code)
    assert tried == [401] * 50 + [429]


def test_a_person_sets_another_password_and_their_other_sessions_end(desk: DeskUnderTest):
    person = add_with_password(desk)
    client, other = desk.sign_in(person), desk.sign_in(person)
    new = "a heron on the Bouregreg"
    wrong = client.put(f"{ADDRESS}/password", json={"current": "no", "new": new})
    assert wrong.status_code == 401
    weak = client.put(f"{ADDRESS}/password", json={"current": PASSWORD, "new": "password1234"})
    assert (weak.status_code, "password1234" in weak.text) == (400, False)
    assert client.put(f"{ADDRESS}/password", json={"current": PASSWORD, "new": new}).status_code == 200
    assert client.get(ADDRESS).status_code == 200
    assert other.get(ADDRESS).status_code == 401
    assert sign_in(desk.public(), password=new).status_code == 200
    assert sign_in(desk.public()).status_code == 401


class Clock:
    """A clock that moves when it is told to."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def refuse(*_: object) -> None:
    from registry.accounts.identity import WrongCredentials

    raise WrongCredentials
