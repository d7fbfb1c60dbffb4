"""Referentials, versions, correspondences, health, the OpenAPI document and its reader."""

from __future__ import annotations

import re
from pathlib import Path

from flask.testing import FlaskClient

from registry.app import create_app
from tests.registry.small_library import settings

API = "/api/v1"


def test_referentials_are_listed_with_their_newest_version(client: FlaskClient) -> None:
    page = client.get(f"{API}/referentials").get_json()
    assert [(entry["id"], entry["version"]) for entry in page["items"]] == [
        ("activities", "4"),
        ("units", "2024"),
    ]
    assert client.get(f"{API}/referentials/units").get_json() == page["items"][1]


def test_versions_are_listed_oldest_first(client: FlaskClient) -> None:
    page = client.get(f"{API}/referentials/units/versions").get_json()
    assert [(entry["label"], entry["ordinal"]) for entry in page["items"]] == [("2014", 1), ("2024", 2)]
    assert client.get(f"{API}/referentials/units/versions/2014").get_json() == page["items"][0]


def test_correspondences_are_listed_without_and_told_with_their_pairs(client: FlaskClient) -> None:
    (head,) = client.get(f"{API}/correspondences").get_json()["items"]
    assert "associations" not in head
    told = client.get(f"{API}/correspondences/{head['id']}").get_json()
    assert told["associations"][0]["sources"][0]["code"] == "01.100.05"


def test_the_catalogue_is_not_sent_again_until_it_changes(client: FlaskClient) -> None:
    for path in ("referentials", "referentials/units", "referentials/units/versions", "correspondences"):
        etag = client.get(f"{API}/{path}").headers["ETag"]
        assert client.get(f"{API}/{path}", headers={"If-None-Match": etag}).status_code == 304


def test_health_counts_what_can_be_read(client: FlaskClient) -> None:
    assert client.get(f"{API}/health").get_json() == {"status": "ok", "referentials": 2}


def test_a_damaged_catalogue_is_unhealthy(tmp_path: Path) -> None:
    (tmp_path / "snapshots").mkdir()
    (tmp_path / "snapshots" / "catalogue.json").write_text("nonsense")
    answer = create_app(settings(tmp_path)).test_client().get(f"{API}/health")
    assert (answer.status_code, answer.get_json()["type"]) == (503, "/problems/snapshot-damaged")


def test_an_installation_without_publications_lists_nothing(tmp_path: Path) -> None:
    client = create_app(settings(tmp_path)).test_client()
    assert client.get(f"{API}/referentials").get_json()["items"] == []
    assert client.get(f"{API}/referentials/units/items").status_code == 404


def test_the_openapi_document_has_every_resource(client: FlaskClient) -> None:
    document = client.get(f"{API}/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    documented = {
        (path, method)
        for path, operations in document["paths"].items()
        for method in operations
        if method != "parameters"
    }
    desk = client.application.wsgi_app._other()
    served = {
        (re.sub(r"<(?:[^<>:]+:)?([^<>]+)>", r"{\1}", rule.rule), method.lower())
        for application in (client.application, desk)
        for rule in application.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith(API) and not rule.endpoint.startswith(("docs.", "openapi"))
    }
    assert documented == served


def test_the_reader_of_the_document_needs_no_outside_address(client: FlaskClient) -> None:
    page = client.get(f"{API}/docs").get_data(as_text=True)
    assert "//" not in page
    for asset in re.findall(r'(?:src|href)="([^"]+)"', page):
        with client.get(f"{API}/{asset}") as answer:
            assert answer.status_code == 200, asset
    assert (
        "'unsafe-inline'"
        not in re.search(
            r"default-src[^;]*", client.get(f"{API}/docs").headers["Content-Security-Policy"]
        ).group()
    )
    assert client.get(f"{API}/docs/assets/../../../wsgi.py").status_code == 404


def test_the_root_leads_to_the_reader(client: FlaskClient) -> None:
    assert client.get("/").headers["Location"] == f"{API}/docs"
