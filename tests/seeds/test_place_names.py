"""Place names from GeoNames, and the commune that bears each name."""

import json
from pathlib import Path

import pytest
import shapely

from referentials.listing import ListedItem
from seeds import census
from seeds.communes_by_name import (
    OTHER_NAME,
    OTHER_REGION,
    SAME_NAME,
    SEVERAL,
    UNIQUE_IN_COUNTRY,
    UNIQUE_IN_REGION,
    CommunesByName,
    folded,
)
from seeds.geonames import places_of
from seeds.model import SeedError
from seeds.place_names import listing

ONE_KILOMETRE = 1 / 111.32  # in degrees of latitude; fewer metres in degrees of longitude


@pytest.fixture(scope="module")
def places() -> list[ListedItem]:
    return listing().items


@pytest.fixture(scope="module")
def by_name() -> CommunesByName:
    return CommunesByName(census.communes())


def place(places: list[ListedItem], name: str) -> ListedItem:
    [found] = [item for item in places if item.names["fr"] == name]
    return found


def test_every_place_has_a_code_a_name_and_a_point(places):
    assert len(places) == 507
    assert len({item.code for item in places}) == 507
    assert all(item.code.isdigit() and item.names["fr"] for item in places)
    assert all(20 < item.shape.y < 36 and -18 < item.shape.x < -1 for item in places)


def test_other_names_carry_their_script_and_no_language(places):
    laayoune = place(places, "Laayoune")
    scripts = {other.text: other.script for other in laayoune.other_names}
    assert scripts["El Aaiún"] == "Latn"
    assert scripts["العیون"] == "Arab"  # Persian yeh: in Arabic script, and not Arabic
    assert {other.language for item in places for other in item.other_names} == {None}
    assert {"Latn", "Arab", "Tfng"} < {other.script for item in places for other in item.other_names}


def test_a_name_is_arabic_only_where_the_official_list_has_the_same_text(places):
    official = {row.unit.code: row.unit.name_ar for row in census.communes()}
    named = [item for item in places if "ar" in item.names]
    assert len(named) > 40
    assert all(item.names["ar"] == official[item.attributes["commune"]["code"]] for item in named)


def test_a_main_name_is_not_repeated_among_the_others(places):
    for item in places:
        texts = [other.text for other in item.other_names]
        assert len(texts) == len(set(texts))
        assert not set(texts) & set(item.names.values())


def test_a_machine_transliteration_leads_to_a_place_and_is_not_shown(places):
    uses = {other.text: other.use for other in place(places, "El Marsa").other_names}
    assert uses["almrsy"] == "hidden"
    assert uses["Laayoune Plage"] == "alternative"


def test_an_unknown_population_is_left_out(places):
    figures = [item.attributes.get("population") for item in places]
    assert None in figures
    assert 0 not in figures
    assert not any(item.observations for item in places)


def test_a_commune_is_given_with_what_it_is_based_on(places):
    assert place(places, "Tichla").attributes["commune"] == {
        "referential": "administrative-units",
        "version": "2024",
        "code": "12.066.03.07",
        "name": "Tichla",
        "basis": SAME_NAME,
        "certainty": UNIQUE_IN_COUNTRY,
    }


def test_names_compare_without_case_accents_hyphens_and_apostrophes():
    assert folded("Aït-Ourir") == folded("AIT OURIR")
    assert folded("M'diq") == folded("M’Diq") == "mdiq"


def test_one_commune_of_that_name_in_the_country_is_the_commune(by_name):
    found = by_name.naming("Assilah", (), "01")
    assert (found.certainty, found.commune.unit.code) == (UNIQUE_IN_COUNTRY, "01.511.01.01")
    assert by_name.naming("Assilah", (), "").commune == found.commune


def test_one_commune_of_that_name_in_another_region_stays_a_candidate(by_name):
    found = by_name.naming("Assilah", (), "09")
    assert (found.certainty, found.commune) == (OTHER_REGION, None)
    assert [row.unit.code for row in found.candidates] == ["01.511.01.01"]


def test_of_several_communes_of_that_name_the_region_decides_or_nothing_does(by_name):
    repeated = next(
        found.candidates
        for row in census.communes()
        if (found := by_name.naming(row.unit.name_fr, (), ""))
        and found.certainty == SEVERAL
        and len({census.region_of(other.unit.code) for other in found.candidates}) == len(found.candidates)
    )
    name = repeated[0].unit.name_fr
    assert by_name.naming(name, (), "").commune is None
    for row in repeated:
        found = by_name.naming(name, (), census.region_of(row.unit.code))
        assert (found.certainty, found.commune) == (UNIQUE_IN_REGION, row)


def test_another_name_counts_only_where_the_main_one_says_nothing(by_name):
    assert by_name.naming("Nowhere", ("Assilah",), "01").basis == OTHER_NAME
    assert by_name.naming("Nowhere", ("أصيلة",), "01").basis == SAME_NAME
    assert by_name.naming("Assilah", ("Tichla",), "01").commune.unit.name_fr == "Assilah"
    assert by_name.naming("Nowhere", ("Elsewhere",), "01") is None


def test_a_country_without_places_is_refused():
    with pytest.raises(SeedError, match="has no place of XX"):
        places_of(["XX"])


def test_the_commune_found_by_name_contains_the_point_as_often_as_the_notes_say(places, shared_data: Path):
    document = json.loads((shared_data / "boundaries" / "communes_2024.geojson").read_text(encoding="utf-8"))
    shapes = {
        feature["properties"]["code"]: shapely.geometry.shape(feature["geometry"])
        for feature in document["features"]
    }
    found = [
        (shapes[item.attributes["commune"]["code"]], item.shape)
        for item in places
        if "code" in item.attributes.get("commune", {})
    ]
    candidates_only = sum("candidates" in item.attributes.get("commune", {}) for item in places)
    inside = sum(shape.intersects(point) for shape, point in found)
    near = sum(shape.distance(point) < ONE_KILOMETRE for shape, point in found)
    assert (len(found), inside, near, candidates_only) == (355, 345, 353, 18)
