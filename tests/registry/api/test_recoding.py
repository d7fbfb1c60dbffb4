"""Recoding over HTTP."""

from __future__ import annotations

from flask.testing import FlaskClient

from registry.serving.recoding import MOST_CODES

RECODE = "/api/v1/referentials/units/recode"
DAYS = {"from": "2020-01-01", "to": "2025-01-01"}


def test_a_list_of_codes_is_recoded_in_order_with_what_is_not_known_said_in_its_row(
    client: FlaskClient,
) -> None:
    codes = ["01.200.03", "nothing", "01.100.05", "nothing"]
    answer = client.post(RECODE, json={"codes": codes, **DAYS}).get_json()
    assert (answer["version"], answer["from"], answer["to"]) == ("2024", "2020-01-01", "2025-01-01")
    split, unknown, recoded, again = answer["results"]
    assert (split["outcome"], split["ambiguous"], split["reversible"]) == ("split", True, False)
    assert split["targets"] == [
        {"code": "01.200.31", "share": 0.6, "basis": "population"},
        {"code": "01.200.32", "share": 0.4, "basis": "population"},
    ]
    assert (unknown["outcome"], unknown["targets"], unknown["path"]) == ("unknown-code", [], [])
    assert (recoded["outcome"], recoded["targets"][0]["code"]) == ("recoded", "01.100.07")
    (event,) = recoded["path"]
    assert (event["type"], event["effective_on"]) == ("recode", "2024-09-01")
    assert (event["sources"], event["targets"]) == (["01.100.05"], ["01.100.07"])
    assert again == unknown


def test_codes_are_recoded_back_in_time_too(client: FlaskClient) -> None:
    body = {"codes": ["01.200.10"], "from": "2025-01-01", "to": "2020-01-01"}
    (merged,) = client.post(RECODE, json=body).get_json()["results"]
    assert (merged["outcome"], merged["ambiguous"]) == ("merged", True)
    assert [(part["code"], part["share"]) for part in merged["targets"]] == [
        ("01.200.01", None),
        ("01.200.02", None),
    ]


def test_an_older_version_recodes_by_what_it_knew(client: FlaskClient) -> None:
    answer = client.post(f"{RECODE}?version=2014", json={"codes": ["01.100.05"], **DAYS}).get_json()
    assert (answer["version"], answer["results"][0]["outcome"]) == ("2014", "unchanged")


def test_more_codes_than_the_stated_limit_are_refused(client: FlaskClient) -> None:
    answer = client.post(RECODE, json={"codes": ["1"] * (MOST_CODES + 1), **DAYS})
    assert answer.status_code == 400
    assert f"a list of 1 to {MOST_CODES:,} codes" in answer.get_json()["detail"]


def test_a_date_before_the_records_is_not_known(client: FlaskClient) -> None:
    answer = client.post(RECODE, json={"codes": ["01"], "from": "2000-01-01", "to": "2025-01-01"})
    assert (answer.status_code, answer.get_json()["type"]) == (404, "/problems/before-records")


def test_a_projection_says_whether_it_can_be_told_back_and_narrows_names(client: FlaskClient) -> None:
    items = "/api/v1/referentials/units/items"
    found = client.get(f"{items}/01.100.05/projection?from=2020-01-01&to=2025-01-01&lang=ar").get_json()
    assert found["reversible"] is True
    assert (found["language"], found["targets"][0]["names"]) == ("ar", {"ar": "أولاد الطيب"})
    split = client.get(f"{items}/01.200.03/projection?from=2020-01-01&to=2025-01-01").get_json()
    assert split["reversible"] is False
