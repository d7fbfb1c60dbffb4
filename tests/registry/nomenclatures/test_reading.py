"""Items of a nomenclature from the rows of a file, as a description says."""

from pathlib import Path

import pytest

from referentials.tables import MissingColumn, TableError, parse_table
from registry.errors import BadValue
from registry.nomenclatures.description import UnfitDescription, description_named, known, read_description
from registry.nomenclatures.reading import items_of

HEAD = """
id = "trades"
kind = "activities"
names = { fr = "Métiers", ar = "مهن", en = "Trades" }
description = { fr = "Métiers", ar = "مهن", en = "Trades" }
owner = "Us"
licence = "CC BY 4.0"
attribution = "Us"
periodicity = "yearly"
languages = ["fr"]
stage = "published"

[[levels]]
id = "division"
names = { fr = "Division", ar = "قسم", en = "Division" }

[[levels]]
id = "class"
names = { fr = "Classe", ar = "فئة", en = "Class" }

[[version]]
label = "1"
effective_on = 2025-01-01
basis = "Our list"
notes = { fr = "…", ar = "…", en = "…" }

[[version.source]]
title = "Our list"
licence = "CC BY 4.0"
"""
WIDE = """
[[file.levels]]
level = "division"
code = "DIV"
names.fr = "DIV_FR"

[[file.levels]]
level = "class"
code = "CLASS"
names.fr = "CLASS_FR"
count = 2
"""
IN_ORDER = """
[[file.levels]]
level = "division"
code = "CODE"
names.fr = "FR"
pattern = "[0-9]{2}"

[[file.levels]]
level = "class"
code = "CODE"
names.fr = "FR"
pattern = "[0-9]{4}"
"""


@pytest.fixture
def described(tmp_path: Path):
    def read(text: str):
        path = tmp_path / "trades.toml"
        path.write_text(text, encoding="utf-8")
        return read_description(path)

    return read


def table(text: str):
    return parse_table(text.encode(), "trades.csv")


def told(items) -> list[tuple[str, str, str | None, str]]:
    return [(item.code, item.level, item.parent, item.names.get("fr", "")) for item in items]


def test_levels_beside_one_another_become_a_tree(described):
    rows = "DIV,DIV_FR,CLASS,CLASS_FR\n10,Food,1011,Meat\n10,Food,1012,Fish\n"

    assert told(items_of(table(rows), described(HEAD + WIDE))) == [
        ("10", "division", None, "Food"),
        ("1011", "class", "10", "Meat"),
        ("1012", "class", "10", "Fish"),
    ]


def test_levels_below_one_another_become_a_tree(described):
    rows = "CODE,FR\n10,Food\n1011,Meat\n11,Drinks\n1101,Water\n"

    assert told(items_of(table(rows), described(HEAD + IN_ORDER))) == [
        ("10", "division", None, "Food"),
        ("1011", "class", "10", "Meat"),
        ("11", "division", None, "Drinks"),
        ("1101", "class", "11", "Water"),
    ]


@pytest.mark.parametrize(
    ("layout", "rows", "problem"),
    [
        (WIDE, "DIV,DIV_FR,CLASS,CLASS_FR\n10,Food,,Meat\n", "row 2: column 'CLASS' is empty"),
        (
            WIDE,
            "DIV,DIV_FR,CLASS,CLASS_FR\n10,Food,1,x\n10,Feed,2,y\n",
            "row 3: '10' is said otherwise in a row above",
        ),
        (
            WIDE,
            "DIV,DIV_FR,CLASS,CLASS_FR\n10,Food,1,x\n",
            "has 1 items of the level 'class', where 2 are expected",
        ),
        (IN_ORDER, "CODE,FR\n10,Food\n1011x,Meat\n", "row 3: '1011x' is a code of no level"),
        (IN_ORDER, "CODE,FR\n1011,Meat\n", "row 2: '1011' has no division above it"),
        (IN_ORDER, "CODE,FR\n10,Food\n10,Food\n", "row 3: '10' comes twice"),
    ],
)
def test_a_wrong_file_is_refused_with_its_rows(described, layout, rows, problem):
    with pytest.raises(TableError, match=problem):
        items_of(table(rows), described(HEAD + layout))


def test_a_file_without_the_columns_is_refused_by_their_names(described):
    with pytest.raises(MissingColumn, match="CLASS"):
        items_of(table("DIV,DIV_FR\n10,Food\n"), described(HEAD + WIDE))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("id = ", "trades.toml: cannot be read"),
        (HEAD, "trades.toml: key 'file' is missing"),
        (HEAD + WIDE.replace("count = 2", "count = -2"), "key 'count' must be a whole number from 0 on"),
        (HEAD + WIDE.replace("count = 2", "colour = 2"), "key 'colour' is unknown"),
        (HEAD + WIDE.replace('level = "class"', 'level = "town"'), "the levels of the file"),
        (HEAD + IN_ORDER.replace('pattern = "[0-9]{2}"', 'pattern = "["'), "is no regular expression"),
        (
            HEAD + IN_ORDER.replace('pattern = "[0-9]{2}"\n', ""),
            "either each level of the file has a pattern",
        ),
    ],
)
def test_a_description_that_cannot_be_used_says_where(described, text, problem):
    with pytest.raises(UnfitDescription, match=problem.replace("[", r"\[")):
        described(text)


def test_a_nomenclature_that_is_not_described_is_refused_with_those_that_are():
    assert known() == ("nace-rev2-1", "naf-rev2")
    with pytest.raises(BadValue, match="nace-rev2-1, naf-rev2"):
        description_named("sic")


def test_the_real_files_give_all_levels(shared_data: Path):
    for name, file, counts in (
        ("naf-rev2", "naf_rev2_fr.csv", (21, 88, 272, 615, 732)),
        ("nace-rev2-1", "nace_rev2_1_headings.tsv", (22, 87, 287, 651)),
    ):
        described = description_named(name)
        items = items_of(parse_table((shared_data / "activities" / file).read_bytes(), file), described)
        levels = [level.id for level in described.referential.levels]
        assert tuple(sum(item.level == level for item in items) for level in levels) == counts
        codes = {item.code: item for item in items}
        assert all(item.parent in codes for item in items if item.level != "section")
        assert set(items[-1].names) == set(described.referential.languages)


def test_a_file_of_another_nomenclature_is_refused(shared_data: Path):
    data = (shared_data / "activities" / "naf_rev2_fr.csv").read_bytes()
    with pytest.raises(MissingColumn, match="NACE_CODE"):
        items_of(parse_table(data, "naf_rev2_fr.csv"), description_named("nace-rev2-1"))
