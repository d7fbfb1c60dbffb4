"""`/referentials/{r}/compare`."""

from __future__ import annotations

import csv
import io
import json

import pytest
from flask.testing import FlaskClient

from registry.serving import comparing

COMPARE = "/api/v1/referentials/units/compare"
BOTH = f"{COMPARE}?from_version=2014&to_version=2024"


def test_two_versions_are_compared_item_by_item(client: FlaskClient) -> None:
    told = client.get(BOTH).get_json()
    assert (told["from_version"], told["to_version"], told["next"]) == ("2014", "2024", None)
    assert told["summary"] == {
        "commune": {
            "items": 9, "added": 3, "ended": 4, "recoded": 1, "renamed": 1, "attributes": 1, "figures": 1,
        }
    }  # fmt: skip
    assert told["event_counts"] == {"abolition": 1, "merge": 1, "recode": 1, "rename": 1, "split": 1}
    recoded = next(item for item in told["items"] if "recoded" in item["kinds"])
    assert (recoded["code_before"], recoded["code_after"]) == ("01.100.05", "01.100.07")
    assert {"field": "attribute.type", "before": "rural", "after": "urban"} in recoded["fields"]
    codes = [item["code_after"] or item["code_before"] for item in told["items"]]
    assert codes == sorted(codes)


def test_pages_hold_all_of_it_once(client: FlaskClient) -> None:
    whole = client.get(BOTH).get_json()
    pages, cursor = [], ""
    while cursor is not None:
        page = client.get(f"{BOTH}&limit=2{cursor and f'&cursor={cursor}'}").get_json()
        assert page["summary"] == whole["summary"]
        assert len(page["items"]) + len(page["events"]) <= 2
        pages.append(page)
        cursor = page["next"]
    for part in ("items", "events", "withdrawn_events"):
        assert [each for page in pages for each in page[part]] == whole[part]


def test_levels_and_kinds_narrow_it(client: FlaskClient) -> None:
    renamed = client.get(f"{BOTH}&kind=renamed").get_json()
    assert [item["code_after"] for item in renamed["items"]] == ["02.300.01"]
    assert not renamed["events"]
    assert client.get(f"{BOTH}&level=region").get_json()["summary"] == {}


def test_only_named_versions_give_an_answer_that_never_changes(client: FlaskClient) -> None:
    named, newest = client.get(BOTH), client.get(COMPARE)
    assert "immutable" in named.headers["Cache-Control"]
    assert "immutable" not in newest.headers["Cache-Control"]
    assert newest.get_json()["from_version"] == "2014"
    assert client.get(BOTH, headers={"If-None-Match": named.headers["ETag"]}).status_code == 304


def test_it_can_be_had_as_a_table_or_as_text(client: FlaskClient) -> None:
    table = client.get(f"{BOTH}&format=csv")
    assert table.content_type == "text/csv; charset=utf-8"
    assert 'filename="units-2014-2024.csv"' in table.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(table.get_data(as_text=True), newline="")))
    assert [row["after"] for row in rows if row["field"] == "code" and row["before"]] == ["01.100.07"]
    text = client.get(f"{BOTH}&format=text").get_data(as_text=True)
    assert "01.100.05 → 01.100.07" in text
    assert "split: 01.200.03 → 01.200.31 (60%) + 01.200.32 (40%)" in text


@pytest.mark.parametrize(
    ("query", "status", "named"),
    [
        ("from_version=1999", 404, "1999"),
        ("to_version=2014", 404, "before 2014"),
        ("level=planet", 400, "commune"),
        ("kind=vanished", 400, "recoded"),
        ("format=pdf", 400, "csv"),
        ("format=csv&cursor=x", 400, "everything"),
        ("format=text&limit=5", 400, "everything"),
        ("cursor=x", 400, "cursor"),
        ("from=2014", 400, "from_version"),
    ],
)
def test_what_cannot_be_compared_is_a_problem_that_says_why(
    client: FlaskClient, query: str, status: int, named: str
) -> None:
    answer = client.get(f"{COMPARE}?{query}")
    assert answer.status_code == status
    assert named in json.dumps(answer.get_json(), ensure_ascii=False)


def test_a_cursor_belongs_to_its_query(client: FlaskClient) -> None:
    cursor = client.get(f"{BOTH}&limit=1").get_json()["next"]
    refused = client.get(f"{BOTH}&limit=1&level=commune&cursor={cursor}")
    assert refused.get_json()["type"] == "/problems/bad-cursor"


def test_too_many_differences_are_not_told_over_http(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(comparing.compare_versions.__kwdefaults__, "most", 3)
    assert client.get(BOTH).status_code == 413
