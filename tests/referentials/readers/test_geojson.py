"""GeoJSON, in a collection or on lines, and documents that would do harm."""

from __future__ import annotations

import gzip
import json
import time
from typing import Any

import pytest
import shapely

from referentials.listing import ListedItem
from referentials.sheets.limits import TableError, TableTooLarge
from tests.referentials.readers.conftest import Read

SQUARE = {"type": "Polygon", "coordinates": [[[-5, 34], [-4, 34], [-4, 35], [-5, 35], [-5, 34]]]}
BOW_TIE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}


def feature(code: Any, geometry: Any = None, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"code": code, **properties}, "geometry": geometry}


def collection(*features: Any, **members: Any) -> str:
    return json.dumps({"type": "FeatureCollection", **members, "features": features})


def lines(*features: Any) -> str:
    return "\n".join(map(json.dumps, features))


@pytest.mark.parametrize(("write", "format"), [(collection, "geojson"), (lines, "geojson-lines")])
def test_a_feature_becomes_an_item_with_its_shape(read: Read, write, format: str):
    content = write(
        feature("01", SQUARE, name_fr="Nord", name_ar="الشمال", type="rural"),
        feature(2, {"type": "Point", "coordinates": [-6.8, 34.0, 75.0]}, name_fr="Sud"),
    )
    reading, rows = read(content, "units.geojson", default_level="region")
    assert reading.format == format
    assert [(row.row, row.code) for row in rows] == [(1, "01"), (2, "2")]
    square = shapely.box(-5, 34, -4, 35)
    assert rows[0].item is not None
    assert rows[0].item.shape is not None
    assert rows[0].item.shape.equals(square)
    assert rows[1].item == ListedItem("2", "region", None, {"fr": "Sud"}, {}, shapely.Point(-6.8, 34.0))


def test_a_marked_and_gzipped_collection_is_read(read: Read):
    packed = gzip.compress(b"\xef\xbb\xbf" + collection(feature("01")).encode())
    _, rows = read(packed, "units.geojson.gz", default_level="region")
    assert [row.code for row in rows] == ["01"]


def test_what_an_export_writes_is_read_back(read: Read):
    item = {"code": "01", "level": "region", "names": {"fr": "Nord"}, "attributes": {"type": "rural"}}
    exported = {"type": "Feature", "id": "01", "properties": item, "geometry": SQUARE}
    _, (row,) = read(collection(exported, licence="CC0"), "units.geojson")
    assert row.item is not None
    assert (row.item.code, row.item.level, row.item.names, row.item.attributes) == (
        "01",
        "region",
        {"fr": "Nord"},
        {"type": "rural"},
    )


def test_the_shapes_can_be_left_alone(read: Read):
    _, (row,) = read(collection(feature("01", SQUARE)), columns={"shape": ""}, default_level="region")
    assert row.item is not None
    assert row.item.shape is None


@pytest.mark.parametrize(
    ("geometry", "message"),
    [
        (BOW_TIE, "Self-intersection"),
        ({"type": "Point", "coordinates": [200, 0]}, "outside longitude"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}, "not a GeoJSON geometry"),
        ({"type": "Polygon", "coordinates": []}, "the shape is empty"),
        ({"type": "Blob"}, "not a GeoJSON geometry"),
        ([1, 2], "not a GeoJSON geometry"),
        ({"type": "Point", "coordinates": [[[[[1]]]]]}, "not a GeoJSON geometry"),
    ],
)
def test_a_bad_shape_is_reported_and_the_others_are_read(read: Read, geometry: Any, message: str):
    content = collection(feature("01", geometry), feature("02", SQUARE))
    _, (bad, good) = read(content, default_level="region")
    assert bad.item is None
    assert (bad.problems[0].row, bad.problems[0].code) == (1, "01")
    assert message in bad.problems[0].message
    assert good.item is not None


def test_a_line_that_is_no_feature_is_reported_and_the_others_are_read(read: Read):
    content = lines(feature("01")) + '\n{"type": "Feature", NaN}\n7\n' + lines(feature("02"))
    _, rows = read(content, default_level="region")
    assert [(row.row, row.item is None) for row in rows] == [(1, False), (2, True), (3, True), (4, False)]


def test_a_number_that_not_every_reader_keeps_is_reported(read: Read):
    content = collection(feature("01", note=2**60))
    _, (row,) = read(content, kind="code-lists", columns={"attribute_note": "note"}, default_level="region")
    assert "larger than every reader keeps" in row.problems[0].message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"type": "FeatureCollection", "features": []}', "no features"),
        ('{"type": "FeatureCollection"}', "this has none"),
        ('{"type": "Topology", "objects": {}}', "not 'Topology'"),
        (collection(feature("01"))[:-20], "not well-formed JSON after feature 0"),
        (collection(feature("01")) + "}", "not well-formed JSON"),
        ('{"type": "FeatureCollection", "features": [{"a": NaN}]}', "not well-formed JSON"),
        (
            collection(feature("01"), crs={"properties": {"name": "urn:ogc:def:crs:EPSG::26191"}}),
            "reproject it",
        ),
    ],
)
def test_a_document_that_cannot_be_read_is_refused(read: Read, content: str, message: str):
    with pytest.raises(TableError, match=message):
        read(content, "units.geojson", default_level="region")


@pytest.mark.parametrize("signs", ["[]", "{}"])
def test_deep_nesting_is_refused_at_once(read: Read, signs: str):
    opening = signs[0] if signs == "[]" else '{"a":'
    deep = opening * 100_000 + "1" + signs[1] * 100_000
    content = f'{{"type":"FeatureCollection","features":[{{"properties":{deep}}}]}}'
    with pytest.raises(TableError, match="nests deeper than 32 levels"):
        read(content, "units.geojson", default_level="region")


def test_a_line_that_nests_deeply_is_reported(read: Read):
    deep = "[" * 100_000 + "]" * 100_000
    content = lines(feature("01")) + f'\n{{"type": "Feature", "properties": {{"code": {deep}}}}}\n'
    _, rows = read(content, format="geojson-lines", default_level="region")
    assert "the line is not JSON" in rows[1].problems[0].message


def test_a_polygon_of_a_million_vertices_is_refused_in_a_second(read: Read):
    ring = ",".join(f"[-5.{number:06},34.{number:06}]" for number in range(1_000_000))
    content = (
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"01"},'
        f'"geometry":{{"type":"Polygon","coordinates":[[{ring}]]}}}}]}}'
    ).encode()
    started = time.process_time()
    with pytest.raises(TableTooLarge, match="more than 200,000 vertices"):
        read(content, "units.geojson", default_level="region")
    assert time.process_time() - started < 20  # half a second, where nobody else works: it is not built


def test_a_line_with_too_many_vertices_is_reported(read: Read):
    ring = [[number / 1e4, 0] for number in range(200_002)]
    geometry = {"type": "LineString", "coordinates": ring}
    _, (row,) = read(lines(feature("01", geometry)), format="geojson-lines", default_level="region")
    assert "200,002 vertices; at most 200,000" in row.problems[0].message
