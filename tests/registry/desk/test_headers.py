"""Headers that every answer has, of the desk and of what is published, errors too; and what is counted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from registry.app import create_app
from registry.config import Settings
from tests.registry.desk_client import DeskUnderTest, opened_desk
from tests.registry.small_library import build_library

POSTS = 40
HTTPS = "https://data.example.org"


@pytest.fixture
def secure(sqlite_engine: Engine, tmp_path: Path) -> Iterator[DeskUnderTest]:
    with opened_desk(sqlite_engine, tmp_path / "data", MARJAA_PUBLIC_URL=HTTPS) as opened:
        yield opened


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("published")
    build_library(data / "snapshots")
    return data


def service(data: Path, **variables: str) -> Flask:
    given = {"MARJAA_DATA": str(data), "MARJAA_RATE_POST": str(POSTS), **variables}
    return create_app(Settings.from_environment(given))


def match(client: FlaskClient, **more: object) -> TestResponse:
    body = {"queries": [{"text": "Taza"}]}
    return client.post("/api/v1/referentials/units/match", json=body, **more)


def answers(client: FlaskClient) -> list[TestResponse]:
    """Answers of every sort: done, refused, not found, of a wrong method, of a body that is none."""
    return [
        client.get("/api/v1/session"),
        client.get("/api/v1/people"),
        client.get("/api/v1/people/nonsense"),
        client.put("/api/v1/people"),
        client.post("/api/v1/session", data="{", content_type="application/json"),
        client.post("/api/v1/session", data="x", content_type="text/plain"),
        client.options("/api/v1/session"),
    ]


def test_no_answer_of_the_desk_is_kept_framed_guessed_or_read_by_other_sites(desk: DeskUnderTest):
    for client in (desk.public(), desk.signed_in("administrator")):
        for answer in answers(client):
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            policy = answer.headers["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in policy
            assert "unsafe-inline" not in policy
            assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]
            assert "Strict-Transport-Security" not in answer.headers


def test_over_https_browsers_are_told_to_stay_there_and_cookies_do(secure: DeskUnderTest):
    client = secure.signed_in("administrator")
    for answer in answers(client):
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")
    ended = client.delete("/api/v1/session", base_url="https://localhost")
    assert ended.headers["Set-Cookie"].startswith("__Host-marjaa=;")
    assert "Secure" in ended.headers["Set-Cookie"]


def test_over_https_published_data_says_so_too(published: Path):
    client = service(published, MARJAA_PUBLIC_URL=HTTPS).test_client()
    for address in ("/api/v1/referentials", "/api/v1/referentials/unheard-of", "/nothing", "/api/v1/docs"):
        assert "Strict-Transport-Security" in client.get(address).headers
    assert "Strict-Transport-Security" not in service(published).test_client().get("/").headers


def test_other_sites_may_read_the_document_of_the_api(published: Path):
    answer = service(published).test_client().get("/api/v1/openapi.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_many_requests_with_a_body_from_one_address_are_slowed_by_all_processes_together(
    published: Path, tmp_path: Path
):
    data = copy_of(published, tmp_path)
    workers = [service(data).test_client() for _ in range(2)]
    statuses = [match(workers[number % 2]).status_code for number in range(POSTS + 1)]
    assert statuses[:POSTS] == [200] * POSTS
    slowed = match(workers[0])
    assert (statuses[-1], slowed.status_code) == (429, 429)
    assert 1 <= int(slowed.headers["Retry-After"]) <= 2
    assert slowed.json["type"] == "/problems/too-many-requests"
    assert slowed.headers["X-Content-Type-Options"] == "nosniff"
    assert slowed.headers["Access-Control-Allow-Origin"] == "*"
    assert match(workers[0], environ_base={"REMOTE_ADDR": "198.51.100.7"}).status_code == 200


def test_reading_page_after_page_is_never_slowed(published: Path, tmp_path: Path):
    client = service(copy_of(published, tmp_path), MARJAA_RATE_POST="1").test_client()
    pages = [client.get("/api/v1/referentials/units/items?limit=1").status_code for _ in range(250)]
    assert pages == [200] * 250


@pytest.mark.parametrize(
    ("proxies", "forwarded", "counted_apart"),
    [
        ("0", "203.0.113.{}", False),
        ("1", "203.0.113.{}", True),
        ("1", "203.0.113.{}, 192.0.2.1", False),
        ("2", "203.0.113.{}, 192.0.2.1", True),
        ("1", "2001:db8::{}", False),
        ("1", "2001:db8:0:{}::1", True),
        ("1", "not an address", False),
        ("2", "203.0.113.{}", False),
    ],
)
def test_the_address_is_the_one_that_the_trusted_proxies_saw(
    published: Path, tmp_path: Path, proxies: str, forwarded: str, counted_apart: bool
):
    client = service(copy_of(published, tmp_path), MARJAA_RATE_POST="1", MARJAA_PROXIES=proxies).test_client()
    statuses = [
        match(client, headers={"X-Forwarded-For": forwarded.format(number)}).status_code for number in (1, 2)
    ]
    assert statuses == [200, 200 if counted_apart else 429]


def test_published_data_is_answered_where_nothing_can_be_counted(published: Path, tmp_path: Path):
    data = copy_of(published, tmp_path)
    (data / "volatile.sqlite").mkdir()
    assert match(service(data).test_client()).status_code == 200


def test_the_desk_says_that_it_has_to_wait_where_sessions_cannot_be_read(desk: DeskUnderTest):
    client = desk.signed_in("editor")
    desk.volatile.close()
    desk.settings.volatile.write_text("this is no database at all, whatever its name says")
    refused = client.get("/api/v1/session")
    assert (refused.status_code, "Retry-After" in refused.headers) == (503, True)
    assert str(desk.settings.data) not in refused.text


def test_an_anonymous_report_is_slowed_and_one_of_somebody_known_is_not(
    sqlite_engine: Engine, tmp_path: Path
):
    with opened_desk(sqlite_engine, tmp_path / "data", MARJAA_RATE_POST="1") as desk:
        public, known = desk.public(), desk.signed_in("editor")
        addresses = [
            client.post("/api/v1/error-reports", json={}) for client in (public, public, known, known)
        ]
    assert [answer.status_code for answer in addresses] == [400, 429, 400, 400]


def copy_of(published: Path, folder: Path) -> Path:
    """Another service's data folder over the same snapshots."""
    data = folder / "data"
    data.mkdir()
    (data / "snapshots").symlink_to(published / "snapshots")
    return data
