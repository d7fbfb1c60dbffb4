"""Signing in at an OpenID Connect provider, which runs here on loopback."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from registry import models
from registry.accounts.managing import disable_person
from tests.registry.desk_client import DeskUnderTest, opened_desk

with warnings.catch_warnings():
    # The provider uses what its own library, Authlib, calls outdated.
    warnings.simplefilter("ignore")
    from oidc_provider_mock import User, run_server_in_thread

pytestmark = pytest.mark.filterwarnings("ignore")

START = "/api/v1/session/oidc"
VERIFIED = {"email": "Amina@Example.org", "email_verified": True}


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    users = [
        User(sub="amina", claims=VERIFIED),
        User(sub="unverified", claims={**VERIFIED, "email_verified": False}),
        User(sub="says-true", claims={**VERIFIED, "email_verified": "true"}),
        User(sub="other", claims=VERIFIED),
        User(sub="stranger", claims={"email": "stranger@example.org", "email_verified": True}),
        User(sub="nameless", claims={}),
    ]
    with run_server_in_thread(user_claims=users) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def desk(engine: Engine, tmp_path: Path, provider: str) -> Iterator[DeskUnderTest]:
    settings = signing_in_at(provider)
    with opened_desk(engine, tmp_path / "data", MARJAA_PUBLIC_URL="http://localhost", **settings) as opened:
        yield opened


def signing_in_at(issuer: str) -> dict[str, str]:
    """The settings for a provider."""
    variables = {"ISSUER": issuer, "CLIENT_ID": "marjaa", "CLIENT_SECRET": "hush"}
    return {f"MARJAA_OIDC_{name}": value for name, value in variables.items()}


def approved(client: FlaskClient, subject: str) -> str:
    """Where the provider sends somebody back to, who said there that they are `subject`."""
    left = client.get(START)
    assert left.status_code == 302
    form = requests.post(left.location, data={"sub": subject}, allow_redirects=False, timeout=10)
    assert form.status_code == 302, form.text
    return form.headers["Location"]


def sign_in(client: FlaskClient, subject: str) -> TestResponse:
    back = urlsplit(approved(client, subject))
    return client.get(f"{back.path}?{back.query}")


def test_somebody_with_an_account_signs_in_by_their_verified_email_and_is_bound(
    desk: DeskUnderTest, provider: str
):
    person = desk.add_person("editor", email="amina@example.org")
    client = desk.public()
    back = sign_in(client, "amina")
    assert (back.status_code, back.location) == (302, "http://localhost/")
    assert client.get("/api/v1/session").json["person"] == str(person)
    with desk.engine.connect() as connection:
        assert connection.scalar(select(models.Person.subject)) == f"{provider} amina"
    assert sign_in(desk.public(), "amina").status_code == 302
    assert sign_in(desk.public(), "other").status_code == 401, "the account is bound to another subject"


@pytest.mark.parametrize("subject", ["unverified", "says-true", "stranger", "nameless"])
def test_nobody_else_gets_in(desk: DeskUnderTest, subject: str):
    desk.add_person("editor", email="amina@example.org")
    refused = sign_in(desk.public(), subject)
    assert (refused.status_code, refused.json["type"]) == (401, "/problems/wrong-credentials")
    assert "marjaa=" not in refused.headers.get("Set-Cookie", "")


def test_a_disabled_account_stays_shut(desk: DeskUnderTest):
    person = desk.add_person("editor", email="amina@example.org")
    sign_in(desk.public(), "amina")
    with desk.engine.begin() as connection:
        disable_person(connection, "test", person)
    assert sign_in(desk.public(), "amina").status_code == 401


def test_the_way_there_is_protected_and_the_way_back_must_have_begun_here(desk: DeskUnderTest):
    desk.add_person("editor", email="amina@example.org")
    client = desk.public()
    asked = parse_qs(urlsplit(client.get(START).location).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["nonce"]
    assert asked["redirect_uri"] == ["http://localhost/api/v1/session/oidc/callback"]
    back = urlsplit(approved(client, "amina"))
    for stranger, query in (
        (desk.public(), back.query),
        (client, "code=x&state=y"),
        (client, ""),
        (client, "error=access_denied"),
    ):
        assert stranger.get(f"{back.path}?{query}").status_code == 401
    assert client.get(f"{back.path}?{back.query}").status_code == 302
    assert client.get(f"{back.path}?{back.query}").status_code == 401, "an answer is good once"


def test_without_a_provider_there_is_nothing_at_its_address(sqlite_engine: Engine, tmp_path: Path):
    with opened_desk(sqlite_engine, tmp_path / "data") as opened:
        for address in (START, f"{START}/callback"):
            assert opened.public().get(address).status_code == 404


def test_a_provider_that_does_not_answer_is_said_not_to(sqlite_engine: Engine, tmp_path: Path):
    with opened_desk(sqlite_engine, tmp_path / "data", **signing_in_at("http://127.0.0.1:9")) as opened:
        refused = opened.public().get(START)
    assert (refused.status_code, "Retry-After" in refused.headers) == (503, True)
