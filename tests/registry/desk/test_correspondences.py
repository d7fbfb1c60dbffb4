"""Publishing a correspondence over HTTP."""

from __future__ import annotations

import pytest

from registry.library import Library
from tests.registry.desk_client import DeskUnderTest

ADDRESS = "/api/v1/correspondence-drafts"
BODY = {
    "id": "outside-to-elsewhere",
    "source_referential": "outside",
    "target_referential": "elsewhere",
    "basis": "made up",
    "licence": "CC0-1.0",
    "attribution": "made up",
    "associations": [
        {"sources": [{"code": "a"}], "targets": [{"code": "1", "share": 1}], "relation": "narrow"},
    ],
}


def test_an_approver_publishes_once(desk: DeskUnderTest) -> None:
    client = desk.sign_in(desk.add_person("approver"))
    assert client.post(ADDRESS, json=BODY).get_json() == {"id": BODY["id"], "ordinal": 1}
    assert client.post(ADDRESS, json=BODY).get_json() == {"id": BODY["id"], "ordinal": None}
    found = Library(desk.settings.snapshots).correspondence(BODY["id"])
    assert (found.ordinal, found.associations[0].targets[0].share) == (1, 1.0)


def test_an_approver_of_another_referential_does_not(desk: DeskUnderTest) -> None:
    client = desk.sign_in(desk.add_person("approver", referential="units"))
    assert client.post(ADDRESS, json=BODY).status_code == 403
    assert client.post(ADDRESS, json=BODY | {"target_referential": "units"}).status_code != 403


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"id": "Not An Id"}, 422, "is no id"),
        ({"associations": []}, 400, "a list of 1 to"),
        ({"licence": " "}, 400, "licence"),
        ({"unknown": 1}, 400, "unknown"),
    ],
)
def test_what_cannot_be_published_is_said(
    desk: DeskUnderTest, change: dict[str, object], status: int, said: str
) -> None:
    client = desk.sign_in(desk.add_person("administrator"))
    answer = client.post(ADDRESS, json=BODY | change)
    assert (answer.status_code, said in answer.get_json()["detail"]) == (status, True)
