"""The everyday terms of a nomenclature lead to classes it has, and are clean, sorted and no titles again."""

import csv
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
REFERENTIALS = sorted(path.parent.name for path in SEEDS.glob("*/entries.csv"))
COLUMNS = ["code", "language", "text", "use", "source"]
Row = dict[str, str]

every_list = pytest.mark.parametrize("referential", REFERENTIALS)


def rows_of(referential: str, name: str) -> list[Row]:
    with (SEEDS / referential / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def compared(text: str) -> str:
    """A text as two are compared: whatever the case, and whichever apostrophe was typed."""
    return text.replace("’", "'").casefold()


@every_list
def test_a_list_of_entries_has_the_agreed_columns_languages_uses_and_source(referential):
    rows = rows_of(referential, "entries")
    assert list(rows[0]) == COLUMNS
    assert {row["language"] for row in rows} <= {"fr", "en", "ar", "ary"}
    assert {row["use"] for row in rows} <= {"entry", "exclusion"}
    assert {row["source"] for row in rows} == {"marjaa"}


@every_list
def test_every_entry_is_of_a_code_of_the_nomenclature(referential):
    known = {row["code"] for row in rows_of(referential, "items")}
    assert {row["code"] for row in rows_of(referential, "entries")} <= known


@every_list
def test_entries_are_sorted_by_code_language_and_text(referential):
    keys = [(row["code"], row["language"], row["text"]) for row in rows_of(referential, "entries")]
    assert keys == sorted(keys)


@every_list
def test_no_text_is_given_twice_under_a_code(referential):
    given = Counter((row["code"], compared(row["text"])) for row in rows_of(referential, "entries"))
    assert [key for key, times in given.items() if times > 1] == []


@every_list
def test_no_entry_repeats_a_title_of_its_own_item(referential):
    titles = {
        (row["code"], compared(text))
        for row in rows_of(referential, "items")
        for name, text in row.items()
        if name.startswith("name_") and text
    }
    entries = {(row["code"], compared(row["text"])) for row in rows_of(referential, "entries")}
    assert titles & entries == set()


@every_list
def test_texts_are_clean_short_and_no_formulas(referential):
    bad = [
        row["text"]
        for row in rows_of(referential, "entries")
        if row["text"] != " ".join(unicodedata.normalize("NFC", row["text"]).split())
        or not 2 <= len(row["text"]) <= 80
        or row["text"].startswith(("=", "@", "+", "-"))
    ]
    assert bad == []


@every_list
def test_french_and_english_have_no_arabic_letter_and_arabic_has_some(referential):
    bad = []
    for row in rows_of(referential, "entries"):
        scripts = {unicodedata.name(letter).split()[0] for letter in row["text"] if letter.isalpha()}
        # Abbreviations (PVC, ISO) stay in Latin letters within Arabic.
        needed = {"ar": {"ARABIC"}, "ary": set()}.get(row["language"], {"LATIN"})
        allowed = {"LATIN", "ARABIC"} if row["language"] in ("ar", "ary") else {"LATIN"}
        # Presentation forms are what text taken from a printed page has instead of letters.
        if not needed <= scripts <= allowed or re.search("[\ufb50-\ufdff\ufe70-\ufeff]", row["text"]):
            bad.append(row["text"])
    assert bad == []


def test_every_class_of_nma_2010_has_a_french_and_an_arabic_entry():
    classes = {row["code"] for row in rows_of("nma-2010", "items") if row["level"] == "class"}
    entries = [row for row in rows_of("nma-2010", "entries") if row["use"] == "entry"]
    for language in ("fr", "ar"):
        assert {row["code"] for row in entries if row["language"] == language} == classes
