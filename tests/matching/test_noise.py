"""Seeded noise: the same at every run, in every script, and never of what is in the list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from matching.keys import keys_of
from matching.misspelling import letter_by_letter
from matching.noise import KINDS, absents, noisy, seeded
from matching.profiles import split_place
from matching.text import script_of
from tests.matching.samples import country, untimed

NAMES = [name.text for row in country() for name in row.names]


def test_the_same_seed_gives_the_same_noise():
    assert [noisy(name, seeded(3)) for name in NAMES] == [noisy(name, seeded(3)) for name in NAMES]
    draw = seeded(3)
    assert len({noisy("Oulad Zbair", draw).text for _ in range(50)}) > 30


def test_noise_says_what_was_done():
    for name in NAMES:
        found = noisy(name, seeded(1))
        assert found.text != name
        assert found.kinds
        assert len(set(found.kinds)) == len(found.kinds)


@pytest.mark.parametrize(
    ("script", "name"),
    [
        ("Latn", "Zaouiat Sidi Mohammed El Khaddir"),
        ("Arab", "زاوية سيدي محمد أولاد الحسنى"),
        ("", "ⵜⵉⵏⵖⵉⵔ ⵜⴰⵎⴷⵉⵏⵜ"),
    ],
)
def test_every_kind_changes_some_name_of_its_script(script: str, name: str):
    for kind in KINDS[script]:
        draw = seeded(5)
        assert any(kind.change(name, draw) != name for _ in range(40)), kind.name


def test_noise_keeps_the_script_but_where_arabic_is_written_letter_by_letter():
    for seed, name in enumerate(NAMES):
        found = noisy(name, seeded(seed))
        same = "letter by letter" not in found.kinds
        assert (script_of(found.text) == script_of(name)) == same
    assert letter_by_letter("واد زم", seeded(0)).lower() == "wad zm"


def test_a_parent_is_appended_now_and_then():
    draw = seeded(4)
    texts = [noisy("Ajdir", draw, above="Taza") for _ in range(300)]
    assert 3 <= sum("parent" in text.kinds for text in texts) <= 40
    assert all(("Taza" in text.text) == ("parent" in text.kinds) for text in texts)


@untimed
@given(st.text(), st.integers(0, 2**32))
def test_any_text_can_be_made_noisy(text: str, seed: int):
    found = noisy(text, seeded(seed), above="Taza")
    assert (found.text != text) == bool(found.kinds)


def test_absent_names_are_more_than_one_letter_from_every_listed_one():
    made = absents(NAMES, 20, seeded(1))
    assert len(made) == 20
    keys = [keys_of(split_place(text).core).in_order for text in made]
    assert min(Levenshtein.distance(key, keys_of(name).in_order) for key in keys for name in NAMES) > 1


def test_absent_names_are_fewer_where_nothing_can_be_put_together():
    assert absents([], 10, seeded(1)) == []
    assert absents(["Taza"], 10, seeded(1)) == []
