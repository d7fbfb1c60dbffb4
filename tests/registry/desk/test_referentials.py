"""Administrators register referentials over HTTP."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from registry.app import create_app
from tests.registry.desk_client import DeskUnderTest
from tests.registry.desk_drafts import open_draft

ADDRESS = "/api/v1/referentials"
NAMES = {"fr": "Adresses", "ar": "عناوين", "en": "Addresses"}
BODY: dict[str, Any] = {
    "id": "addresses",
    "kind": "addresses",
    "names": NAMES,
    "owner": "A city",
    "licence": "CC BY 4.0",
    "attribution": "A city",
    "periodicity": "P1Y",
    "levels": [
        {"id": "street", "names": NAMES},
        {"id": "address", "names": NAMES, "code_pattern": "[0-9_]+"},
    ],
    "languages": ["fr", "ar"],
    "stage": "drafted",
}


def test_a_registered_referential_is_listed_and_can_be_drafted(desk: DeskUnderTest):
    answer = desk.signed_in("administrator").post(ADDRESS, json=BODY)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"].endswith("/api/v1/referentials/addresses")
    assert answer.json["levels"][1]["code_pattern"] == "[0-9_]+"
    public = create_app(desk.settings).test_client()
    listed = {one["id"]: one for one in public.get(ADDRESS).json["items"]}
    assert (listed["addresses"]["version"], listed["addresses"]["names"]) == (None, NAMES)
    draft = open_draft(desk.signed_in("editor"), referential="addresses", label="1")
    assert draft.get().json["base_ordinal"] is None


def test_the_same_id_again_is_a_conflict(desk: DeskUnderTest):
    client = desk.signed_in("administrator")
    assert client.post(ADDRESS, json=BODY).status_code == 201
    assert client.post(ADDRESS, json=BODY).status_code == 409


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("id",), "Two Words", "id"),
        (("kind",), "streets", "kind"),
        (("names",), {"fr": "Adresses"}, "names"),
        (("levels", 0, "names"), {}, "levels.0.names"),
        (("levels", 1, "code_pattern"), "[", "levels.1.code_pattern"),
        (("levels", 1, "id"), "street", "levels"),
        (("levels",), [], "levels"),
        (("languages",), ["french!"], "languages.0"),
        (("stage",), "begun", "stage"),
        (("records_from",), "2024-01-01", "records_basis"),
        (("colour",), "red", "colour"),
    ],
)
def test_what_is_not_accepted_is_named_by_its_field(desk: DeskUnderTest, path, value, said):
    body: Any = deepcopy(BODY)
    place = body
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    answer = desk.signed_in("administrator").post(ADDRESS, json=body)
    assert answer.status_code == 400
    assert [error["name"] for error in answer.json["errors"]] == [said]


def test_all_that_is_wrong_is_said_at_once(desk: DeskUnderTest):
    answer = desk.signed_in("administrator").post(
        ADDRESS, json={**BODY, "kind": "x", "stage": "y", "owner": ""}
    )
    assert {error["name"] for error in answer.json["errors"]} == {"kind", "stage", "owner"}


def test_the_public_address_hands_the_request_to_the_desk_and_documents_both(desk: DeskUnderTest):
    public = create_app(desk.settings).test_client()
    for address in (ADDRESS, f"{ADDRESS}/"):
        assert public.post(address, json=BODY).json["type"] == "/problems/not-signed-in"
    assert public.get(ADDRESS).status_code == 200
    told = public.get("/api/v1/openapi.json").json["paths"][ADDRESS]
    assert {"get", "post"} <= told.keys()
