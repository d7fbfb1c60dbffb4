"""Version 0.2: the manifest, queries and what changes their scores."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.registry.protocols.conftest import ODD_CODE, PUBLIC
from tests.registry.protocols.contract import OLD, Reconciler, conforming


def codes(found: list[dict[str, Any]]) -> list[str]:
    return [each["id"] for each in found]


def parent(value: object) -> list[dict[str, object]]:
    return [{"pid": "parent", "v": value}]


def feature(candidate: dict[str, Any], name: str) -> object:
    return {each["id"]: each["value"] for each in candidate["features"]}[name]


def test_the_manifest_tells_all_that_the_service_offers_below_the_public_address(units: Reconciler):
    manifest = units.manifest()
    assert manifest["versions"] == ["0.2"]
    assert manifest["defaultTypes"] == [
        {"id": level, "name": level.title()} for level in ("region", "province", "commune")
    ]
    assert manifest["batchSize"] == 200
    assert manifest["view"]["url"] == f"{PUBLIC}/api/v1/referentials/units/items/{{{{id}}}}"
    assert manifest["preview"]["url"].startswith(f"{PUBLIC}/reconcile/units/")
    assert all(each["service_url"] == f"{PUBLIC}/reconcile/units" for each in manifest["suggest"].values())


def test_a_version_is_a_service_of_its_own_with_the_same_identifiers(client: FlaskClient, units: Reconciler):
    old = Reconciler(client, "/reconcile/units/2014")
    manifest = old.manifest()
    assert manifest["view"]["url"] == f"{PUBLIC}/api/v1/referentials/units/versions/2014/items/{{{{id}}}}"
    assert manifest["identifierSpace"] == units.manifest()["identifierSpace"]
    assert manifest["name"].endswith("2014")
    assert old.one("Oulad Tayeb")[0]["id"] == "01.100.05"
    assert units.one("Oulad Tayeb")[0]["id"] == "01.100.07"


@pytest.mark.parametrize("label", ["v1", "versions"])
def test_a_version_that_is_labelled_as_a_root_is_reached_below_versions(client: FlaskClient, label: str):
    manifest = Reconciler(client, f"/reconcile/odd/versions/{label}").manifest()
    assert manifest["suggest"]["entity"]["service_url"] == f"{PUBLIC}/reconcile/odd/versions/{label}"
    assert manifest["view"]["url"] == f"{PUBLIC}/api/v1/referentials/odd/versions/{label}/items/{{{{id}}}}"
    draft = client.get(f"/reconcile/odd/versions/{label}/v1").get_json()
    assert draft["versions"] == ["1.0-draft"]
    assert client.get("/reconcile/odd/v1").get_json()["versions"] == ["1.0-draft"]


def test_a_manifest_can_be_had_as_the_call_of_a_named_function(client: FlaskClient):
    answer = client.get("/reconcile/units?callback=jQuery3.made_1")
    body = answer.get_data(as_text=True)
    assert answer.content_type == "text/javascript; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert body.startswith("/**/jQuery3.made_1({")
    assert json.loads(body.removeprefix("/**/jQuery3.made_1(").removesuffix(");"))["versions"] == ["0.2"]


@pytest.mark.parametrize("callback", ["alert(1)//", "", "a b", "a" * 200, "<script>", "é", "1a", "a..b"])
def test_what_is_not_the_name_of_a_function_is_refused(client: FlaskClient, callback: str):
    answer = client.get("/reconcile/units", query_string={"callback": callback})
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")


def test_any_page_may_ask_and_no_cookie_is_set(client: FlaskClient):
    for address in ("/reconcile/units", "/reconcile/units/2014", "/reconcile/units/v1", "/reconcile/none"):
        answer = client.get(address, headers={"Origin": "https://elsewhere.example"})
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in answer.headers
        assert "Access-Control-Allow-Credentials" not in answer.headers
    preflight = client.options(
        "/reconcile/units/v1/match",
        headers={"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"},
    )
    assert preflight.status_code == 200
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in preflight.headers["Access-Control-Allow-Headers"]


def test_every_key_is_answered_whatever_it_is_called(units: Reconciler):
    texts = {"q0": "Taza", "": "zzzz", "clé": " ", "a b": "Fès", "مفتاح": "Fès", "__proto__": "Fès"}
    found = units.ask(**{key: {"query": text} for key, text in texts.items()})
    assert list(found) == list(texts)
    assert found["clé"] == []


def test_a_key_that_is_half_a_character_is_answered_too(client: FlaskClient):
    answer = client.post("/reconcile/units", data={"queries": '{"\\ud800": {"query": "Ta\\ud800za"}}'})
    assert (answer.status_code, list(json.loads(answer.data))) == (200, ["\ud800"])


def test_queries_are_answered_in_an_address_as_in_a_form(client: FlaskClient, units: Reconciler):
    queries = {"q0": {"query": "Taza"}, "q1": {"query": "تيزنيت"}}
    answer = client.get("/reconcile/units", query_string={"queries": json.dumps(queries)})
    document = conforming(OLD, "results", answer)
    assert {key: each["result"] for key, each in document.items()} == units.ask(**queries)


def test_a_batch_is_answered_as_its_queries_are_alone(units: Reconciler):
    texts = ["Ouled Tayeb", "تازة", "zzzz", "Tafraoute", "01.100", "Meknassa"]
    many = units.ask(**{str(number): {"query": text} for number, text in enumerate(texts)})
    assert list(many.values()) == [units.one(text) for text in texts]


def test_a_sure_name_is_the_one_match_and_has_the_highest_score(units: Reconciler):
    found = units.one("Taza")
    assert [each["match"] for each in found] == [True, *[False] * (len(found) - 1)]
    assert found[0]["id"] == "01.200"
    assert found[0]["type"] == [{"id": "province", "name": "Province"}]
    assert found[0]["description"] == "Province · 01.200 · Nord"
    assert [each["score"] for each in found] == sorted((each["score"] for each in found), reverse=True)


def test_namesakes_tie_and_none_of_them_is_a_match(homonyms: Reconciler):
    found = homonyms.one("Sidi Ali")
    assert set(codes(found)) == {"1.1", "2.1"}
    assert found[0]["score"] == found[1]["score"]
    assert not any(each["match"] for each in found)


@pytest.mark.parametrize(
    "value", ["Sud", "Sudd", "2", {"id": "2", "name": "?"}, {"id": "none", "name": "Sud"}, ["x", "Sud"]]
)
def test_a_parent_by_name_misspelt_by_code_or_reconciled_tells_namesakes_apart(
    homonyms: Reconciler, value: object
):
    found = homonyms.one("Sidi Ali", properties=parent(value))
    assert codes(found)[0] == "2.1"
    assert found[0]["match"]
    assert found[0]["score"] > next((each["score"] for each in found[1:]), 0)
    assert feature(found[0], "parent") > 0.9


def test_a_parent_at_a_named_level_counts_as_well(homonyms: Reconciler):
    found = homonyms.one("Sidi Ali", properties=[{"pid": "parent-region", "v": "Sud"}])
    assert (found[0]["id"], found[0]["match"]) == ("2.1", True)


def test_a_parent_that_differs_withholds_the_match(units: Reconciler):
    assert units.one("Tafraoute")[0]["match"]
    found = units.one("Tafraoute", properties=parent("Taza"))
    assert not any(each["match"] for each in found)
    assert found[0]["score"] < units.one("Tafraoute")[0]["score"]


def test_a_parent_that_names_nothing_tells_nothing(units: Reconciler):
    assert units.one("Taza", properties=parent("zzzz")) == units.one("Taza")
    assert units.one("Taza", properties=parent("")) == units.one("Taza")


def test_a_code_that_agrees_raises_the_score_and_one_that_differs_lowers_it(homonyms: Reconciler):
    plain = homonyms.one("Sidi Ali")[0]["score"]
    found = homonyms.one("Sidi Ali", properties=[{"pid": "code", "v": "2.1"}])
    assert codes(found) == ["2.1", "1.1"]
    assert found[0]["score"] >= plain > found[1]["score"]
    assert (feature(found[0], "property-code"), feature(found[1], "property-code")) == (True, False)


def test_a_code_brings_in_an_item_that_no_text_resembles_but_does_not_decide(units: Reconciler):
    found = units.one("zzzz", properties=[{"pid": "code", "v": "02.300.01"}])
    assert "02.300.01" in codes(found)
    assert not any(each["match"] for each in found)


def test_a_former_code_agrees_with_what_replaced_it(units: Reconciler):
    found = units.one("Oulad Tayeb", properties=[{"pid": "code", "v": "01.100.05"}])
    assert feature(found[0], "property-code") is True
    assert found[0]["id"] == "01.100.07"


@pytest.mark.parametrize("value", ["commune", "Commune"])
def test_a_level_by_id_or_by_name_changes_the_score(units: Reconciler, value: str):
    plain, told = (
        units.one("Tafraoute")[0],
        units.one("Tafraoute", properties=[{"pid": "level", "v": value}])[0],
    )
    assert feature(told, "property-level") is True
    assert told["score"] >= min(plain["score"], 99.99)
    other = units.one("Tafraoute", properties=[{"pid": "level", "v": "region"}])[0]
    assert other["score"] < plain["score"]
    assert not other["match"]


def test_any_property_that_can_be_added_can_be_compared(units: Reconciler):
    for name, value, agrees in (
        ("name-ar", "أولاد الطيب", True),
        ("attribute-type", "urban", True),
        ("attribute-type", "rural", False),
        ("measure-population", 32000, True),
        ("measure-population", "31000", False),
        ("status", "valid", True),
        ("other-names", "Ouled  Taieb", True),
    ):
        best = units.one("Oulad Tayeb", properties=[{"pid": name, "v": value}])[0]
        assert feature(best, f"property-{name}") is agrees, name
        assert best["match"] is agrees, name


def test_only_items_of_the_types_asked_for_are_candidates(units: Reconciler):
    assert all(each["type"][0]["id"] == "commune" for each in units.one("Taza", type="commune"))
    either = units.one("Taza", type=["commune", "province"], type_strict="any")
    assert either[0]["id"] == "01.200"
    assert units.one("Taza", type=["commune", "province"], type_strict="all") == []
    assert units.one("01.200", type="commune") == [] or "01.200" not in codes(
        units.one("01.200", type="commune")
    )


def test_no_more_candidates_come_than_are_wanted(units: Reconciler):
    assert len(units.one("Meknassa", limit=1)) == 1
    assert len(units.one("Meknassa", limit=2.0)) == 2
    assert units.one("Meknassa", limit=10**9) == units.one("Meknassa", limit=100)
    assert units.one("Meknassa", limit=1)[0] == units.one("Meknassa")[0]


def test_a_query_that_is_a_code_returns_its_item(units: Reconciler):
    (found, *_) = units.one(" 01.100.07 ")
    assert (found["id"], found["score"], found["match"], found["name"]) == (
        "01.100.07",
        100.0,
        True,
        "Oulad Tayeb",
    )


def test_a_former_code_returns_its_item_which_is_no_match_and_what_replaced_it(units: Reconciler):
    found = units.one("01.100.05")
    assert codes(found)[:2] == ["01.100.05", "01.100.07"]
    assert found[0]["description"].endswith("remplacé")
    assert not any(each["match"] for each in found)


def test_a_code_alone_is_enough_of_a_query(units: Reconciler):
    found = units.one(properties=[{"pid": "code", "v": "01.100.07"}])
    assert (codes(found), found[0]["match"]) == (["01.100.07"], True)
    assert units.one(properties=[{"pid": "code", "v": "99"}]) == []


def test_a_match_whose_code_differs_from_that_of_a_column_is_left_to_a_person(units: Reconciler):
    found = units.one("Taza", properties=[{"pid": "code", "v": "02.300"}])
    assert not any(each["match"] for each in found)


def test_names_come_in_the_language_of_the_query_and_types_in_that_of_the_client(
    client: FlaskClient, units: Reconciler
):
    assert units.one("تازة")[0]["name"] == "تازة"
    manifest = client.get("/reconcile/units/v1", headers={"Accept-Language": "ar-MA, fr;q=0.5"})
    assert (manifest.get_json()["lang"], manifest.headers["Content-Language"]) == ("ar", "ar")
    assert manifest.headers["Vary"] == "Accept-Language"


def test_codes_of_any_signs_are_found_again(client: FlaskClient, odd: Reconciler):
    found = odd.one(ODD_CODE)
    assert (found[0]["id"], found[0]["match"]) == (ODD_CODE, True)
    answer = client.get("/reconcile/odd/preview/item", query_string={"id": ODD_CODE})
    assert answer.status_code == 200
