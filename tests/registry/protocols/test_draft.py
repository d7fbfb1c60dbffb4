"""The draft of version 1.0, at `/v1`."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from tests.registry.protocols.conftest import PUBLIC
from tests.registry.protocols.contract import DRAFT, Reconciler, conforming, is_valid

ROOT = "/reconcile/units/v1"


def name(*values: str, **more: Any) -> dict[str, Any]:
    return {"matchType": "name", "propertyValue": list(values) if len(values) > 1 else values[0], **more}


def has(property: str, value: object, **more: Any) -> dict[str, Any]:
    return {"matchType": "property", "propertyId": property, "propertyValue": value, **more}


def ask(
    client: FlaskClient, *conditions: dict[str, Any], root: str = ROOT, **more: Any
) -> list[dict[str, Any]]:
    body = {"queries": [{"conditions": list(conditions), **more}]}
    assert is_valid(DRAFT, "queries", body), body
    (result,) = conforming(DRAFT, "results", client.post(f"{root}/match", json=body))["results"]
    found: list[dict[str, Any]] = result["candidates"]
    return found


def codes(found: list[dict[str, Any]]) -> list[str]:
    return [each["id"] for each in found]


def test_the_manifest_tells_its_version_and_where_items_are(client: FlaskClient):
    manifest = conforming(DRAFT, "manifest", client.get(ROOT))
    assert manifest["view"]["url"] == f"{PUBLIC}/api/v1/referentials/units/items/{{id}}"
    assert manifest["standardizedScore"] is True
    old = conforming(DRAFT, "manifest", client.get("/reconcile/units/2014/v1"))
    assert "versions/2014/items/{id}" in old["view"]["url"]


def test_candidates_are_those_of_version_0_2(client: FlaskClient, units: Reconciler):
    for text in ("Ouled Tayeb", "تازة", "01.100.05", "Meknassa"):
        old, new = units.one(text), ask(client, name(text))
        assert [(each["id"], each["score"], each["match"]) for each in new] == [
            (each["id"], each["score"], each["match"]) for each in old
        ]


def test_names_say_their_language_and_direction(client: FlaskClient):
    assert {key: ask(client, name("تازة"))[0][key] for key in ("lang", "dir")} == {"lang": "ar", "dir": "rtl"}
    assert ask(client, name("Taza"))[0]["dir"] == "ltr"


def test_results_come_in_the_order_of_the_queries(client: FlaskClient):
    texts = ["Taza", "zzzz", "Tafraoute"]
    body = {"queries": [{"conditions": [name(text)]} for text in texts]}
    results = conforming(DRAFT, "results", client.post(f"{ROOT}/match", json=body))["results"]
    assert [each["candidates"] for each in results] == [ask(client, name(text)) for text in texts]


def test_an_id_is_enough_of_a_query(client: FlaskClient):
    found = ask(client, {"matchType": "id", "propertyValue": "01.100.07"})
    assert (codes(found), found[0]["match"]) == (["01.100.07"], True)
    assert codes(ask(client, {"matchType": "id", "propertyValue": ["01.100", "01.200"]})) == [
        "01.100",
        "01.200",
    ]


def test_a_required_property_decides_who_is_a_candidate(client: FlaskClient):
    root = "/reconcile/homonyms/v1"
    assert set(codes(ask(client, name("Sidi Ali"), root=root))) == {"1.1", "2.1"}
    assert codes(ask(client, name("Sidi Ali"), has("parent", "Sudd", required=True), root=root)) == ["2.1"]
    assert codes(ask(client, name("Sidi Ali"), has("code", "1.1", required=True), root=root)) == ["1.1"]
    assert ask(client, name("Sidi Ali"), has("attribute-type", "x", required=True), root=root) == []


def test_a_value_that_an_item_must_not_have_excludes_it(client: FlaskClient):
    root = "/reconcile/homonyms/v1"
    without = has("parent", "Nord", matchQuantifier="none", required=True)
    assert codes(ask(client, name("Sidi Ali"), without, root=root)) == ["2.1"]
    assert "01.200.31" not in codes(
        ask(client, name("Meknassa"), name("Meknassa Al Gharbia", matchQuantifier="none", required=True))
    )


def test_any_of_several_names_or_all_of_them_may_be_asked_for(client: FlaskClient):
    assert ask(client, name("zzzz", "Taza"))[0]["id"] == "01.200"
    both = ask(client, name("Oulad Tayeb", "أولاد الطيب", matchQuantifier="all", required=True))
    assert codes(both) == ["01.100.07"]
    assert ask(client, name("Taza", "Tiznit", matchQuantifier="all", required=True)) == []


def test_one_type_restricts_the_candidates(client: FlaskClient):
    assert {each["type"][0]["id"] for each in ask(client, name("Taza"), type="commune")} <= {"commune"}


def test_suggestions_are_limited_and_skipped(client: FlaskClient):
    everything = conforming(
        DRAFT, "suggested-entities", client.get(f"{ROOT}/suggest/entity?prefix=01.&limit=9")
    )["result"]
    page = conforming(
        DRAFT, "suggested-entities", client.get(f"{ROOT}/suggest/entity?prefix=01.&limit=3&offset=2")
    )["result"]
    assert page == everything[2:5]
    conforming(DRAFT, "suggested-properties", client.get(f"{ROOT}/suggest/property?prefix="))
    conforming(DRAFT, "suggested-types", client.get(f"{ROOT}/suggest/type?prefix="))


def test_values_come_in_lists(client: FlaskClient):
    asked = {"ids": ["01.100.07", "none"], "properties": [{"id": "parent"}, {"id": "name-ar"}]}
    found = conforming(DRAFT, "extension", client.post(f"{ROOT}/extend", json=asked))
    assert found["rows"][0] == {
        "id": "01.100.07",
        "properties": [
            {"id": "parent", "values": [{"id": "01.100", "name": "Fès"}]},
            {"id": "name-ar", "values": [{"str": "أولاد الطيب"}]},
        ],
    }
    assert [each["values"] for each in found["rows"][1]["properties"]] == [[], []]
    proposed = conforming(DRAFT, "proposal", client.get(f"{ROOT}/extend/propose?type=commune&limit=3"))
    assert len(proposed["properties"]) == 3


def test_an_item_has_a_preview(client: FlaskClient):
    answer = client.get(f"{ROOT}/preview?id=01.100.07")
    assert (answer.status_code, answer.content_type) == (200, "text/html; charset=utf-8")
