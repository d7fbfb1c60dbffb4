"""The items of a draft over HTTP."""

from __future__ import annotations

from typing import Any

from tests.registry.desk_client import DeskUnderTest
from tests.registry.desk_drafts import RABAT, open_draft


def test_an_item_is_listed_changed_and_let_go(desk: DeskUnderTest):
    draft = open_draft(desk.signed_in("editor"))
    assert draft.get("/items/10").status_code == 404
    body = {
        **RABAT,
        "attributes": {"type": "urban"},
        "shape": {"type": "Point", "coordinates": [-6.83, 34.01]},
        "other_names": [{"text": "Ribat", "script": "Latn", "source": "a map"}],
        "observations": [
            {
                "measure": "population",
                "observed_on": "2024-09-01",
                "value": 515619,
                "unit": "person",
                "source": "census",
            }
        ],
        "valid_from": "1912-01-01",
    }
    assert draft.edit("PUT", "/items/10", body).json == {"revision": 2, "rows": 1}
    listed = draft.get("/items/10").json
    assert {
        name: listed[name] for name in ("names", "attributes", "shape", "observations", "valid_from")
    } == {name: body[name] for name in ("names", "attributes", "shape", "observations", "valid_from")}
    assert listed["other_names"][0] | {"text": "Ribat", "use": "alternative"} == listed["other_names"][0]
    assert draft.edit("PUT", "/items/10", {**RABAT, "names": {"fr": "Ar-Ribat"}}).status_code == 200
    assert draft.get("/items/10").json["names"] == {"fr": "Ar-Ribat"}
    assert draft.edit("DELETE", "/items/10").status_code == 200
    assert draft.get("/items/10").json["action"] == "remove"
    assert draft.edit("DELETE", "/items/10?forget=yes").json["rows"] == 1
    assert draft.get("/items").json == {"items": [], "next": None}


def test_several_items_are_listed_at_once_or_none_of_them(desk: DeskUnderTest):
    draft = open_draft(desk.signed_in("editor"))
    items = [{**RABAT, "code": f"{number:02}"} for number in range(10)]
    assert draft.edit("POST", "/items", {"set": items, "remove": ["99"]}).json["rows"] == 11
    twice = draft.edit("POST", "/items", {"set": [items[0], items[0]]})
    assert twice.status_code == 400
    assert draft.edit("POST", "/items", {}).status_code == 400
    pages, cursor = [], None
    while True:
        query = {"limit": 4} if cursor is None else {"limit": 4, "cursor": cursor}
        page = draft.get("/items", **query).json
        pages += [each["code"] for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert pages == [f"{number:02}" for number in range(10)] + ["99"]


def test_the_pages_of_a_draft_that_was_edited_meanwhile_are_not_mixed(desk: DeskUnderTest):
    draft = open_draft(desk.signed_in("editor"))
    draft.edit("POST", "/items", {"set": [{**RABAT, "code": code} for code in "ABC"]})
    cursor = draft.get("/items", limit=1).json["next"]
    draft.edit("PUT", "/items/D", RABAT)
    stale = draft.get("/items", limit=1, cursor=cursor)
    assert (stale.status_code, stale.json["type"]) == (400, "/problems/bad-cursor")


WRONG: tuple[dict[str, Any], ...] = (
    {"level": None},
    {"names": "Rabat"},
    {"names": {"fr": ""}},
    {"attributes": {"count": 2**60}},
    {"attributes": []},
    {"shape": {"type": "Point"}},
    {"shape": {"type": "Point", "coordinates": [500, 34]}},
    {"shape": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]]}},
    {"observations": [{"measure": "population", "value": "many"}]},
    {"valid_from": "1912"},
    {"code": "11"},
)


def test_an_item_that_no_list_can_have_is_refused_and_nothing_is_changed(desk: DeskUnderTest):
    draft = open_draft(desk.signed_in("editor"))
    for wrong in WRONG:
        answer = draft.edit("PUT", "/items/10", {**RABAT, **wrong})
        assert (answer.status_code, answer.json["type"]) == (400, "/problems/bad-body"), wrong
    assert draft.get().headers["ETag"] == '"1"'


def test_a_code_that_no_item_can_have_is_refused(desk: DeskUnderTest):
    draft = open_draft(desk.signed_in("editor"))
    assert draft.edit("PUT", f"/items/{'1' * 1000}", RABAT).status_code == 400
    assert draft.edit("PUT", "/items/%00", RABAT).status_code == 400
    assert draft.edit("DELETE", "/items/%20").status_code == 400


def test_of_two_editors_the_second_is_told(desk: DeskUnderTest):
    draft = open_draft(desk.signed_in("editor"))
    read_before = {"If-Match": draft.etag}
    assert draft.edit("PUT", "/items/10", RABAT).status_code == 200
    other = desk.signed_in("editor")
    answer = other.put(f"{draft.address}/items/11", json=RABAT, headers=read_before)
    assert answer.status_code == 412
    assert other.put(f"{draft.address}/items/11", json=RABAT).status_code == 428
    assert [each["code"] for each in draft.get("/items").json["items"]] == ["10"]


def test_the_audit_trail_tells_which_codes_were_edited(desk: DeskUnderTest):
    draft = open_draft(desk.signed_in("editor"))
    draft.edit("PUT", "/items/10", RABAT)
    draft.edit("POST", "/items", {"set": [{**RABAT, "code": "11"}], "remove": ["99"]})
    draft.edit("DELETE", "/items/10?forget=yes")
    trail = desk.signed_in("administrator").get(f"/api/v1/audit?subject={draft.id}&limit=10").json["items"]
    told = [
        {name: entry["after"][name] for name in ("set", "removed", "forgotten") if name in entry["after"]}
        for entry in trail
        if entry["action"] == "edited"
    ]
    assert sorted(told, key=str) == [
        {"forgotten": ["10"]},
        {"set": ["10"]},
        {"set": ["11"], "removed": ["99"]},
    ]
