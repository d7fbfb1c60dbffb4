"""`marjaa list`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from registry.app import create_app
from tests.registry.small_library import settings

AT = ("--at", "2025-01-01")


def codes(answer) -> list[str]:
    return [item["code"] for item in json.loads(answer.stdout)["items"]]


def test_items_are_listed_in_order_of_their_codes(marjaa):
    assert codes(marjaa("list", "units", *AT, "--level", "region", "--json")) == ["01", "02"]


def test_a_table_says_what_it_was_read_from(marjaa):
    answer = marjaa("list", "units", *AT, "--level", "region")
    assert "Nord · الشمال" in answer.stdout
    assert "2 items of units 2024 on 2025-01-01" in answer.stderr


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        (["--parent", "01"], ["01.100", "01.200"]),
        (["--under", "02"], ["02.300", "02.300.01"]),
        (["--codes", "01,02.*"], ["01", "02.300", "02.300.01"]),
        (["--codes", "01.100..01.100.07"], ["01.100", "01.100.07"]),
        (["--level", "region,province", "--parent", "01"], ["01.100", "01.200"]),
        (["--level", "region", "--level", "province", "--parent", "02"], ["02.300"]),
        (["--status", "superseded", "--codes", "01.100.*"], ["01.100.05"]),
        (["--status", "retired"], ["02.300.02"]),
        (["--bbox", "-5.06,33.87,-5.04,33.89"], ["01.100.09"]),
    ],
)
def test_a_filter_keeps_what_it_says(marjaa, filters: list[str], kept: list[str]):
    assert codes(marjaa("list", "units", *AT, *filters, "--json")) == kept


def test_a_text_keeps_what_resembles_it(marjaa):
    assert codes(marjaa("list", "units", *AT, "--q", "Tafraou", "--json"))[0] == "02.300.01"


def test_json_is_the_same_to_the_byte_as_over_http(marjaa, snapshots: Path):
    client = create_app(settings(snapshots.parent)).test_client()
    over_http = client.get("/api/v1/referentials/units/items?at=2025-01-01&limit=3").data
    assert marjaa("list", "units", *AT, "--limit", "3", "--json").stdout_bytes == over_http + b"\n"


def test_a_list_goes_on_from_its_cursor_to_its_end(marjaa):
    first = json.loads(marjaa("list", "units", *AT, "--limit", "3", "--json").stdout)
    rest = json.loads(marjaa("list", "units", *AT, "--cursor", first["next"], "--all", "--json").stdout)
    whole = json.loads(marjaa("list", "units", *AT, "--all", "--json").stdout)
    assert first["items"] + rest["items"] == whole["items"]
    assert rest["next"] is None


def test_all_items_come_page_by_page_as_one_list(marjaa, monkeypatch):
    whole = marjaa("list", "units", *AT, "--all", "--json").stdout
    monkeypatch.setattr("registry.commands.listing.MOST", 2)
    assert marjaa("list", "units", *AT, "--all", "--json").stdout == whole


def test_nothing_found_is_an_empty_list(marjaa):
    document = json.loads(marjaa("list", "units", *AT, "--codes", "99", "--all", "--json").stdout)
    assert (document["items"], document["next"]) == ([], None)


def test_names_are_listed_in_the_language_asked_for(marjaa):
    told = marjaa("list", "units", *AT, "--parent", "01.100", "--lang", "ar").stdout
    assert "أولاد الطيب (ar)" in told
    assert "Aïn Cheggag (fr)" in told
    document = json.loads(marjaa("list", "units", *AT, "--lang", "ar", "--all", "--json").stdout)
    assert document["language"] == "ar"
    assert all(len(item["names"]) == 1 for item in document["items"])


def test_more_items_than_the_limit_are_announced(marjaa):
    assert "there are more" in marjaa("list", "units", *AT, "--limit", "2").stderr


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        (["--level", "village"], "region, province, commune"),
        (["--status", "lost"], "announced, valid, superseded, retired, invalid"),
        (["--codes", "02..01"], "a range is FIRST..LAST, in order"),
        (["--bbox", "1,2,3"], "west,south,east,north"),
        (["--bbox", "5,0,-5,1"], "west ≤ east"),
        (["--parent", "99"], "a code of units 2024"),
        (["--cursor", "abc"], "cursor"),
    ],
)
def test_a_filter_that_cannot_be_read_is_refused_with_what_is_expected(marjaa, filters: list[str], said: str):
    answer = marjaa("list", "units", *filters)
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert said in answer.stderr
