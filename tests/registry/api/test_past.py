"""History and projection over HTTP."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from flask.testing import FlaskClient

from registry.app import create_app
from tests.registry.small_library import LEVELS, UNITS, publish, settings

ITEMS = "/api/v1/referentials/units/items"


def test_a_history_has_all_states_of_the_item_behind_a_code(client: FlaskClient) -> None:
    history = client.get(f"{ITEMS}/01.100.07/history").get_json()
    (item,) = history["items"]
    assert [(state["code"], state["valid_from"], state["valid_to"]) for state in item["states"]] == [
        ("01.100.05", None, "2024-09-01"),
        ("01.100.07", "2024-09-01", None),
    ]
    (event,) = item["events"]
    assert (event["type"], event["earliest_on"], event["latest_on"]) == ("recode", "2024-01-01", "2024-09-01")
    assert event["basis"] == "a decree"
    assert history["records_from"] == "2014-09-01"


def test_an_older_version_knows_nothing_of_later_events(client: FlaskClient) -> None:
    answer = client.get(f"{ITEMS}/01.100.05/history?version=2014")
    assert answer.get_json()["items"][0]["events"] == []
    assert answer.headers["Cache-Control"] == "public, max-age=60"


def test_a_history_with_another_begin_of_records_is_another_answer(tmp_path: Path) -> None:
    root = tmp_path / "snapshots"
    etags = []
    for begin in (date(2014, 9, 1), date(2014, 9, 2)):
        publish(root, "units", UNITS, LEVELS, languages=("fr", "ar"), records_from=begin)
        client = create_app(settings(tmp_path)).test_client()
        etags.append(client.get(f"{ITEMS}/01/history?version=2014").headers["ETag"])
    assert etags[0] != etags[1]


def test_a_projection_tells_the_code_of_another_date(client: FlaskClient) -> None:
    found = client.get(f"{ITEMS}/01.100.05/projection?from=2020-01-01&to=2025-01-01").get_json()
    assert (found["outcome"], found["ambiguous"], found["version"]) == ("recoded", False, "2024")
    assert [target["code"] for target in found["targets"]] == ["01.100.07"]


def test_a_projection_to_several_codes_picks_none(client: FlaskClient) -> None:
    found = client.get(f"{ITEMS}/01.200.03/projection?from=2020-01-01&to=2025-01-01").get_json()
    assert (found["outcome"], found["ambiguous"]) == ("split", True)
    assert {target["code"]: target["share"] for target in found["targets"]} == {
        "01.200.31": 0.6,
        "01.200.32": 0.4,
    }


def test_a_projection_near_an_uncertain_date_says_so(client: FlaskClient) -> None:
    found = client.get(f"{ITEMS}/01.100.05/projection?from=2024-03-01&to=2025-01-01").get_json()
    assert found["certain"] is False


def test_a_history_in_one_language_says_which_each_state_got(client: FlaskClient) -> None:
    history = client.get(f"{ITEMS}/01.200.31/history?lang=ar").get_json()
    (state,) = history["items"][0]["states"]
    assert (history["language"], state["language"], state["names"]) == ("ar", "ar", {"ar": "مكناسة الغربية"})
    (other,) = client.get(f"{ITEMS}/01.200.10/history?lang=ar").get_json()["items"][0]["states"]
    assert (other["language"], other["names"]) == ("fr", {"fr": "Gueldamane Bab Marzouka"})


def test_a_projection_in_one_language_says_which_each_target_got(client: FlaskClient) -> None:
    query = "projection?from=2020-01-01&to=2025-01-01"
    found = client.get(f"{ITEMS}/01.100.05/{query}&lang=ar").get_json()
    (target,) = found["targets"]
    assert (found["language"], target["language"], target["names"]) == ("ar", "ar", {"ar": "أولاد الطيب"})
    assert "language" not in client.get(f"{ITEMS}/01.100.05/{query}").get_json()["targets"][0]
