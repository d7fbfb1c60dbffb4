"""People with an account, and the trail of what was done to them."""

from __future__ import annotations

import uuid

from tests.registry.desk_client import DeskUnderTest

ADDRESS = "/api/v1/people"
BOUCHRA = {"email": "Bouchra@Example.org", "name": "Bouchra", "administration": "agency"}
UNFIT = [
    {"email": "nobody"},
    {"email": "a b@example.org"},
    {"email": "a\u202e@example.org"},
    {"name": ""},
    {"name": "A\nB"},
    {"name": "x" * 201},
    {"administration": "unheard of"},
    {"administration": "\u0001"},
    {"roles": [{"role": "king"}]},
    {"roles": [{"role": "data_manager", "referential": "units"}]},
    {"password": "short"},
    {"password": "bouchra@example.org"},
    {"password": "azertyuiop12"},
    {"password": "passwordpassword"},
    {"unheard": "of"},
]


def test_an_administrator_makes_an_account_with_its_roles(desk: DeskUnderTest):
    client = desk.signed_in("administrator")
    wanted = [{"role": "editor", "referential": "units"}, {"role": "data_manager"}]
    made = client.post(ADDRESS, json={**BOUCHRA, "roles": wanted, "password": "quatre marmottes à Ifrane"})
    assert made.status_code == 201
    assert made.json["email"] == "bouchra@example.org"
    assert made.json["roles"] == [
        {"role": "data_manager", "referential": None},
        {"role": "editor", "referential": "units"},
    ]
    assert client.get(made.headers["Location"]).json == made.json
    assert "password" not in made.json


def test_an_email_has_one_account_whatever_its_case(desk: DeskUnderTest):
    client = desk.signed_in("administrator")
    assert client.post(ADDRESS, json=BOUCHRA).status_code == 201
    assert client.post(ADDRESS, json={**BOUCHRA, "email": "BOUCHRA@example.ORG"}).status_code == 409


def test_what_cannot_be_kept_is_refused_and_nothing_half_written(desk: DeskUnderTest):
    client = desk.signed_in("administrator")
    before = client.get(ADDRESS).json
    for wrong in UNFIT:
        refused = client.post(ADDRESS, json={**BOUCHRA, **wrong})
        assert refused.status_code == 400, wrong
        assert refused.json["errors"]
    assert client.get(ADDRESS).json == before


def test_a_role_of_an_unknown_referential_is_refused(desk: DeskUnderTest):
    client = desk.signed_in("administrator")
    role = {"role": "editor", "referential": "unheard-of"}
    assert client.post(ADDRESS, json={**BOUCHRA, "roles": [role]}).status_code == 404


def test_roles_are_given_and_taken_back_and_hold_at_once(desk: DeskUnderTest):
    client, person = desk.signed_in("administrator"), desk.add_person()
    other = desk.sign_in(person)
    assert other.get(ADDRESS).status_code == 403
    address = f"{ADDRESS}/{person}/roles"
    for _ in range(2):
        assert len(client.post(address, json={"role": "administrator"}).json["roles"]) == 1
    assert other.get(ADDRESS).status_code == 200
    for _ in range(2):
        assert client.delete(f"{address}?role=administrator").json["roles"] == []
    assert other.get(ADDRESS).status_code == 403


def test_the_last_administrator_stays_one(desk: DeskUnderTest):
    person = desk.add_person("administrator")
    client = desk.sign_in(person)
    address = f"{ADDRESS}/{person}"
    assert client.patch(address, json={"disabled": True}).status_code == 409
    assert client.delete(f"{address}/roles?role=administrator").status_code == 409
    desk.add_person("administrator")
    assert client.patch(address, json={"disabled": True}).status_code == 200


def test_a_person_changes_name_and_administration(desk: DeskUnderTest):
    client = desk.signed_in("administrator")
    address = client.post(ADDRESS, json=BOUCHRA).headers["Location"]
    assert client.patch(address, json={"name": "Bouchra B."}).json["administration"] == "agency"
    assert client.patch(address, json={"administration": "ministry"}).json["administration"] == "ministry"
    left = client.patch(address, json={"administration": None}).json
    assert (left["administration"], left["name"]) == (None, "Bouchra B.")
    assert client.patch(address, json={}).status_code == 400
    assert client.patch(address, json={"disabled": "yes"}).status_code == 400


def test_people_are_listed_in_pages_by_email(desk: DeskUnderTest):
    client = desk.sign_in(desk.add_person("administrator", email="m@example.org"))
    for name in ("z", "a", "é", "n"):
        desk.add_person(email=f"{name}@example.org")
    seen, cursor = [], ""
    while cursor is not None:
        page = client.get(f"{ADDRESS}?limit=2" + (f"&cursor={cursor}" if cursor else "")).json
        seen += [person["email"][0] for person in page["items"]]
        cursor = page["next"]
    assert seen == ["a", "m", "n", "z", "é"]
    assert client.get(f"{ADDRESS}?cursor=nonsense").status_code == 400


def test_nobody_is_found_under_an_unknown_id(desk: DeskUnderTest):
    client, address = desk.signed_in("administrator"), f"{ADDRESS}/{uuid.uuid4()}"
    assert client.get(address).json["type"] == "/problems/unknown-person"
    assert client.patch(address, json={"disabled": True}).status_code == 404
    assert client.post(f"{address}/roles", json={"role": "editor"}).status_code == 404


def test_every_change_of_state_has_one_entry_with_before_and_after(desk: DeskUnderTest):
    administrator = desk.add_person("administrator")
    client = desk.sign_in(administrator)
    person = client.post(ADDRESS, json=BOUCHRA).json["id"]
    address = f"{ADDRESS}/{person}"
    client.patch(address, json={"name": "B."})
    client.patch(address, json={"name": "B."})
    client.post(f"{address}/roles", json={"role": "editor", "referential": "units"})
    client.delete(f"{address}/roles?role=editor&referential=units")
    client.patch(address, json={"password": "quatre marmottes à Ifrane"})
    client.patch(address, json={"disabled": True})
    client.patch(address, json={"disabled": False})
    entries = client.get(f"/api/v1/audit?subject_kind=person&subject={person}").json["items"]
    assert [entry["action"] for entry in reversed(entries)] == [
        "created",
        "changed",
        "granted",
        "took back",
        "set the password",
        "disabled",
        "enabled",
    ]
    assert {entry["actor"] for entry in entries} == {str(administrator)}
    changed = entries[-2]
    assert (changed["before"], changed["after"]) == ({"name": "Bouchra"}, {"name": "B."})
    assert "marmottes" not in str(entries)


def test_the_trail_is_read_in_pages_that_later_entries_do_not_move(desk: DeskUnderTest):
    client = desk.signed_in("administrator")
    for number in range(4):
        client.post(ADDRESS, json={"email": f"{number}@example.org", "name": "N"})
    first = client.get("/api/v1/audit?limit=3").json
    client.post(ADDRESS, json={"email": "later@example.org", "name": "N"})
    second = client.get(f"/api/v1/audit?limit=3&cursor={first['next']}").json
    emails = [entry["after"]["email"] for entry in first["items"] + second["items"]]
    assert emails == ["3@example.org", "2@example.org", "1@example.org", "0@example.org"]
    assert second["next"] is None
    other = client.get(f"/api/v1/audit?limit=3&actor=marjaa&cursor={first['next']}")
    assert other.json["type"] == "/problems/bad-cursor"
