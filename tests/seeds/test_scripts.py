"""The script of a text."""

import pytest

from seeds.scripts import script_of


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("El-Aaiún", "Latn"),
        ("العيون", "Arab"),
        ("ⵟⴰⵏⵊⴰ", "Tfng"),
        ("Танжер", "Cyrl"),
        ("Τιφαρίτη", "Grek"),
        ("提法里提", "Hani"),
        ("ラ・グエラ", "Kana"),
        ("ラ・グエラ市", "Jpan"),
        ("티파리티", "Hang"),
        ("தீபாரீத்தீ", "Taml"),
        ("", "Zzzz"),
        ("12-3", "Zzzz"),
    ],
)
def test_a_text_has_the_script_of_its_letters(text, script):
    assert script_of(text) == script


def test_one_foreign_letter_does_not_change_the_script():
    assert script_of("ٹnjyr") == "Latn"
