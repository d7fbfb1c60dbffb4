"""Items in the formats that are exported."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from referentials import writers
from referentials.tables import parse_table
from referentials.writers import WRITERS, Columns, Export, NotWritable, UnknownFormat

EXPORT = Export("administrative-units", "2024", date(2024, 9, 1), "CC BY 4.0", "HCP")


def item(code="01", **fields):
    return {
        "code": code,
        "level": "region",
        "parent": None,
        "names": {"fr": "Tanger, le détroit", "ar": "طنجة"},
        "other_names": [],
        "attributes": {},
        "observations": [],
        "status": "valid",
        "valid_from": None,
        "valid_to": None,
        "successors": [],
        "predecessors": [],
        **fields,
    }


def written(format, items, export=EXPORT) -> bytes:
    out = io.BytesIO()
    writers.write(format, items, out, export)
    return out.getvalue()


def point(longitude, latitude):
    return {"type": "Point", "coordinates": [longitude, latitude]}


def test_csv_has_a_column_for_each_language_and_attribute_there_is():
    items = [item("01.051", attributes={"type": "province", "of": {"code": "01"}}), item("02", parent="0")]
    lines = written("csv", items).decode().split("\r\n")
    assert (
        lines[0] == "code,level,parent,status,valid_from,valid_to,name_ar,name_fr,attribute_of,attribute_type"
    )
    assert lines[1] == '01.051,region,,valid,,,طنجة,"Tanger, le détroit","{""code"":""01""}",province'
    assert lines[2:] == ['02,region,0,valid,,,طنجة,"Tanger, le détroit",,', ""]


def test_csv_gives_coordinates_only_where_there_are_points():
    rows = list(csv.reader(io.StringIO(written("csv", [item(shape=point(-7.6, 33.5)), item("2")]).decode())))
    assert [row[-2:] for row in rows] == [["longitude", "latitude"], ["-7.6", "33.5"], ["", ""]]


def test_json_is_the_shape_of_a_list_with_its_provenance():
    items = [item(), item("02", shape=point(1, 2))]
    document = json.loads(written("json", items))
    assert document["items"] == items
    assert {name: document[name] for name in document if name != "items"} == {
        "referential": "administrative-units",
        "version": "2024",
        "at": "2024-09-01",
        "licence": "CC BY 4.0",
        "attribution": "HCP",
        "next": None,
    }


def test_geojson_has_codes_as_ids_and_null_for_no_shape():
    document = json.loads(written("geojson", [item(shape=point(-7.6, 33.5)), item("02")]))
    assert document["type"] == "FeatureCollection"
    assert "crs" not in document
    assert [(feature["id"], feature["geometry"]) for feature in document["features"]] == [
        ("01", point(-7.6, 33.5)),
        ("02", None),
    ]
    assert document["features"][0]["properties"]["names"]["ar"] == "طنجة"
    assert "shape" not in document["features"][0]["properties"]


def test_geojson_turns_outer_rings_counterclockwise():
    clockwise = {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]]]}
    (feature,) = json.loads(written("geojson", [item(shape=clockwise)]))["features"]
    assert shapely.LinearRing(feature["geometry"]["coordinates"][0]).is_ccw


def test_xlsx_keeps_codes_as_text_and_numbers_as_numbers():
    items = [item("007", attributes={"area_km2": 12.5, "type": "=1+1"})]
    table = parse_table(written("xlsx", items), "x.xlsx")
    assert table.sheet == "2024"
    assert dict(zip(table.columns, table.rows[0], strict=True)) == {
        "code": "007",
        "level": "region",
        "parent": "",
        "status": "valid",
        "valid_from": "",
        "valid_to": "",
        "name_ar": "طنجة",
        "name_fr": "Tanger, le détroit",
        "attribute_area_km2": "12.5",
        "attribute_type": "=1+1",
    }


def test_a_text_longer_than_a_cell_is_an_error_that_names_the_row():
    with pytest.raises(NotWritable, match="row 2: a text of 40,000 characters"):
        written("xlsx", [item("09", names={"fr": "x" * 40_000})])


def test_more_columns_than_a_sheet_has_is_an_error():
    with pytest.raises(NotWritable, match="row 1: column 16385 does not fit"):
        written("xlsx", [], replace(EXPORT, columns=Columns(attributes=tuple(map(str, range(16_400))))))


def test_a_version_label_becomes_a_sheet_name_that_is_allowed():
    data = written("xlsx", [item()], replace(EXPORT, version="2024/2025: [draft] of the new list, corrected"))
    assert len(parse_table(data, "x.xlsx").sheet) == 31


@pytest.mark.parametrize("format", WRITERS)
def test_equal_items_give_equal_bytes(format):
    items = [item(str(number), shape=point(number, 1)) for number in range(30)]
    assert written(format, items) == written(format, items)


@pytest.mark.parametrize("format", WRITERS)
def test_an_empty_list_is_written(format):
    assert written(format, [])


@pytest.mark.parametrize("format", ["csv", "json", "geojson"])
def test_a_million_items_would_not_be_held_in_memory(format):
    pulled = 0

    def items():
        nonlocal pulled
        for number in range(5_000):
            pulled += 1
            yield item(str(number))

    chunks = writers.stream(format, items(), replace(EXPORT, columns=Columns(("ar", "fr"))))
    assert next(chunks)
    assert pulled < 2_000


def test_items_that_can_be_gone_through_once_need_their_columns_stated():
    with pytest.raises(TypeError, match="only once"):
        written("csv", iter([item()]))
    stated = replace(EXPORT, columns=Columns(("fr",)))
    assert written("csv", iter([item()]), stated).splitlines()[0].endswith(b"name_fr")


def test_an_unknown_format_is_an_error_with_those_there_are():
    with pytest.raises(UnknownFormat, match="'pdf'; there are csv, json, geojson, xlsx"):
        written("pdf", [])


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=20)


@given(st.dictionaries(st.sampled_from(["ar", "en", "fr"]), texts, min_size=1))
def test_names_survive_every_format(names):
    items = [item(names=names)]
    assert json.loads(written("json", items))["items"][0]["names"] == names
    assert json.loads(written("geojson", items))["features"][0]["properties"]["names"] == names
    for format in ("csv", "xlsx"):
        table = parse_table(written(format, items), "x", wanted=["code"], delimiter=",")
        cells = dict(zip(table.columns, table.rows[0], strict=True))
        assert {name: cells[f"name_{name}"] for name in names} == names
