"""`marjaa lookup`."""

from __future__ import annotations

import json
from pathlib import Path

from registry.app import create_app
from tests.registry.small_library import settings


def test_a_code_is_told_with_its_names_in_all_languages(marjaa):
    answer = marjaa("lookup", "units", "01.100")
    assert answer.exit_code == 0
    assert "01.100  Fès · فاس" in answer.stdout
    assert "01  Nord · الشمال" in answer.stdout


def test_a_retired_code_names_its_successor(marjaa):
    answer = marjaa("lookup", "units", "01.100.05", "--at", "2025-01-01")
    assert "superseded on 2025-01-01" in answer.stdout
    assert "01.100.07  Oulad Tayeb · أولاد الطيب (recode, 2024-09-01)" in answer.stdout


def test_a_code_is_told_as_it_was_on_a_date(marjaa):
    answer = marjaa("lookup", "units", "01.100.05", "--at", "2020-01-01")
    assert "valid on 2020-01-01" in answer.stdout


def test_a_version_is_read_at_the_day_on_which_it_is_effective(marjaa):
    item = json.loads(marjaa("lookup", "units", "01.100.05", "--version", "2014", "--json").stdout)
    assert (item["version"], item["at"], item["status"]) == ("2014", "2014-09-01", "valid")


def test_json_is_the_same_to_the_byte_as_over_http(marjaa, snapshots: Path):
    client = create_app(settings(snapshots.parent)).test_client()
    over_http = client.get("/api/v1/referentials/units/items/01.100.07?at=2025-01-01").data
    answer = marjaa("lookup", "units", "01.100.07", "--at", "2025-01-01", "--json")
    assert answer.stdout_bytes == over_http + b"\n"


def test_an_unknown_code_names_the_nearest_ones(marjaa):
    answer = marjaa("lookup", "units", "01.100.99")
    assert answer.exit_code == 4
    assert answer.stdout == ""
    assert "units 2024 has no code '01.100.99'" in answer.stderr
    assert "01.100.09" in answer.stderr


def test_an_unknown_referential_names_one_that_resembles_it(marjaa):
    answer = marjaa("lookup", "unit", "01")
    assert answer.exit_code == 4
    assert "Nearest: units" in answer.stderr


def test_an_unknown_version_names_those_there_are(marjaa):
    answer = marjaa("lookup", "units", "01", "--version", "1999")
    assert answer.exit_code == 4
    assert "2014, 2024" in answer.stderr


def test_a_text_that_is_no_date_is_refused(marjaa):
    answer = marjaa("lookup", "units", "01", "--at", "2024-13-01")
    assert answer.exit_code == 2
    assert "'2024-13-01' is not accepted; expected a date" in answer.stderr


def test_a_day_before_the_records_is_not_answered_with_nothing(marjaa):
    answer = marjaa("lookup", "units", "01", "--at", "1999-01-01")
    assert answer.exit_code == 4
    assert "its records begin on 2014-09-01" in answer.stderr


def test_a_problem_is_a_problem_document_where_json_is_wanted(marjaa):
    answer = marjaa("lookup", "units", "nowhere", "--json")
    assert answer.exit_code == 4
    assert json.loads(answer.stderr)["type"] == "/problems/unknown-code"


def test_a_folder_without_published_data_is_named(marjaa, tmp_path: Path):
    answer = marjaa("lookup", "units", "01", "--snapshots", str(tmp_path))
    assert answer.exit_code == 2
    assert str(tmp_path) in answer.stderr
    assert "marjaa seed" in answer.stderr


def test_another_folder_of_snapshots_can_be_read(marjaa, snapshots: Path, monkeypatch):
    monkeypatch.setenv("MARJAA_DATA", "nowhere")
    assert marjaa("lookup", "units", "01", "--snapshots", str(snapshots)).exit_code == 0


def test_names_are_told_in_the_language_asked_for(marjaa, snapshots: Path):
    told = marjaa("lookup", "units", "01.100", "--lang", "ar").stdout
    assert "01.100  فاس\nlanguage" in told
    assert "01  الشمال\n" in told
    client = create_app(settings(snapshots.parent)).test_client()
    over_http = client.get("/api/v1/referentials/units/items/01.100.09?at=2025-01-01&lang=ar").data
    answer = marjaa("lookup", "units", "01.100.09", "--at", "2025-01-01", "--lang", "ar", "--json")
    assert answer.stdout_bytes == over_http + b"\n"
    assert json.loads(over_http)["language"] == "fr"
