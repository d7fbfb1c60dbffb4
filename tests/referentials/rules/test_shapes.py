"""Shapes: within their parents, beside each other; areas in square kilometres."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest
import shapely

from referentials.findings import check, inspect
from referentials.kinds import kind
from referentials.listing import ListedItem
from referentials.rules import shapes as rules
from referentials.rules.checked import CheckedList
from referentials.rules.ground import EARTH_RADIUS_KM, area_km2, distance_km

LEVELS = ("region", "province", "commune", "arrondissement")
KIND = kind("administrative-units")


def item(code, level, parent, shape):
    return ListedItem(code, level, parent, {"fr": f"Nom {code}"}, shape=shape)


def found(*items):
    return check(items, KIND, LEVELS, ("fr",))


REGION = item("01", "region", None, shapely.box(-6, 33, -4, 35))
WEST = item("01.1", "province", "01", shapely.box(-6, 33, -5, 35))
EAST = item("01.2", "province", "01", shapely.box(-5, 33, -4, 35))


def test_areas_are_those_on_the_sphere():
    octant = shapely.Polygon([(0, 0), (90, 0), (90, 90), (0, 90)])
    assert area_km2(np.array([octant]))[0] == pytest.approx(4 * np.pi * EARTH_RADIUS_KM**2 / 8)
    degree = area_km2(np.array([shapely.box(-7, 33, -6, 34)]))[0]
    assert degree == pytest.approx(10_330, rel=0.005)  # on the ellipsoid 10,327 km²


def test_a_degree_of_longitude_is_shorter_in_the_north():
    one = shapely.Point(0, 60)
    assert distance_km(one, shapely.Point(1, 60)) == pytest.approx(55.6, rel=0.01)
    assert distance_km(one, shapely.Point(0, 61)) == pytest.approx(111.2, rel=0.01)


def test_parts_that_cover_their_parent_pass():
    assert found(REGION, WEST, EAST) == []


def test_an_area_outside_its_parent_is_told_with_how_much():
    beyond = item("01.2", "province", "01", shapely.box(-5, 33, -3.9, 35))
    (finding,) = found(REGION, WEST, beyond)
    assert (finding.rule, finding.severity, finding.code) == ("shapes_outside_parent", "warning", "01.2")
    assert finding.column == "shape"
    assert "km² (9.1%) lie outside the region '01'" in finding.message


def test_siblings_that_overlap_are_told_once():
    wider = item("01.2", "province", "01", shapely.box(-5.2, 33, -4, 35))
    (finding,) = found(REGION, WEST, wider)
    assert (finding.rule, finding.code, finding.value) == ("overlapping_siblings", "01.2", "01.1")
    assert "(20.0% of the smaller) with '01.1'" in finding.message


def test_a_gap_between_siblings_is_told_of_the_parent():
    narrower = item("01.2", "province", "01", shapely.box(-4.8, 33, -4, 35))
    (finding,) = found(REGION, WEST, narrower)
    assert (finding.rule, finding.code) == ("gaps_between_siblings", "01")
    assert "(10.0%) are covered by none of its parts" in finding.message


def test_no_gap_is_told_where_a_part_has_no_shape():
    assert found(REGION, WEST, item("01.2", "province", "01", None)) == []


def test_a_level_without_shapes_is_looked_through():
    bare = item("01.1", "province", "01", None)
    inner = item("01.1.1", "commune", "01.1", shapely.box(-6, 33, -5, 35))
    assert found(REGION, bare, inner, EAST) == []
    elsewhere = item("01.1.1", "commune", "01.1", shapely.box(-7, 33, -6, 35))
    rules_broken = {(each.rule, each.code) for each in found(REGION, bare, elsewhere, EAST)}
    assert rules_broken == {("shapes_outside_parent", "01.1.1"), ("gaps_between_siblings", "01")}


def test_slivers_of_simplified_boundaries_pass():
    loose = item("01.2", "province", "01", shapely.box(-5.0001, 33, -3.9999, 35))
    assert found(REGION, WEST, loose) == []


def test_a_point_outside_its_parent_is_told_with_the_distance():
    inside, near, far = (
        item(f"01.{number}", "province", "01", shapely.Point(longitude, 34))
        for number, longitude in enumerate((-5, -3.999, -3.5))
    )
    (finding,) = found(REGION, inside, near, far)
    assert (finding.rule, finding.severity, finding.code) == ("points_outside_parent", "warning", "01.2")
    assert finding.message == "it lies 46.1 km outside the region '01'"


def test_an_invalid_shape_is_not_compared_with_others():
    bowtie = shapely.Polygon([(-6, 33), (-4, 35), (-4, 33), (-6, 35)])
    (finding,) = found(REGION, item("01.1", "province", "01", bowtie))
    assert finding.rule == "invalid_shapes"


def test_shapes_too_large_to_compare_are_said_to_be_left(monkeypatch):
    monkeypatch.setattr(rules, "MOST_WORK", 3)
    findings = found(REGION, WEST, item("01.2", "province", "01", shapely.box(-5, 33, -3, 35)))
    assert {each.rule for each in findings} == {
        "shapes_outside_parent",
        "overlapping_siblings",
        "gaps_between_siblings",
    }
    assert all("not all of them were compared" in each.message for each in findings)


def test_a_polygon_of_a_million_vertices_takes_about_a_second():
    angles = np.linspace(0, 2 * np.pi, 1_000_000, endpoint=False)
    reach = 0.5 + 0.01 * np.sin(angles * 5_000)
    ring = np.column_stack([-5 + reach * np.cos(angles), 34 + reach * np.sin(angles)])
    before = time.process_time()
    findings = found(REGION, item("01.1", "province", "01", shapely.Polygon(ring)))
    assert time.process_time() - before < 10  # 1.5 s measured; a slow machine has room
    assert [each.rule for each in findings] == ["gaps_between_siblings"]


def test_the_communes_of_the_country_lie_within_and_beside_each_other(shared_data):
    shapes = {}
    for name in ("regions", "provinces", "communes"):
        collection = json.loads((shared_data / "boundaries" / f"{name}_2024.geojson").read_bytes())
        for feature in collection["features"]:
            shapes[feature["properties"]["code"]] = (
                name,
                shapely.from_geojson(json.dumps(feature["geometry"])),
            )
    parents = {"regions": None, "provinces": 2, "communes": 6}
    items = [
        item(code, name[:-1], None if parents[name] is None else code[: parents[name]], shape)
        for code, (name, shape) in shapes.items()
    ]
    checked = CheckedList(items, range(len(items)), KIND, LEVELS, ("fr",))
    counts = {each.rule: each.count for each in inspect(checked).counts}
    # Simplified boundaries: valid, and no perfect coverage.
    assert counts.keys() <= {"shapes_outside_parent", "gaps_between_siblings"}
    assert counts["shapes_outside_parent"] < 50
    assert counts["gaps_between_siblings"] < 50
