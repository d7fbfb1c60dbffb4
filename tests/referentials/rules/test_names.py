"""Texts: in the scripts of their languages, and no two alike beside each other."""

from __future__ import annotations

import pytest

from referentials.findings import check
from referentials.kinds import kind
from referentials.listing import ListedItem, OtherName


def found(*items, kind_id="administrative-units", languages=()):
    return check(items, kind(kind_id), ("region", "commune"), languages)


def named(code="01", parent=None, level="commune", **names):
    return ListedItem(code, level, parent, names)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ar", "طنجة"),
        ("ar", "12"),
        ("ar", "مركز IBM الجديد"),
        ("fr", "Aïn Chock"),
        ("en", "Fez"),
        ("zgh", "ⵟⴰⵏⵊⴰ"),
        ("zgh", "Ṭanja"),
        ("he", "פאס"),
    ],
)
def test_a_text_in_a_script_of_its_language_passes(language, text):
    assert found(named(**{language: text})) == []


@pytest.mark.parametrize(
    ("language", "text", "script"),
    [("ar", "Dbagh", "Latn"), ("fr", "طنجة", "Arab"), ("en", "ⵟⴰⵏⵊⴰ", "Tfng"), ("zgh", "طنجة", "Arab")],
)
def test_a_name_in_another_script_is_an_error_among_names_of_places(language, text, script):
    (finding,) = found(named(**{language: text}))
    assert (finding.rule, finding.severity) == ("wrong_scripts", "error")
    assert (finding.column, finding.value) == (f"name_{language}", text)
    assert f"in the script {script}" in finding.message


def test_a_title_and_another_name_in_another_script_are_only_asked_about():
    (title,) = found(ListedItem("19115", "region", None, {"ar": "ISO 19115"}), kind_id="standards")
    other = OtherName("طنجة", "fr", "Arab", "alternative", "made up")
    (finding,) = found(ListedItem("01", "region", None, {"fr": "Tanger"}, other_names=(other,)))
    assert title.severity == finding.severity == "warning"
    assert finding.column == "other_names"


def test_homonyms_within_a_parent_are_asked_about_in_either_language():
    items = [
        named("01", level="region", fr="Nord"),
        named("01.2", "01", fr="AÏN CHOCK", ar="عين الشق"),
        named("01.1", "01", fr="Ain-Chock", ar="عين الشڨ"),
    ]
    findings = found(*items)
    assert {(each.rule, each.severity, each.code) for each in findings} == {("homonyms", "warning", "01.2")}
    assert "'01.1' beside it has the same name" in findings[0].message


def test_the_same_name_elsewhere_or_on_another_level_is_no_homonym():
    items = [
        named("01", level="region", fr="Fès"),
        named("02", level="region", fr="Taza"),
        named("01.1", "01", fr="Fès"),
        named("02.1", "02", fr="Fès"),
    ]
    assert found(*items) == []


def test_places_of_different_communes_are_no_homonyms():
    def place(code, commune):
        reference = {"referential": "administrative-units", "code": commune}
        return ListedItem(code, "commune", None, {"fr": "Douar"}, {"commune": reference})

    (finding,) = found(place("1", "01.1"), place("2", "01.2"), place("3", "01.2"), kind_id="place-names")
    assert (finding.rule, finding.code) == ("homonyms", "3")
