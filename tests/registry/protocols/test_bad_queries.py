"""What cannot be read is refused with what and where; nothing that is asked is a defect."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from registry.app import create_app
from tests.registry.protocols.conftest import service_settings
from tests.registry.protocols.contract import DRAFT, OLD, is_valid

UNITS = "/reconcile/units"
JSON = "application/json"
MANY_PARENTS = {"query": "x", "properties": [{"pid": "parent", "v": ["1"] * 20}]}


def refused(answer: Any, status: int, slug: str, named: str) -> None:
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.get_json()["type"] == f"/problems/{slug}"
    assert named in json.dumps(answer.get_json(), ensure_ascii=False)
    assert len(answer.data) < 3000
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("queries", "status", "slug", "named"),
    [
        ("", 400, "bad-body", "queries"),
        ("{", 400, "bad-body", "queries"),
        ("[" * 100_000, 400, "bad-body", "nested"),
        (f'{{"q": {{"query": "x", "limit": {"9" * 5000}}}}}', 400, "bad-body", "queries"),
        ("[]", 400, "bad-value", "queries"),
        ('{"q0": "Taza"}', 400, "bad-value", "queries.q0"),
        ('{"q0": {}}', 400, "bad-value", "queries.q0"),
        ('{"q0": {"query": 7}}', 400, "bad-value", "queries.q0.query"),
        ('{"q0": {"query": "x", "type": "planet"}}', 400, "bad-value", "commune"),
        ('{"q0": {"query": "x", "type": [1]}}', 400, "bad-value", "queries.q0.type"),
        ('{"q0": {"query": "x", "type_strict": "never"}}', 400, "bad-value", "type_strict"),
        ('{"q0": {"query": "x", "limit": 0}}', 400, "bad-value", "limit"),
        ('{"q0": {"query": "x", "limit": true}}', 400, "bad-value", "limit"),
        ('{"q0": {"query": "x", "limit": 1.5}}', 400, "bad-value", "limit"),
        ('{"q0": {"query": "x", "limit": NaN}}', 400, "bad-value", "limit"),
        ('{"q0": {"query": "x", "limit": Infinity}}', 400, "bad-value", "limit"),
        ('{"q0": {"query": "x", "properties": {}}}', 400, "bad-value", "properties"),
        ('{"q0": {"query": "x", "properties": [1]}}', 400, "bad-value", "properties.0"),
        ('{"q0": {"query": "x", "properties": [{"pid": "colour", "v": 1}]}}', 400, "bad-value", "parent"),
        ('{"q0": {"query": "x", "properties": [{"pid": "code"}]}}', 400, "bad-value", "properties.0.v"),
        (
            '{"q0": {"query": "x", "properties": [{"pid": "code", "v": [[]]}]}}',
            400,
            "bad-value",
            "properties.0.v",
        ),
        (
            json.dumps({"q": {"query": "x", "properties": [{"pid": "code", "v": ["1"] * 21}]}}),
            413,
            "too-large",
            "20",
        ),
        (
            json.dumps({"q": {"query": "x", "properties": [{"pid": "code", "v": 1}] * 21}}),
            413,
            "too-large",
            "20",
        ),
        (json.dumps({str(number): {"query": "x"} for number in range(201)}), 413, "too-large", "200"),
        (json.dumps({str(number): MANY_PARENTS for number in range(31)}), 413, "too-large", "600"),
        (json.dumps({str(number): {"query": "x" * 300} for number in range(200)}), 413, "too-large", "40000"),
    ],
)
def test_a_bad_batch_is_a_problem_that_says_what_and_where(
    client: FlaskClient, queries: str, status: int, slug: str, named: str
):
    refused(client.post(UNITS, data={"queries": queries}), status, slug, named)


def test_as_many_queries_as_the_manifest_says_are_answered(client: FlaskClient):
    queries = {str(number): {"query": f"Taza {number}"} for number in range(200)}
    answer = client.post(UNITS, data={"queries": json.dumps(queries)})
    assert (answer.status_code, list(answer.get_json())) == (200, list(queries))


def test_null_is_as_good_as_nothing(client: FlaskClient):
    query = {"query": "Taza", "type": None, "limit": None, "properties": None, "type_strict": None}
    plain, told = (
        client.post(UNITS, data={"queries": json.dumps({"q": each})}).get_json()
        for each in ({"query": "Taza"}, query)
    )
    assert plain == told


@pytest.mark.parametrize(
    ("extend", "status", "named"),
    [
        ("[]", 400, "extend"),
        ("{}", 400, "extend.ids"),
        ('{"ids": [1], "properties": []}', 400, "extend.ids"),
        ('{"ids": [], "properties": ["code"]}', 400, "extend.properties"),
        ('{"ids": [], "properties": [{"id": "colour"}]}', 400, "extend.properties.0.id"),
        ('{"ids": [], "properties": [{}]}', 400, "extend.properties.0.id"),
        (json.dumps({"ids": ["1"] * 1001, "properties": []}), 413, "1000"),
        (json.dumps({"ids": [], "properties": [{"id": "code"}] * 51}), 413, "50"),
    ],
)
def test_a_bad_extension_is_a_problem_too(client: FlaskClient, extend: str, status: int, named: str):
    refused(
        client.post(UNITS, data={"extend": extend}),
        status,
        "bad-value" if status == 400 else "too-large",
        named,
    )


@pytest.mark.parametrize(
    ("address", "status", "slug", "named"),
    [
        ("/reconcile/unitz", 404, "unknown-referential", "units"),
        ("/reconcile/units/1999", 404, "unknown-version", "2014"),
        ("/reconcile/units/v1/nothing", 404, "unknown-address", "nothing"),
        (f"{UNITS}?queries=x", 400, "bad-body", "queries"),
        (f"{UNITS}/preview/item", 404, "unknown-code", "code"),
        (f"{UNITS}/preview/item?id=99", 404, "unknown-code", "99"),
        (f"{UNITS}/preview/item?id=%00%ff", 404, "unknown-code", "code"),
        (f"{UNITS}/suggest/entity", 400, "bad-value", "prefix"),
        (f"{UNITS}/suggest/entity?prefix=a&cursor=-1", 400, "bad-value", "cursor"),
        (f"{UNITS}/suggest/entity?prefix=a&cursor={'9' * 5000}", 400, "bad-value", "cursor"),
        (f"{UNITS}/suggest/entity?prefix=a&type=planet", 400, "bad-value", "planet"),
        (f"{UNITS}/suggest/colour?prefix=a", 400, "bad-value", "entity"),
        (f"{UNITS}/suggest/flyout/colour?id=a", 400, "bad-value", "entity"),
        (f"{UNITS}/suggest/flyout/type?id=planet", 400, "bad-value", "planet"),
        (f"{UNITS}/suggest/flyout/property?id=colour", 400, "bad-value", "colour"),
        (f"{UNITS}/extend/propose?type=planet", 400, "bad-value", "planet"),
        (f"{UNITS}/extend/propose?limit=x", 400, "bad-value", "limit"),
    ],
)
def test_a_bad_address_is_a_problem_too(
    client: FlaskClient, address: str, status: int, slug: str, named: str
):
    refused(client.get(address), status, slug, named)


def test_a_body_that_is_no_form_or_has_nothing_in_it_is_refused(client: FlaskClient):
    refused(client.post(UNITS, json={"queries": {}}), 415, "wrong-media-type", "form")
    refused(client.post(UNITS, data={"other": "1"}), 400, "bad-body", "queries")
    refused(client.put(UNITS), 405, "wrong-method", "PUT")


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ([], "body"),
        ({"queries": {}}, "queries"),
        ({"queries": [{}]}, "conditions"),
        ({"queries": [{"conditions": [{"matchType": "name"}]}]}, "propertyValue"),
        ({"queries": [{"conditions": [{"propertyValue": "x"}]}]}, "matchType"),
        ({"queries": [{"conditions": [{"matchType": "property", "propertyValue": "x"}]}]}, "propertyId"),
        (
            {"queries": [{"conditions": [{"matchType": "name", "propertyValue": "x", "required": 1}]}]},
            "required",
        ),
        (
            {
                "queries": [
                    {"conditions": [{"matchType": "name", "propertyValue": "x", "matchQualifier": "W"}]}
                ]
            },
            "none",
        ),
        (
            {
                "queries": [
                    {"conditions": [{"matchType": "name", "propertyValue": "x", "matchQuantifier": 1}]}
                ]
            },
            "any",
        ),
        (
            {"queries": [{"type": ["commune"], "conditions": [{"matchType": "name", "propertyValue": "x"}]}]},
            "type",
        ),
    ],
)
def test_a_bad_query_of_the_draft_is_a_problem_too(client: FlaskClient, body: object, named: str):
    assert not is_valid(DRAFT, "queries", body) or named == "none"
    refused(client.post(f"{UNITS}/v1/match", json=body), 400, "bad-value", named)
    refused(client.post(f"{UNITS}/v1/match", data=b"{"), 415, "wrong-media-type", "json")
    refused(client.post(f"{UNITS}/v1/match", data=b"{", content_type=JSON), 400, "bad-body", "body")


def test_who_asks_too_often_has_to_wait_however_it_is_asked(data: Path, tmp_path: Path):
    (tmp_path / "snapshots").symlink_to(data / "snapshots")
    client = create_app(service_settings(tmp_path, MARJAA_RATE_POST="2")).test_client()
    assert client.post(UNITS, data={"queries": "{}"}).status_code == 200
    assert client.get(UNITS, query_string={"queries": "{}"}).status_code == 200
    for answer in (
        client.post(UNITS, data={"queries": "{}"}),
        client.get(UNITS, query_string={"queries": "{}"}),
    ):
        refused(answer, 429, "too-many-requests", "seconds")
        assert int(answer.headers["Retry-After"]) >= 1
    assert client.get(UNITS).status_code == 200


text = st.text(max_size=30)
value = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), text, st.lists(text, max_size=3))
wild = st.recursive(
    value, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(text, inner, max_size=3))
)
names = st.sampled_from(
    ["Taza", "Oulad Tayeb", "تازة", "01.100", "01.100.05", "Meknassa", "  ", "Fès, Nord", "(x)"]
)
pids = st.sampled_from(
    ["parent", "parent-region", "code", "level", "name", "name-ar", "valid-from", "attribute-type"]
)
told = st.one_of(
    names, text, st.integers(), st.booleans(), st.fixed_dictionaries({"id": st.one_of(names, text)})
)
query = st.fixed_dictionaries(
    {"query": st.one_of(names, text)},
    optional={
        "limit": st.integers(1, 200),
        "type": st.sampled_from(["commune", "region", ["commune", "province"], []]),
        "type_strict": st.sampled_from(["any", "should", "all"]),
        "properties": st.lists(
            st.fixed_dictionaries({"pid": pids, "v": st.one_of(told, st.lists(told, max_size=3))}), max_size=3
        ),
    },
)
nearly = st.fixed_dictionaries(
    {},
    optional={
        name: st.one_of(wild, names) for name in ("query", "type", "type_strict", "limit", "properties")
    },
)


def candidates_of(answer: Any) -> list[list[dict[str, Any]]]:
    document = json.loads(answer.data)
    return [each["result"] for each in document.values()]


@given(
    batch=st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), query, max_size=4)
)
@bounded(max_examples=150, deadline=None, derandomize=True, database=None)
def test_whatever_is_asked_rightly_is_answered_with_one_match_at_most(
    client: FlaskClient, batch: dict[str, Any]
):
    answer = client.post(UNITS, data={"queries": json.dumps(batch)})
    assert answer.status_code == 200, answer.data
    assert is_valid(OLD, "results", json.loads(answer.data))
    for (key, asked), found in zip(batch.items(), candidates_of(answer), strict=True):
        scores = [each["score"] for each in found]
        assert scores == sorted(scores, reverse=True), key
        assert [each["match"] for each in found[1:]] == [False] * (len(found) - 1) if found else True
        assert not found or not found[0]["match"] or scores[1:2] < scores[:1]
        assert len({each["id"] for each in found}) == len(found) <= asked.get("limit", 5)
        assert all(len({part["id"] for part in each["features"]}) == len(each["features"]) for each in found)


@given(document=st.one_of(wild, st.dictionaries(text, st.one_of(wild, nearly), max_size=3)))
@bounded(max_examples=150, deadline=None, derandomize=True, database=None)
def test_no_document_of_queries_is_a_defect(client: FlaskClient, document: Any):
    for name in ("queries", "extend"):
        answer = client.post(UNITS, data={name: json.dumps(document)})
        assert answer.status_code in (200, 400, 413), answer.data
    for path in ("match", "extend"):
        answer = client.post(f"{UNITS}/v1/{path}", data=json.dumps(document), content_type=JSON)
        assert answer.status_code in (200, 400, 413), answer.data


@given(body=st.binary(max_size=60))
@bounded(max_examples=60, deadline=None, derandomize=True, database=None)
def test_no_bytes_are_a_defect(client: FlaskClient, body: bytes):
    answer = client.post(UNITS, data={"queries": body})
    assert answer.status_code in (200, 400)
    answer = client.post(UNITS, data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (200, 400)
    answer = client.post(f"{UNITS}/v1/match", data=body, content_type=JSON)
    assert answer.status_code in (200, 400)
