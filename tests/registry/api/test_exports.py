"""Exports over HTTP."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from registry.api.exports import attachment
from registry.app import create_app
from registry.catalogue import read_catalogue, write_catalogue
from tests.registry.small_library import build_library, settings

UNITS = "/api/v1/referentials/units"


def test_csv_has_codes_as_text_and_one_row_for_each_item(client: FlaskClient) -> None:
    answer = client.get(f"{UNITS}/versions/2014/export.csv")
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
    assert len(rows) == 12
    assert rows[0]["code"] == "01"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="units-2014.csv"'
    assert "immutable" in answer.headers["Cache-Control"]


def test_json_has_the_items_of_the_list(client: FlaskClient) -> None:
    exported = json.loads(client.get(f"{UNITS}/export.json").data)
    listed = client.get(f"{UNITS}/items").get_json()
    assert exported["items"] == listed["items"]
    assert (exported["version"], exported["at"]) == (listed["version"], listed["at"])


@pytest.mark.parametrize("format", ["csv", "json", "geojson", "xlsx"])
def test_what_never_changes_says_nothing_of_what_may_change(tmp_path: Path, format: str) -> None:
    build_library(tmp_path / "snapshots")
    client = create_app(settings(tmp_path)).test_client()
    urls = [f"{UNITS}/versions/2024/export.{format}", f"{UNITS}/export.{format}?at=2024-09-01"]
    before = [client.get(url) for url in urls]
    catalogue = read_catalogue(tmp_path / "snapshots")
    units = replace(catalogue.referentials["units"], licence="another", attribution="others")
    changed = replace(catalogue, referentials={**catalogue.referentials, "units": units})
    write_catalogue(tmp_path / "snapshots", changed)
    of_version, newest = (client.get(url) for url in urls)
    assert of_version.data == before[0].data
    assert of_version.headers["ETag"] == before[0].headers["ETag"]
    assert of_version.headers["Link"] == f'<{UNITS}>; rel="describedby"'
    assert newest.headers["ETag"] != before[1].headers["ETag"]


def test_the_name_of_a_file_may_have_any_signs() -> None:
    assert attachment("units-2014.csv") == 'attachment; filename="units-2014.csv"'
    assert attachment('units-2024 "é".csv') == (
        "attachment; filename=\"units-2024_.csv\"; filename*=UTF-8''units-2024%20%22%C3%A9%22.csv"
    )


def test_geojson_has_shapes(client: FlaskClient) -> None:
    answer = client.get(f"{UNITS}/export.geojson?parent=01.100")
    assert answer.content_type == "application/geo+json"
    shapes = [feature["geometry"]["type"] for feature in json.loads(answer.data)["features"]]
    assert shapes == ["Polygon", "Point"]


def test_xlsx_is_a_workbook(client: FlaskClient) -> None:
    answer = client.get(f"{UNITS}/export.xlsx")
    assert "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(answer.data)).namelist()


@pytest.mark.parametrize("format", ["csv", "json", "geojson", "xlsx"])
def test_an_export_is_the_same_bytes_every_time(client: FlaskClient, format: str) -> None:
    url = f"{UNITS}/versions/2024/export.{format}"
    first = client.get(url)
    assert first.data == client.get(url).data
    assert client.get(url, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_an_export_takes_the_filters_of_a_list(client: FlaskClient) -> None:
    answer = client.get(f"{UNITS}/export.csv?level=region&lang=ar")
    assert "name_fr" not in answer.get_data(as_text=True)
    assert answer.get_data(as_text=True).count("\r\n") == 3
    assert client.get(f"{UNITS}/export.csv?level=planet").status_code == 400


@pytest.mark.parametrize("query", ["level=planet", "under=77", "lang=xx"])
def test_a_filter_that_is_not_accepted_is_refused_whatever_the_client_holds(
    client: FlaskClient, query: str
) -> None:
    answer = client.get(f"{UNITS}/versions/2014/export.csv?{query}", headers={"If-None-Match": "*"})
    assert answer.status_code == 400
