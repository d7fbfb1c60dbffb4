"""One code over HTTP: the rules of decision D2, languages, shapes and caching."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from registry.app import create_app
from tests.registry.small_library import (
    ANNOUNCED,
    LEVELS,
    UNITS,
    Edition,
    build_library,
    publish,
    settings,
)

UNITS_URL = "/api/v1/referentials/units"
ITEM = f"{UNITS_URL}/items"
IMMUTABLE = "public, max-age=31536000, immutable"


def test_a_code_answers_as_valid_today_with_version_and_date(client: FlaskClient) -> None:
    item = client.get(f"{ITEM}/01.100.07").get_json()
    assert (item["version"], item["at"], item["status"]) == ("2024", "2026-03-15", "valid")
    assert item["names"] == {"fr": "Oulad Tayeb", "ar": "أولاد الطيب"}
    assert item["parent"] == "01.100"
    assert item["other_names"] == [{"text": "Ouled Tayeb", "language": "fr", "script": "Latn"}]
    assert item["predecessors"] == [{"code": "01.100.05", "event": "recode", "effective_on": "2024-09-01"}]
    assert "shape" not in item


def test_a_retired_code_names_its_successor(client: FlaskClient) -> None:
    item = client.get(f"{ITEM}/01.100.05").get_json()
    assert (item["status"], item["valid_to"]) == ("superseded", "2024-09-01")
    assert [successor["code"] for successor in item["successors"]] == ["01.100.07"]


def test_an_abolished_code_is_retired_without_a_successor(client: FlaskClient) -> None:
    item = client.get(f"{ITEM}/02.300.02").get_json()
    assert (item["status"], item["successors"]) == ("retired", [])


def test_a_code_answers_as_it_was_on_a_date(client: FlaskClient) -> None:
    assert client.get(f"{ITEM}/02.300.01?at=2020-01-01").get_json()["names"]["fr"] == "Tafraout"
    assert client.get(f"{ITEM}/02.300.01?at=2024-09-01").get_json()["names"]["fr"] == "Tafraoute"


def test_a_code_that_begins_later_is_announced(tmp_path: Path) -> None:
    publish(tmp_path / "snapshots", "units", (*UNITS, ANNOUNCED), LEVELS, languages=("fr", "ar"))
    item = create_app(settings(tmp_path)).test_client().get(f"{ITEM}/02.300.05").get_json()
    assert (item["status"], item["valid_from"]) == ("announced", "2030-01-01")


def test_an_unknown_code_is_a_problem_with_the_nearest_codes(client: FlaskClient) -> None:
    answer = client.get(f"{ITEM}/01.100.06")
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    problem = answer.get_json()
    assert problem["type"] == "/problems/unknown-code"
    assert "01.100.07" in problem["nearest"]


def test_the_time_before_the_records_is_said_to_be_unknown(client: FlaskClient) -> None:
    answer = client.get(f"{ITEM}/01.100.05?at=2000-01-01")
    assert answer.status_code == 404
    problem = answer.get_json()
    assert problem["type"] == "/problems/before-records"
    assert problem["records_from"] == "2014-09-01"
    assert "does not know" in problem["detail"]


def test_a_version_answers_at_its_own_date(client: FlaskClient) -> None:
    item = client.get(f"{UNITS_URL}/versions/2014/items/01.100.05").get_json()
    assert (item["version"], item["at"], item["status"]) == ("2014", "2014-09-01", "valid")


def test_the_version_can_be_a_parameter(client: FlaskClient) -> None:
    by_parameter = client.get(f"{ITEM}/01.100.05?version=2014")
    by_path = client.get(f"{UNITS_URL}/versions/2014/items/01.100.05")
    assert by_parameter.data == by_path.data
    assert by_parameter.headers["Cache-Control"] == IMMUTABLE


def test_one_language_is_told_and_others_are_left_out(client: FlaskClient) -> None:
    item = client.get(f"{ITEM}/01.100.07?lang=ar").get_json()
    assert (item["language"], item["names"]) == ("ar", {"ar": "أولاد الطيب"})
    assert item["other_names"] == []


def test_a_missing_language_falls_back_and_says_so(client: FlaskClient) -> None:
    item = client.get(f"{ITEM}/01.100.09?lang=ar").get_json()
    assert (item["language"], item["names"]) == ("fr", {"fr": "Aïn Cheggag"})
    english = client.get(f"{ITEM}/01.100.07?lang=en-GB").get_json()
    assert english["language"] == "fr"


@pytest.mark.parametrize("detail", ["simplified", "full"])
def test_a_shape_comes_only_when_asked_for(client: FlaskClient, detail: str) -> None:
    square = client.get(f"{ITEM}/01.100.07?shape={detail}").get_json()["shape"]
    assert square["type"] == "Polygon"
    point = client.get(f"{ITEM}/01.100.09?shape={detail}").get_json()["shape"]
    assert point == {"type": "Point", "coordinates": [-5.05, 33.88]}
    assert client.get(f"{ITEM}/01?shape={detail}").get_json()["shape"] is None


def test_an_answer_from_a_version_never_changes(client: FlaskClient) -> None:
    answer = client.get(f"{UNITS_URL}/versions/2014/items/01")
    assert answer.headers["Cache-Control"] == IMMUTABLE
    assert answer.headers["ETag"].startswith('"')
    today = client.get(f"{UNITS_URL}/versions/2014/items/01?at=today")
    assert today.headers["Cache-Control"] == "public, max-age=60"
    assert today.get_json()["at"] == "2026-03-15"


def test_what_the_client_holds_is_not_sent_again(client: FlaskClient) -> None:
    etag = client.get(f"{ITEM}/01").headers["ETag"]
    for held in (etag, f'"other", W/{etag}', "*"):
        again = client.get(f"{ITEM}/01", headers={"If-None-Match": held})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == etag
    assert client.get(f"{ITEM}/01", headers={"If-None-Match": '"other"'}).status_code == 200


def test_answers_that_differ_have_different_etags(client: FlaskClient) -> None:
    tails = ["", "?at=2020-01-01", "?lang=ar", "?lang=fr", "?shape=full", "?version=2014"]
    etags = [client.get(f"{ITEM}/02.300.01{tail}").headers["ETag"] for tail in tails]
    assert len(set(etags)) == len(tails)


def test_a_version_without_changes_is_another_answer(tmp_path: Path) -> None:
    unchanged = Edition("2024-bis", UNITS[-1].effective_on, UNITS[-1].items)
    publish(tmp_path / "snapshots", "units", (*UNITS, unchanged), LEVELS, languages=("fr", "ar"))
    client = create_app(settings(tmp_path)).test_client()
    versions = [client.get(f"{UNITS_URL}/versions/{label}").get_json() for label in ("2024", "2024-bis")]
    assert versions[0]["content_root"] == versions[1]["content_root"]
    held = client.get(f"{ITEM}/01?version=2024&at=2025-01-01").headers["ETag"]
    for query in ("", "/01", "/01/history"):
        etags = {
            client.get(f"{ITEM}{query}?version={label}").headers["ETag"].split("-")[0]
            for label in ("2024", "2024-bis")
        }
        assert len(etags) == 2
    newest = client.get(f"{ITEM}/01?at=2025-01-01", headers={"If-None-Match": held})
    assert (newest.status_code, newest.get_json()["version"]) == (200, "2024-bis")


def test_head_answers_like_get_without_a_body(client: FlaskClient) -> None:
    head, get = client.head(f"{ITEM}/01"), client.get(f"{ITEM}/01")
    assert (head.status_code, head.data) == (200, b"")
    assert dict(head.headers) == dict(get.headers)


def test_any_page_may_read_public_answers(client: FlaskClient) -> None:
    for answer in (client.get(f"{ITEM}/01"), client.get(f"{ITEM}/none")):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
        assert exposed == ["ETag", "Retry-After", "Content-Disposition", "Link"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Credentials" not in answer.headers
    preflight = client.options(f"{UNITS_URL}/match")
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in preflight.headers["Access-Control-Allow-Headers"]


def test_a_version_published_meanwhile_is_seen_without_a_restart(tmp_path: Path) -> None:
    build_library(tmp_path / "snapshots")
    client = create_app(settings(tmp_path)).test_client()
    before = client.get(f"{ITEM}/01").get_json()
    later = Edition("2025", date(2025, 1, 1), UNITS[-1].items)
    publish(tmp_path / "snapshots", "units", (*UNITS, later), LEVELS, languages=("fr", "ar"))
    assert (before["version"], client.get(f"{ITEM}/01").get_json()["version"]) == ("2024", "2025")


def test_a_snapshot_that_cannot_be_opened_is_a_503_without_internals(tmp_path: Path) -> None:
    build_library(tmp_path / "snapshots")
    (tmp_path / "snapshots" / "units" / "2" / "search" / "manifest.json").write_text("{}")
    answer = create_app(settings(tmp_path)).test_client().get(f"{ITEM}/01")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert str(tmp_path) not in json.dumps(answer.get_json())
