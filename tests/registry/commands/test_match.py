"""`marjaa match`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from registry.app import create_app
from tests.registry.small_library import settings

AT = ("--at", "2025-01-01")


def test_the_item_of_a_misspelt_name_is_found(marjaa):
    answer = marjaa("match", "units", "Oulad Taieb", *AT)
    assert answer.exit_code == 0
    assert "01.100.07" in answer.stdout


def test_an_arabic_name_is_found_and_printed(marjaa):
    answer = marjaa("match", "units", "أولاد الطيب", *AT)
    assert "01.100.07" in answer.stdout
    assert "أولاد الطيب" in answer.stdout


def test_the_parts_of_a_score_are_shown_where_asked(marjaa):
    plain = marjaa("match", "units", "Meknassa Gharbia", *AT).stdout
    explained = marjaa("match", "units", "Meknassa Gharbia", *AT, "--explain").stdout
    assert "parts" not in plain
    assert "parts" in explained
    assert "Scores are " in explained


def test_within_and_level_narrow_the_candidates(marjaa):
    document = json.loads(
        marjaa("match", "units", "Taza", *AT, "--within", "Nord", "--level", "province", "--json").stdout
    )
    [result] = document["results"]
    assert [candidate["code"] for candidate in result["candidates"]] == ["01.200"]


def test_json_is_the_same_as_over_http(marjaa, snapshots: Path):
    client = create_app(settings(snapshots.parent)).test_client()
    query = "/api/v1/referentials/units/match?q=Gueldaman&at=2025-01-01&limit=2"
    answer = marjaa("match", "units", "Gueldaman", *AT, "--limit", "2", "--json")
    assert json.loads(answer.stdout) == client.get(query).json


def test_a_text_that_means_nothing_has_no_code(marjaa):
    answer = marjaa("match", "units", "qqqqqqqq", *AT, "--json")
    assert answer.exit_code == 0
    assert json.loads(answer.stdout)["results"][0]["outcome"] == "none"


@pytest.mark.parametrize("level", ["village", "commune,village"])
def test_an_unknown_level_is_refused(marjaa, level: str):
    answer = marjaa("match", "units", "Taza", "--level", level)
    assert answer.exit_code == 2
    assert "'village' is not accepted" in answer.stderr


def test_candidates_are_named_in_the_language_asked_for(marjaa, snapshots: Path):
    client = create_app(settings(snapshots.parent)).test_client()
    answer = marjaa("match", "units", "Gueldaman", *AT, "--lang", "ar", "--json")
    over_http = client.get("/api/v1/referentials/units/match?q=Gueldaman&at=2025-01-01&lang=ar").json
    assert json.loads(answer.stdout) == over_http
    assert "Gueldamane Bab Marzouka (fr)" in marjaa("match", "units", "Gueldaman", *AT, "--lang", "ar").stdout


def test_an_unknown_language_is_refused(marjaa):
    answer = marjaa("match", "units", "Taza", "--lang", "xx")
    assert answer.exit_code == 2
    assert "lang: 'xx' is not accepted; expected one of ar, en, fr" in answer.stderr
