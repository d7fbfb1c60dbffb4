"""What columns are taken for, and why."""

from __future__ import annotations

import pytest

from referentials.kinds import kind
from referentials.readers import BadMapping, Guess, Mapping, guess_mapping
from tests.referentials.readers.conftest import LEVELS


def guess(titles: str, *rows: str, of: str = "administrative-units", level: str | None = None) -> Guess:
    sample = [row.split(",") for row in rows]
    return guess_mapping(titles.split(","), sample, kind(of), LEVELS, ("fr", "ar"), level)


@pytest.mark.parametrize(
    ("titles", "row", "roles"),
    [
        ("Code,Nom français,Nom arabe", "01,Nord,الشمال", ["code", "name_fr", "name_ar"]),
        ("الرمز,الاسم بالعربية,الاسم بالفرنسية", "01,الشمال,Nord", ["code", "name_ar", "name_fr"]),
        ("id,name,level,parent code", "01,Nord,region,", ["code", "name_fr", "level", "parent"]),
        ("Identifiant,LIBELLE_FR,Niveau", "01,Nord,region", ["code", "name_fr", "level"]),
        ("code,lng,LAT,nom", "01,-6.8,34.0,Nord", ["code", "longitude", "latitude", "name_fr"]),
        ("code,WKT,date début", "01,POINT(1 2),2024-09-01", ["code", "shape", "valid_from"]),
        ("code,action,autres noms", "01,ajout,Nord|Sud", ["code", "action", "other_names"]),
        (
            "code,Population 2024,Ménages 2014",
            "01,5,2",
            ["code", "observation_population_2024", "observation_households_2014"],
        ),
        ("code,nom tamazight", "01,ⵜⴰⵔⵉⵇⵜ", ["code", "other_names_zgh"]),
        (
            "code,Superficie (km2),chef-lieu",
            "01,12,Rabat",
            ["code", "attribute_area_km2", "attribute_capital"],
        ),
    ],
)
def test_titles_are_understood_in_three_languages(titles: str, row: str, roles: list[str]):
    found = guess(titles, row)
    assert {found.mapping.columns[role]: role for role in roles} == dict(
        zip(titles.split(","), roles, strict=True)
    )


def test_what_an_export_writes_is_read_back():
    titles = "code,level,parent,status,valid_from,valid_to,name_ar,name_fr,attribute_type,longitude,latitude"
    found = guess(titles, "01,region,,valid,2014-09-01,,الشمال,Nord,rural,-6.8,34.0")
    assert {role: title for role, title in found.mapping.columns.items() if role != title} == {}
    assert found.unused == ("status", "valid_to")


def test_every_role_has_its_reason():
    found = guess("Code,Nom,Type", "01,Nord,region", "02,Sud,region")
    assert found.reasons == {
        "code": "titled 'Code'",
        "level": "its values are levels of the referential",
        "name_fr": "titled 'Nom'; its language is taken for the first of the referential",
    }


def test_a_name_in_arabic_script_is_an_arabic_name():
    assert guess("code,nom", "01,الشمال", "02,الجنوب").mapping.columns["name_ar"] == "nom"


def test_codes_of_several_levels_give_the_level_and_the_parent():
    found = guess(
        "Code région,Code province,Code commune,Commune", "01,01.1,01.1.1,Aglou", "01,01.1,01.1.2,Tafraout"
    )
    assert found.level == "commune"
    assert found.mapping.columns == {
        "code": "Code commune",
        "parent": "Code province",
        "name_fr": "Commune",
    }


def test_without_a_title_codes_are_told_from_values():
    found = guess("n°,nom", "A1,Nord", "A2,Sud")
    assert found.mapping.columns["code"] == "n°"
    assert "value of its own" in found.reasons["code"]


def test_a_column_whose_values_repeat_is_not_the_codes_by_its_title_alone():
    found = guess("commune_code,ref_interne", "01,7", "01,8", of="place-names")
    assert found.mapping.columns["code"] == "ref_interne"
    assert found.mapping.columns["attribute_commune.code"] == "commune_code"


def test_a_postal_code_is_no_code():
    assert "code" not in guess("code postal,nom", "10000,Rabat", "20000,Casablanca").mapping.columns


def test_a_column_that_is_given_a_role_loses_the_one_it_had():
    mapping = Mapping({"code": "a", "name_fr": "b", "name_ar": "c"}).overridden({"name_ar": "b", "code": ""})
    assert mapping.columns == {"name_ar": "b"}


@pytest.mark.parametrize(
    "role", ["colour", "name_", "name_french", "attribute_", "observation_population", "code "]
)
def test_a_role_that_no_item_has_is_refused(role: str):
    with pytest.raises(BadMapping, match="an item has no"):
        Mapping({role: "x"})
