"""Suggestions, fly-outs, previews and data extension in version 0.2."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.registry.protocols.conftest import ODD_CODE, PUBLIC
from tests.registry.protocols.contract import OLD, Reconciler, conforming

UNITS = "/reconcile/units"


def suggested(client: FlaskClient, kind: str, **query: Any) -> list[dict[str, Any]]:
    plural = {"entity": "entities", "property": "properties", "type": "types"}[kind]
    answer = client.get(f"{UNITS}/suggest/{kind}", query_string=query)
    found: list[dict[str, Any]] = conforming(OLD, f"suggested-{plural}", answer)["result"]
    return found


def test_a_beginning_suggests_items_with_their_type_and_where_they_lie(client: FlaskClient):
    found = suggested(client, "entity", prefix="meknas")
    assert {each["id"] for each in found} == {"01.200.31", "01.200.32"}
    assert found[0]["notable"] == [{"id": "commune", "name": "Commune"}]
    assert "Taza > Nord" in found[0]["description"]


def test_a_code_suggests_its_item_first_even_one_that_ended(client: FlaskClient):
    assert suggested(client, "entity", prefix="01.100")[0]["id"] == "01.100"
    assert suggested(client, "entity", prefix="01.100.05")[0]["id"] == "01.100.05"


def test_a_cursor_skips_what_was_suggested_before(client: FlaskClient):
    everything = suggested(client, "entity", prefix="0", limit=100)
    assert suggested(client, "entity", prefix="0", limit=2, cursor=2) == everything[2:4]
    assert suggested(client, "entity", prefix="0", cursor=5000) == []
    assert suggested(client, "entity", prefix="0", cursor=1000000) == []


def test_suggestions_are_of_the_type_asked_for(client: FlaskClient):
    assert {
        each["notable"][0]["id"] for each in suggested(client, "entity", prefix="t", type="province")
    } == {"province"}


def test_properties_and_types_are_suggested_by_id_and_by_name(client: FlaskClient):
    assert suggested(client, "property", prefix="parent")[0] == {"id": "parent", "name": "Supérieur"}
    assert {"parent", "parent-region"} <= {
        each["id"] for each in suggested(client, "property", prefix="", limit=50)
    }
    assert suggested(client, "type", prefix="Comm") == [{"id": "commune", "name": "Commune"}]
    assert len(suggested(client, "type", prefix="")) == 3


def test_every_suggestion_has_a_fly_out(client: FlaskClient):
    for kind, id in (("entity", "01.100.07"), ("property", "parent"), ("type", "commune")):
        html = conforming(
            OLD, "flyout", client.get(f"{UNITS}/suggest/flyout/{kind}", query_string={"id": id})
        )["html"]
        assert id in html
        assert "<script" not in html


def test_a_preview_shows_the_names_in_all_languages_each_in_its_direction(client: FlaskClient):
    page = client.get(f"{UNITS}/preview/item?id=01.100.05").get_data(as_text=True)
    assert '<html lang="fr" dir="ltr">' in page
    assert '<h1 lang="fr" dir="ltr">Oulad Tayeb</h1>' in page
    assert '<h1 lang="ar" dir="rtl">أولاد الطيب</h1>' in page
    assert f"{PUBLIC}/api/v1/referentials/units/items/01.100.05" in page
    assert "2024-09-01" in page
    assert "01.100.07" in page
    arabic = client.get(f"{UNITS}/preview/item?id=01.100.05", headers={"Accept-Language": "ar"})
    assert '<html lang="ar" dir="rtl">' in arabic.get_data(as_text=True)


def test_a_preview_may_be_framed_and_nothing_in_it_runs(client: FlaskClient):
    answer = client.get("/reconcile/odd/preview/item", query_string={"id": ODD_CODE})
    page, policy = answer.get_data(as_text=True), answer.headers["Content-Security-Policy"]
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "a%252Fb" not in page  # its code has no slash behind b
    assert "items/a%252F%3F%23%26%C3%A9%3Cb%3E" in page
    assert "default-src 'none'" in policy
    assert "frame-ancestors *" in policy
    assert "unsafe" not in policy


def test_columns_are_added_with_values_by_their_types(
    client: FlaskClient, units: Reconciler, odd: Reconciler
):
    found = units.extend(
        ["01.100.07", "nothing", "01"], "parent-region", "measure-population", "name-ar", "valid-to", "level"
    )
    assert found["meta"][0] == {
        "id": "parent-region",
        "name": "Region",
        "type": {"id": "region", "name": "Region"},
    }
    assert found["rows"]["01.100.07"] == {
        "parent-region": [{"id": "01", "name": "Nord"}],
        "measure-population": [{"int": 32000}],
        "name-ar": [{"str": "أولاد الطيب"}],
        "valid-to": [],
        "level": [{"str": "commune"}],
    }
    assert set(map(str, found["rows"]["nothing"].values())) == {"[]"}
    assert found["rows"]["01"]["parent-region"] == []
    ended = units.extend(["01.100.05"], "valid-to", "successors", "status")["rows"]["01.100.05"]
    assert ended == {
        "valid-to": [{"date": "2024-09-01T00:00:00Z"}],
        "successors": [{"id": "01.100.07", "name": "Oulad Tayeb"}],
        "status": [{"str": "superseded"}],
    }


def test_items_of_another_referential_name_the_service_that_knows_them(odd: Reconciler):
    found = odd.extend(
        ["b"], *(f"attribute-{name}" for name in ("good", "weight", "size", "colours", "place", "detail"))
    )
    assert found["meta"][4] == {
        "id": "attribute-place",
        "name": "Place",
        "service": f"{PUBLIC}/reconcile/units",
    }
    assert found["rows"]["b"] == {
        "attribute-good": [{"bool": True}],
        "attribute-weight": [{"float": 2.5}],
        "attribute-size": [{"int": 3}],
        "attribute-colours": [{"str": "red"}, {"str": "blue"}],
        "attribute-place": [{"id": "01.100", "name": "Fès"}],
        "attribute-detail": [{"str": '{"a": 1}'}],
    }


def test_what_is_proposed_for_a_type_can_be_added_to_its_items(client: FlaskClient, units: Reconciler):
    answer = client.get(f"{UNITS}/extend/propose?type=province&limit=100")
    proposed = conforming(OLD, "proposal", answer)
    assert (proposed["type"], proposed["limit"]) == ("province", 100)
    ids = [each["id"] for each in proposed["properties"]]
    assert "parent-region" in ids
    assert "parent-commune" not in ids
    units.extend(["01.100"], *ids)
    everything = conforming(OLD, "proposal", client.get(f"{UNITS}/extend/propose"))
    assert {"attribute-type", "measure-population", *ids} <= {each["id"] for each in everything["properties"]}
    assert len(conforming(OLD, "proposal", client.get(f"{UNITS}/extend/propose?limit=2"))["properties"]) == 2


@pytest.mark.parametrize(
    "address", ["suggest/entity?prefix=fes", "extend/propose", "suggest/flyout/type?id=commune"]
)
def test_small_answers_can_be_had_as_the_call_of_a_function(client: FlaskClient, address: str):
    mark = "&" if "?" in address else "?"
    assert client.get(f"{UNITS}/{address}{mark}callback=f").data.startswith(b"/**/f({")
