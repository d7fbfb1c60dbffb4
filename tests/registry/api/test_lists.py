"""Lists of items over HTTP: filters, paging, and cursors that pin the version and the day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from registry.app import create_app
from tests.registry.small_library import LEVELS, UNITS, Edition, build_library, publish, settings

UNITS_URL = "/api/v1/referentials/units"
ITEMS = f"{UNITS_URL}/items"


def codes(client: FlaskClient, query: str) -> list[str]:
    answer = client.get(f"{ITEMS}?{query}")
    assert answer.status_code == 200, answer.get_json()
    return [item["code"] for item in answer.get_json()["items"]]


def test_a_list_has_what_is_valid_today_in_the_order_of_codes(client: FlaskClient) -> None:
    page = client.get(ITEMS).get_json()
    found = [item["code"] for item in page["items"]]
    assert found == sorted(found)
    assert "01.100.07" in found
    assert "01.100.05" not in found
    assert {item["status"] for item in page["items"]} == {"valid"}
    assert (page["version"], page["at"], page["next"]) == ("2024", "2026-03-15", None)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("level=region", ["01", "02"]),
        ("level=region&level=province", ["01", "01.100", "01.200", "02", "02.300"]),
        ("level=region,province", ["01", "01.100", "01.200", "02", "02.300"]),
        ("parent=01", ["01.100", "01.200"]),
        ("parent=01.100", ["01.100.07", "01.100.09"]),
        ("under=02", ["02.300", "02.300.01"]),
        ("codes=01.100.07,02", ["01.100.07", "02"]),
        ("codes=02.*", ["02.300", "02.300.01"]),
        ("codes=01.200.10..01.200.31", ["01.200.10", "01.200.31"]),
        ("status=superseded", ["01.100.05", "01.200.01", "01.200.02", "01.200.03"]),
        ("status=retired", ["02.300.02"]),
        ("status=retired&status=superseded&parent=02.300", ["02.300.02"]),
        ("bbox=-5.06,33.8,-5.01,33.9", ["01.100.09"]),
        ("bbox=0,0,1,1", []),
        ("at=2020-01-01&parent=01.200", ["01.200.01", "01.200.02", "01.200.03"]),
        ("version=2014&parent=01.200", ["01.200.01", "01.200.02", "01.200.03"]),
        ("at=2020-01-01&level=commune&codes=01.1*", ["01.100.05", "01.100.09"]),
    ],
)
def test_filters_keep_what_they_say(client: FlaskClient, query: str, expected: list[str]) -> None:
    assert codes(client, query) == expected


def test_a_text_keeps_names_that_resemble_it_best_first(client: FlaskClient) -> None:
    assert codes(client, "q=meknasa+algharbia")[0] == "01.200.31"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=meknassa&status=superseded", ["01.200.03"]),
        ("q=arbaa&status=retired", ["02.300.02"]),
        ("q=meknassa&status=retired", []),
        ("q=meknasa&under=01", ["01.200.31", "01.200.32"]),
        ("q=oulad&bbox=-4.96,34,-4.95,34.05", ["01.100.07"]),
        ("q=tafraoute&parent=02.300", ["02.300.01"]),
        ("q=tafraoute&parent=01.100", []),
        ("q=01.200&codes=01.200.3*", ["01.200.31", "01.200.32"]),
        ("q=gueldamane&under=01.200&status=superseded&level=commune", ["01.200.01"]),
        ("q=bab+marzouka&under=01.200", ["01.200.10"]),
    ],
)
def test_a_text_ranks_what_the_other_filters_keep(
    client: FlaskClient, query: str, expected: list[str]
) -> None:
    assert sorted(codes(client, query)) == expected


def test_a_text_is_looked_for_below_an_item_though_many_elsewhere_resemble_it_more(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.serving.listing.RANKED", 1)
    assert codes(client, "q=ta&under=02") != codes(client, "q=ta&under=01")
    assert codes(client, "q=ta&under=02") == ["02.300.01"]
    assert codes(client, "q=ta&under=01") == ["01.200"]


def test_a_list_in_one_language_says_which_each_item_got(client: FlaskClient) -> None:
    page = client.get(f"{ITEMS}?parent=01.100&lang=ar").get_json()
    assert page["language"] == "ar"
    assert [item["language"] for item in page["items"]] == ["ar", "fr"]


def test_a_list_can_have_shapes(client: FlaskClient) -> None:
    page = client.get(f"{ITEMS}?parent=01.100&shape=simplified").get_json()
    assert [item["shape"]["type"] for item in page["items"]] == ["Polygon", "Point"]


def walk(client: FlaskClient, query: str, url: str = ITEMS) -> list[str]:
    found: list[str] = []
    cursor = ""
    while True:
        page = client.get(f"{url}?{query}{cursor}").get_json()
        found += [item["code"] for item in page["items"]]
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 1000])
def test_pages_of_any_size_make_the_same_list(client: FlaskClient, limit: int) -> None:
    assert walk(client, f"limit={limit}") == codes(client, "limit=1000")


def test_pages_of_a_ranked_list_make_the_same_list(client: FlaskClient) -> None:
    assert walk(client, "q=meknassa&limit=1") == codes(client, "q=meknassa")


def test_the_limit_of_a_page_may_change_on_the_way(client: FlaskClient) -> None:
    first = client.get(f"{ITEMS}?limit=2").get_json()
    rest = client.get(f"{ITEMS}?limit=1000&cursor={first['next']}").get_json()
    assert [item["code"] for item in first["items"] + rest["items"]] == codes(client, "limit=1000")


def test_paging_stays_on_its_version_while_a_new_one_is_published(tmp_path: Path) -> None:
    build_library(tmp_path / "snapshots")
    client = create_app(settings(tmp_path)).test_client()
    expected = codes(client, "limit=1000")
    first = client.get(f"{ITEMS}?limit=3").get_json()
    fewer = Edition("2025", date(2025, 1, 1), UNITS[-1].items)
    publish(tmp_path / "snapshots", "units", (*UNITS, fewer), LEVELS, languages=("fr", "ar"))
    second = client.get(f"{ITEMS}?limit=1000&cursor={first['next']}").get_json()
    assert (second["version"], second["at"]) == (first["version"], first["at"])
    assert [item["code"] for item in first["items"] + second["items"]] == expected
    assert client.get(ITEMS).get_json()["version"] == "2025"


def test_a_list_of_a_version_never_changes_unless_it_is_ranked(client: FlaskClient) -> None:
    url = f"{UNITS_URL}/versions/2014/items"
    assert "immutable" in client.get(url).headers["Cache-Control"]
    assert "immutable" not in client.get(f"{url}?q=fes").headers["Cache-Control"]
    assert "immutable" not in client.get(f"{url}?at=today").headers["Cache-Control"]


def test_a_point_finds_what_it_lies_in(client: FlaskClient) -> None:
    inside = client.get("/api/v1/referentials/units/items?containing=-4.95,34.0").json
    assert [item["code"] for item in inside["items"]] == ["01.100.07"]
    assert client.get("/api/v1/referentials/units/items?containing=0,0").json["items"] == []
    before = client.get("/api/v1/referentials/units/versions/2014/items?containing=-5.0,34.1").json
    assert [item["code"] for item in before["items"]] == ["01.100.05"], "a corner belongs to the shape"


@pytest.mark.parametrize("point", ["", "1", "181,0", "0,91", "nan,0", "a,b", "1,2,3"])
def test_a_point_that_is_none_is_refused(client: FlaskClient, point: str) -> None:
    answer = client.get(f"/api/v1/referentials/units/items?containing={point}")
    assert (answer.status_code, answer.json["type"]) == (400, "/problems/bad-value")
