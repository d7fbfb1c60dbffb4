"""What changes from one version to another, item by item and field by field."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import shapely

from referentials.comparing import Comparison, FieldChange, compare
from referentials.comparing.measuring import area_km2, distance_km
from referentials.comparing.rendering import COLUMNS, document, rows, text
from referentials.drafting import draft_from_list
from referentials.listing import ListedChange, ListedItem, ListedLink, ListedObservation, OtherName
from referentials.snapshot import Content, ContentHeader, open_content, write_content
from seeds.administrative_units import CENSUS_2014, CENSUS_2024, listing_2014, listing_2024

THEN, NOW = date(2014, 9, 1), date(2024, 9, 1)
SQUARE, HALF = shapely.box(-5, 34, -4, 35), shapely.box(-5, 34, -4.5, 35)
REGION = ListedItem("01", "region", None, {"fr": "Tanger"})
OTHER = ListedItem("02", "region", None, {"fr": "Oriental"})
TOWN = ListedItem("01.1", "commune", "01", {"fr": "Imzouren"}, {"area": "urban"}, SQUARE)


def publish(
    folder: Path,
    ordinal: int,
    base: Content | None,
    items: Sequence[ListedItem],
    changes: Sequence[ListedChange] = (),
    day: date = NOW,
) -> Content:
    draft = draft_from_list("units", ordinal, base, items, changes, day)
    gone = set(draft.withdrawn)
    kept = [] if base is None else [record for record in base.records() if record.record_key not in gone]
    records = sorted([*kept, *draft.added], key=lambda record: record.order)
    write_content(folder / str(ordinal), ContentHeader("units", ordinal, str(day.year), day), records)
    return open_content(folder / str(ordinal))


def change(kind: str, sources: str, targets: str) -> ListedChange:
    links = (tuple(map(ListedLink, codes.split())) for codes in (sources, targets))
    return ListedChange(kind, NOW, *links, "a decree")


def compared(
    folder: Path, before: Sequence[ListedItem], after: Sequence[ListedItem], *changes: ListedChange
) -> Comparison:
    first = publish(folder, 1, None, before, day=THEN)
    return compare(first, publish(folder, 2, first, after, changes))


def test_equal_versions_do_not_differ(tmp_path: Path) -> None:
    found = compared(tmp_path, [REGION, TOWN], [REGION, TOWN])
    assert not found.items
    assert "No item differs." in list(text(found))


def test_every_field_that_changed_is_told_with_what_it_was(tmp_path: Path) -> None:
    town = replace(
        TOWN,
        code="02.7",
        parent="02",
        names={"fr": "Imzourène", "ar": "إمزورن"},
        attributes={"area": "rural"},
        other_names=(OtherName("Imzoren", "fr", "Latn", "alternative", "GeoNames"),),
        observations=(ListedObservation("population", NOW, 34848, "person", "census"),),
    )
    found = compared(tmp_path, [REGION, OTHER, TOWN], [REGION, OTHER, town], change("recode", "01.1", "02.7"))
    (only,) = found.changed
    assert (only.code_before, only.code_after, only.level) == ("01.1", "02.7", "commune")
    assert only.kinds == ("recoded", "reparented", "renamed", "other-names", "attributes", "figures")
    assert only.fields == (
        FieldChange("code", "01.1", "02.7"),
        FieldChange("parent", "01", "02"),
        FieldChange("name.fr", "Imzouren", "Imzourène"),
        FieldChange("attribute.area", "urban", "rural"),
        FieldChange("name.ar", None, "إمزورن"),
        FieldChange("other_name.alternative.fr", None, "Imzoren"),
        FieldChange("figure.population.2024-09-01", None, 34848),
    )
    assert found.event_counts == {"recode": 1}
    assert found.summary["commune"]["items"] == 1


def test_items_come_end_and_are_taken_back(tmp_path: Path) -> None:
    village = ListedItem("01.2", "commune", "01", {"fr": "Ajdir"})
    ending = compared(
        tmp_path / "a", [REGION, TOWN], [REGION, village], change("creation", "", "01.2"),
        change("abolition", "01.1", ""),
    )  # fmt: skip
    assert [item.code for item in ending.added] == ["01.2"]
    assert [(item.code, item.kinds) for item in ending.ended] == [("01.1", ("ended",))]
    assert ending.ended[0].fields == (FieldChange("valid_to", None, "2024-09-01"),)
    annulled = compared(tmp_path / "b", [REGION, TOWN], [REGION], change("annulment", "01.1", ""))
    assert [item.code for item in annulled.removed] == ["01.1"]
    assert not annulled.ended


def test_a_first_version_adds_all(tmp_path: Path) -> None:
    found = compare(None, publish(tmp_path, 1, None, [REGION, TOWN], day=THEN))
    assert [item.code for item in found.added] == ["01", "01.1"]
    assert next(text(found)).startswith("units: from nothing to 2014")


def test_a_parent_with_a_new_code_changes_no_child(tmp_path: Path) -> None:
    after = [replace(REGION, code="11"), replace(TOWN, parent="11")]
    found = compared(tmp_path, [REGION, TOWN], after, change("recode", "01", "11"))
    assert [(item.code, item.kinds) for item in found.changed] == [("11", ("recoded",))]


def test_a_new_area_is_measured(tmp_path: Path) -> None:
    found = compared(tmp_path, [REGION, TOWN], [REGION, replace(TOWN, shape=HALF)])
    (only,) = found.changed
    assert only.kinds == ("reshaped",)
    assert only.reshaped_km2 == pytest.approx(area_km2(HALF), rel=1e-6)
    assert only.reshaped_share == pytest.approx(0.5)
    assert any("50.00%" in line for line in text(found))


def test_a_point_elsewhere_has_moved(tmp_path: Path) -> None:
    one, other = shapely.Point(-6.8326, 34.0132), shapely.Point(-7.5898, 33.5731)
    found = compared(tmp_path, [REGION, replace(TOWN, shape=one)], [REGION, replace(TOWN, shape=other)])
    (only,) = found.changed
    assert only.kinds == ("moved",)
    assert only.moved_km == pytest.approx(85.6, abs=1)  # Rabat to Casablanca
    assert only.reshaped_km2 is None


def test_an_area_of_one_degree_is_known() -> None:
    assert area_km2(shapely.box(0, 0, 1, 1)) == pytest.approx(12_308, rel=0.005)
    assert distance_km(shapely.Point(0, 0), shapely.Point(0, 1)) == pytest.approx(111.2, abs=0.1)


def test_a_shape_that_is_new_is_no_move(tmp_path: Path) -> None:
    found = compared(tmp_path, [REGION, replace(TOWN, shape=None)], [REGION, TOWN])
    assert [item.kinds for item in found.changed] == [("shaped",)]


def test_a_table_never_holds_a_formula(tmp_path: Path) -> None:
    odd = replace(TOWN, names={"fr": "=1+1"}, attributes={"area": "-7,5", "note": "+cmd"})
    found = compared(tmp_path, [REGION, TOWN], [REGION, odd])
    written = {row[5]: row[7] for row in rows(found.items)}
    assert len(COLUMNS) == len(next(rows(found.items)))
    assert written == {"name.fr": "'=1+1", "attribute.area": "-7,5", "attribute.note": "'+cmd"}
    assert next(rows(found.items))[3] == "'=1+1"


def test_a_document_is_plain_json(tmp_path: Path) -> None:
    found = compared(tmp_path, [REGION, TOWN], [REGION, replace(TOWN, shape=HALF)])
    told = json.loads(json.dumps(document(found)))
    assert told["items"][0]["code_after"] == "01.1"
    assert told["summary"] == {"commune": {"items": 1, "reshaped": 1}}


@pytest.fixture(scope="module")
def census(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    folder = tmp_path_factory.mktemp("census")
    first = publish(folder, 1, None, listing_2014().items, day=CENSUS_2014)
    later = listing_2024()
    return compare(first, publish(folder, 2, first, later.items, later.changes, CENSUS_2024))


def test_the_two_censuses_differ_as_the_crosswalk_says(census: Comparison) -> None:
    assert census.summary == {
        "arrondissement": {"items": 41, "figures": 41},
        "cercle": {"items": 226, "added": 30, "ended": 13, "figures": 183},
        "commune": {
            "items": 1503, "recoded": 207, "reparented": 207, "renamed": 74, "attributes": 21,
            "figures": 1503,
        },
        "prefecture-of-arrondissements": {"items": 8, "figures": 8},
        "province": {"items": 75, "figures": 75},
        "region": {"items": 12, "figures": 12},
    }  # fmt: skip
    assert census.event_counts == {
        "abolition": 6, "extraction": 16, "recode": 207, "redefinition": 21, "rename": 74, "reparent": 207,
        "split": 7,
    }  # fmt: skip
    assert not census.withdrawn_events
    assert [item.code for item in census.items] == sorted(item.code for item in census.items)
