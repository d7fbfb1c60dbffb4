"""What is no difference between two ways to say an activity."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.activities.words import light_stem, stem, stems_of, told, words_of
from matching.text import fold
from tests.matching.samples import untimed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("journal", "journaux"),
        ("boucher", "bouchère"),
        ("coiffeur", "coiffeuses"),
        ("bateau", "bateaux"),
        ("animal", "animaux"),
        ("grocery", "groceries"),
        ("خضر", "الخضر"),
        ("خضر", "والخضر"),
        ("سيارة", "السيارات"),
        ("مهندس", "مهندسين"),
    ],
)
def test_number_gender_article_and_clitics_are_no_difference(one, other):
    assert light_stem(fold(one)) == light_stem(fold(other))


@pytest.mark.parametrize(("one", "other"), [("pain", "peintre"), ("porc", "port"), ("ورق", "رق")])
def test_other_words_stay_apart(one, other):
    assert light_stem(fold(one)) != light_stem(fold(other))


def test_what_is_done_has_one_stem_in_all_languages():
    assert stem("vente") == stem("commerce") == stem("sale") == stem("بيع")
    assert stem("grossiste") != stem("commerce")


def test_stop_words_elisions_and_single_letters_are_left_out():
    assert words_of("Culture d'arbres et de l'olivier") == ["culture", "arbres", "olivier"]
    assert stems_of("بيع الخضر ديال السوق") == [stem("بيع"), "خضر", "سوق"]


def test_a_text_of_stop_words_alone_keeps_them():
    assert words_of("et de la") == ["et", "de", "la"]
    assert words_of("...") == []


@pytest.mark.parametrize(
    ("title", "rest"),
    [
        ("Fabrication d’articles textiles, sauf habillement", "Fabrication d’articles textiles"),
        (
            "Culture de céréales (à l'exception du riz), de légumineuses",
            "Culture de céréales , de légumineuses",
        ),
        ("Repair of machinery, except electrical", "Repair of machinery"),
        ("صناعة المنتجات باستثناء الأثاث", "صناعة المنتجات"),
        ("Commerce hors magasin, éventaires ou marchés", "Commerce hors magasin, éventaires ou marchés"),
        ("Services financiers, hors assurance", "Services financiers"),
        ("Sauf", "Sauf"),
    ],
)
def test_a_title_does_not_lead_to_what_it_says_it_is_not(title, rest):
    assert told(title) == rest


@untimed
@given(st.text(max_size=60))
def test_any_text_has_stems_and_none_is_empty(text):
    assert all(stems_of(text))
    assert stems_of(told(text)) is not None
