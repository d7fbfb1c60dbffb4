"""Bad input over HTTP: a problem document that names the input and what was expected; never a 5xx."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient

API = "/api/v1"
UNITS = f"{API}/referentials/units"
CURSOR = "eJ8abc"
LONG = b"a" * 200


@pytest.mark.parametrize(
    ("url", "status", "slug", "named"),
    [
        (f"{API}/referentials/unitz", 404, "unknown-referential", "units"),
        (f"{API}/referentials/none/items/01", 404, "unknown-referential", "none"),
        (f"{UNITS}/versions/1999", 404, "unknown-version", "2014"),
        (f"{UNITS}/versions/1999/items/01", 404, "unknown-version", "1999"),
        (f"{UNITS}/items/01?version=1999", 404, "unknown-version", "1999"),
        (f"{UNITS}/items/99.999.99", 404, "unknown-code", "99.999.99"),
        (f"{UNITS}/items/{'9' * 5000}", 404, "unknown-code", "9"),
        (f"{UNITS}/items/99/history", 404, "unknown-code", "99"),
        (f"{UNITS}/items/99/projection?from=2020-01-01&to=2021-01-01", 404, "unknown-code", "99"),
        (f"{API}/correspondences/none", 404, "unknown-correspondence", "none"),
        (f"{UNITS}/export.pdf", 404, "unknown-format", "csv"),
        (f"{UNITS}/nothing", 404, "unknown-address", "nothing"),
        ("/nothing", 404, "unknown-address", "nothing"),
        (f"{UNITS}/items/01?at=yesterday", 400, "bad-value", "at"),
        (f"{UNITS}/items/01?at=2024-02-30", 400, "bad-value", "2024-02-30"),
        (f"{UNITS}/items/01?at=20240101", 400, "bad-value", "at"),
        (f"{UNITS}/items/01?at=٢٠٢٤-٠١-٠١", 400, "bad-value", "at"),
        (f"{UNITS}/items/01?lang=xx", 400, "bad-value", "lang"),
        (f"{UNITS}/items/01?shape=round", 400, "bad-value", "simplified"),
        (f"{UNITS}/items/01?colour=red", 400, "bad-value", "colour"),
        (f"{API}/referentials?limit=1", 400, "bad-value", "limit"),
        (f"{UNITS}/items?level=planet", 400, "bad-value", "commune"),
        (f"{UNITS}/items?level=", 400, "bad-value", "level"),
        (f"{UNITS}/items?status=alive", 400, "bad-value", "retired"),
        (f"{UNITS}/items?parent=77", 400, "bad-value", "parent"),
        (f"{UNITS}/items?under=77", 400, "bad-value", "under"),
        (f"{UNITS}/items?limit=0", 400, "bad-value", "1000"),
        (f"{UNITS}/items?limit=1001", 400, "bad-value", "1000"),
        (f"{UNITS}/items?limit=ten", 400, "bad-value", "ten"),
        (f"{UNITS}/items?limit=1e2", 400, "bad-value", "limit"),
        (f"{UNITS}/items?bbox=1,2,3", 400, "bad-value", "bbox"),
        (f"{UNITS}/items?bbox=nan,nan,nan,nan", 400, "bad-value", "bbox"),
        (f"{UNITS}/items?bbox=5,0,1,1", 400, "bad-value", "west"),
        (f"{UNITS}/items?bbox=-1,0,1,inf", 400, "bad-value", "bbox"),
        (f"{UNITS}/items?codes=5..1", 400, "bad-value", "codes"),
        (f"{UNITS}/items?codes=01,,02", 400, "bad-value", "codes"),
        (f"{UNITS}/items?cursor={CURSOR}", 400, "bad-cursor", "cursor"),
        (f"{UNITS}/items?cursor=é", 400, "bad-cursor", "cursor"),
        (f"{UNITS}/items?q=", 400, "bad-value", "q"),
        (f"{UNITS}/items?q={'a' * 201}", 400, "bad-value", "200"),
        (f"{UNITS}/items?unknown=1&at=never&limit=x", 400, "bad-value", "unknown"),
        (f"{UNITS}/items/01/projection?from=2020-01-01", 400, "bad-value", "to"),
        (f"{UNITS}/items/01/projection?from=x&to=y", 400, "bad-value", "from"),
        (f"{UNITS}/items/01/projection?from=2020-01-01&to=0001-01-01", 404, "before-records", "2014"),
        (f"{UNITS}/items/01.100.07/projection?from=2020-01-01&to=2025-01-01", 404, "not-valid-then", "2024"),
        (f"{UNITS}/suggest", 400, "bad-value", "q"),
        (f"{UNITS}/suggest?q={'́' * 201}", 400, "bad-value", "q"),
        (f"{UNITS}/match?q={'x' * 10_000}", 400, "bad-value", "q"),
        (f"{UNITS}/match?q=fes&level=planet", 400, "bad-value", "planet"),
        (f"{UNITS}/match?q=fes&at=2000-01-01", 404, "before-records", "2014"),
    ],
)
def test_bad_input_is_a_problem_that_says_what_and_where(
    client: FlaskClient, url: str, status: int, slug: str, named: str
) -> None:
    answer = client.get(url)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    problem = answer.get_json()
    assert problem["type"] == f"/problems/{slug}"
    assert problem["status"] == status
    assert named in json.dumps(problem, ensure_ascii=False)
    assert len(answer.data) < 3000
    assert client.get(problem["type"]).status_code == 200


def test_everything_wrong_with_a_query_is_said_at_once(client: FlaskClient) -> None:
    problem = client.get(f"{UNITS}/items?unknown=1&at=never&limit=x").get_json()
    assert {error["name"] for error in problem["errors"]} == {"unknown", "at", "limit"}


def test_a_cursor_is_good_only_for_its_own_query(client: FlaskClient) -> None:
    cursor = client.get(f"{UNITS}/items?limit=1").get_json()["next"]
    for query in ("level=region", "version=2014", "at=2020-01-01", "lang=ar"):
        answer = client.get(f"{UNITS}/items?{query}&cursor={cursor}")
        assert (answer.status_code, answer.get_json()["type"]) == (400, "/problems/bad-cursor")


@pytest.mark.parametrize("position", [0, 10, -1])
def test_a_damaged_cursor_is_refused(client: FlaskClient, position: int) -> None:
    cursor = client.get(f"{UNITS}/items?limit=1").get_json()["next"]
    signs = list(cursor)
    signs[position] = "A" if signs[position] != "A" else "B"
    assert client.get(f"{UNITS}/items?limit=1&cursor={''.join(signs)}").status_code == 400


@pytest.mark.parametrize(
    ("body", "status", "named"),
    [
        (b"", 400, "empty"),
        (b"{", 400, "JSON"),
        (b"\xff\xfe", 400, "JSON"),
        (b"[" * 30_000, 400, "body"),
        (b'{"queries": [{"text": "a"}], "limit": %s}' % (b"9" * 5000), 400, "too long"),
        (b"[]", 400, "object"),
        (b"{}", 400, "queries"),
        (b'{"queries": []}', 400, "queries"),
        (b'{"queries": {}}', 400, "queries"),
        (b'{"queries": [1]}', 400, "queries"),
        (b'{"queries": [{}]}', 400, "text"),
        (b'{"queries": [{"text": 5}]}', 400, "text"),
        (b'{"queries": [{"text": ""}]}', 400, "text"),
        (b'{"queries": [{"text": "\\ud800"}]}', 400, "text"),
        (b'{"queries": [{"text": "a", "colour": 1}]}', 400, "colour"),
        (b'{"queries": [{"text": "a", "level": [["b"]]}]}', 400, "level"),
        (b'{"queries": [{"text": "a", "level": "planet"}]}', 400, "planet"),
        (b'{"queries": [{"text": "a"}], "limit": true}', 400, "limit"),
        (b'{"queries": [{"text": "a"}], "limit": 1.5}', 400, "limit"),
        (b'{"queries": [{"text": "a"}], "limit": NaN}', 400, "limit"),
        (b'{"queries": [%s]}' % b",".join([b'{"text": "a"}'] * 101), 400, "100"),
        (b'{"queries": [%s]}' % b",".join([b'{"text": "%s", "within": "b"}' % LONG] * 100), 400, "20,000"),
        (b'{"queries": [{"text": "%s"}]}' % (b"a" * 70_000), 413, "large"),
    ],
)
def test_a_bad_body_is_a_problem_that_says_what_and_where(
    client: FlaskClient, body: bytes, status: int, named: str
) -> None:
    answer = client.post(f"{UNITS}/match", data=body, content_type="application/json")
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert named in answer.get_data(as_text=True)


def test_a_body_of_another_type_is_refused(client: FlaskClient) -> None:
    answer = client.post(f"{UNITS}/match", data="q=fes", content_type="text/plain")
    assert (answer.status_code, answer.get_json()["type"]) == (415, "/problems/wrong-media-type")


def test_a_method_that_is_not_allowed_names_those_that_are(client: FlaskClient) -> None:
    answer = client.delete(f"{UNITS}/items/01")
    assert (answer.status_code, answer.get_json()["type"]) == (405, "/problems/wrong-method")
    assert "GET" in answer.headers["Allow"]


def test_a_defect_shows_no_internals(published, monkeypatch) -> None:
    from registry.api import items
    from registry.app import create_app
    from tests.registry.small_library import settings

    def broken(*_: object, **__: object) -> bytes:
        raise RuntimeError("a secret path")

    monkeypatch.setattr(items, "look_up", broken)
    answer = create_app(settings(published)).test_client().get(f"{UNITS}/items/01")
    assert (answer.status_code, answer.get_json()["type"]) == (500, "/problems/failure")
    assert "secret" not in answer.get_data(as_text=True)
