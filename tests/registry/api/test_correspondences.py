"""Correspondences over HTTP."""

from __future__ import annotations

from flask.testing import FlaskClient

ALL = "/api/v1/correspondences"


def test_the_list_is_narrowed_by_referential_and_by_code(client: FlaskClient) -> None:
    def ids(query: str) -> list[str]:
        return [each["id"] for each in client.get(f"{ALL}{query}").get_json()["items"]]

    assert ids("") == ids("?referential=units") == ids("?code=01.100.05") == ["old-to-new"]
    assert ids("?referential=activities") == ids("?code=77") == []


def test_a_correspondence_tells_its_licence_attribution_and_quality(client: FlaskClient) -> None:
    found = client.get(f"{ALL}/old-to-new").get_json()
    assert (found["licence"], found["attribution"], found["ordinal"]) == ("CC0-1.0", "made up", 1)
    assert found["quality"]["relations"] == {"exact": 1, "close": 0, "broad": 0, "narrow": 0, "related": 0}
    assert (found["quality"]["clean"], found["warnings"]) == (1, [])


def test_a_code_is_looked_up_on_either_side(client: FlaskClient) -> None:
    for code, expected in (("01.100.05", 1), ("01.100.07", 1), ("77", 0)):
        found = client.get(f"{ALL}/old-to-new?code={code}").get_json()
        assert len(found["associations"]) == expected
        assert found["quality"]["sources"] == 1


def test_the_inverse_leads_back(client: FlaskClient) -> None:
    found = client.get(f"{ALL}/old-to-new/inverse").get_json()
    assert (found["source_version"], found["target_version"], found["ordinal"]) == ("2024", "2014", 0)
    assert found["associations"][0]["targets"] == [{"code": "01.100.05", "share": None}]


def test_two_are_put_together_with_what_to_mind(client: FlaskClient) -> None:
    there_and_back = client.get(f"{ALL}/old-to-new/compose?with=old-to-new&turned=with").get_json()
    assert [(each["relation"], each["targets"][0]["code"]) for each in there_and_back["associations"]] == [
        ("exact", "01.100.05")
    ]
    mismatched = client.get(f"{ALL}/old-to-new/compose?with=old-to-new").get_json()
    assert mismatched["quality"]["lost"] == ["01.100.05"]
    assert len(mismatched["warnings"]) == 2


def test_what_there_is_not_to_compose_with_is_said(client: FlaskClient) -> None:
    assert client.get(f"{ALL}/old-to-new/compose?with=none").status_code == 404
    assert client.get(f"{ALL}/old-to-new/compose").status_code == 400
    assert client.get(f"{ALL}/old-to-new/compose?with=old-to-new&turned=both").status_code == 400
