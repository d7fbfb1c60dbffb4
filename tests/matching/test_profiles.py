import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.profiles import Split, level_agrees, may_be_qualified, profile_named, split_place
from matching.text import fold
from tests.matching.samples import untimed


@pytest.mark.parametrize(
    ("text", "split"),
    [
        ("Ajdir (Mun.)", Split("Ajdir", "commune")),
        ("El Maarif (Arrond.)", Split("El Maarif", "arrondissement")),
        ("CR Oulad Tayeb", Split("Oulad Tayeb", "commune")),
        ("C.R. Oulad Tayeb", Split("Oulad Tayeb", "commune")),
        ("Cne Oulad Tayeb", Split("Oulad Tayeb", "commune")),
        ("Commune rurale de Bni Abdallah", Split("Bni Abdallah", "commune")),
        ("Commune d'Ifrane", Split("Ifrane", "commune")),
        ("جماعة سيدي سليمان", Split("سيدي سليمان", "commune")),
        ("إقليم تازة", Split("تازة", "province")),
        ("Préfecture d'arrondissements Aïn Chock", Split("Aïn Chock", "prefecture arrondissement")),
        ("Ajdir (Azghar)", Split("Ajdir", "", "Azghar")),
        ("Oulad Tayeb, Fès", Split("Oulad Tayeb", "", "Fès")),
        ("Bni Lent prov. Taza", Split("Bni Lent", "", "Taza")),
        ("Sidi Bibi CR", Split("Sidi Bibi", "commune")),
        ("Ar Rahma", Split("Ar Rahma")),
        ("AR RAHMA", Split("AR RAHMA")),
        ("Commune", Split("Commune")),
        ("(Mun.)", Split("(Mun.)")),
        ("", Split("")),
    ],
)
def test_qualifiers_are_taken_off_and_understood(text: str, split: Split):
    assert split_place(text) == split


@untimed
@given(st.text("AaRrMmUu CcNe()،,;.dprovجماعة", max_size=25))
def test_a_text_that_has_no_sign_of_a_qualifier_is_left_alone(text: str):
    if not may_be_qualified(text, fold(text)):
        assert split_place(text) == Split(text.strip())


def test_what_an_indexed_name_says_about_its_place_stays_in_its_key():
    profile = profile_named("place-names")
    assert profile.core("Sidi Slimane (Mun.)") == "Sidi Slimane"
    assert profile.core("Ajdir (Taza)") == "Ajdir (Taza)"
    assert (
        profile_named("activities").core("Commerce, détail (sauf autos)") == "Commerce, détail (sauf autos)"
    )


def test_an_arrondissement_is_no_prefecture_of_arrondissements():
    assert level_agrees("arrondissement", "arrondissement")
    assert not level_agrees("prefecture_of_arrondissements", "arrondissement")
    assert level_agrees("prefecture_of_arrondissements", "prefecture arrondissement")
    assert not level_agrees("province", "prefecture arrondissement")
    assert level_agrees("province", "prefecture")


def test_an_unknown_profile_is_named_with_those_there_are():
    with pytest.raises(ValueError, match=r"no matching profile 'x'.*place-names"):
        profile_named("x")
