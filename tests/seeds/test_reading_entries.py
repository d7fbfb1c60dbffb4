"""Index entries of a seed folder: texts that lead to a code, and texts that it is not for."""

from pathlib import Path

import pytest

from referentials.listing import OtherName
from seeds.csv_listing import read_listing, read_listing_with_entries
from seeds.entries import read_entries, shared
from seeds.model import SeedError

HEADER = "code,language,text,use,source\n"


@pytest.fixture
def entries(tmp_path: Path):
    def read(text: str):
        (tmp_path / "entries.csv").write_text(HEADER + text, encoding="utf-8")
        return read_entries(tmp_path / "entries.csv", {"4711", "4722"})

    return read


def test_entries_become_designations_of_their_item(tmp_path):
    (tmp_path / "items.csv").write_text("code,level,parent\n4711,class,\n4722,class,\n", encoding="utf-8")
    rows = "4711,fr,épicerie,entry,marjaa\n4711,ary,بقال,entry,marjaa\n4711,fr,boucherie,exclusion,marjaa\n"
    (tmp_path / "entries.csv").write_text(HEADER + rows, encoding="utf-8")

    shop, butcher = read_listing_with_entries(tmp_path).items

    assert shop.other_names == (
        OtherName("épicerie", "fr", "Latn", "entry", "marjaa"),
        OtherName("بقال", "ary", "Arab", "entry", "marjaa"),
        OtherName("boucherie", "fr", "Latn", "exclusion", "marjaa"),
    )
    assert butcher.other_names == ()
    assert all(item.other_names == () for item in read_listing(tmp_path).items)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("9999,fr,épicerie,entry,marjaa", "line 2: code '9999' is not in items.csv"),
        ("4711,de,Laden,entry,marjaa", "line 2: column 'language' must be one of fr, ar, ary, en, not 'de'"),
        (
            "4711,fr,épicerie,synonym,marjaa",
            "line 2: column 'use' must be one of entry, exclusion, not 'synonym'",
        ),
        ("4711,fr,,entry,marjaa", "line 2: column 'text' is empty"),
        ("4711,fr,épicerie,entry,", "line 2: column 'source' is empty"),
        (f"4711,fr,{'x' * 201},entry,marjaa", "line 2: column 'text' has 201 characters; 200 are the most"),
    ],
)
def test_a_row_that_cannot_be_used_is_told_with_its_line(entries, row, problem):
    with pytest.raises(SeedError, match=problem):
        entries(row + "\n")


def test_the_same_text_twice_for_one_code_is_refused_whatever_its_case(entries):
    with pytest.raises(SeedError, match="line 3: 'ÉPICERIE' is there for code 4711 on line 2 already"):
        entries("4711,fr,épicerie,entry,marjaa\n4711,fr,ÉPICERIE,entry,marjaa\n")


def test_a_text_cannot_lead_to_a_code_and_away_from_it(entries):
    with pytest.raises(SeedError, match="line 3: 'Hanout' is an entry of code 4711 on line 2"):
        entries("4711,fr,hanout,entry,marjaa\n4711,ary,Hanout,exclusion,marjaa\n")


def test_all_problems_are_told_at_once_up_to_a_limit(entries):
    with pytest.raises(SeedError, match=r"line 2: .*; line 3: .*; and 10 more"):
        entries("9999,fr,a,entry,marjaa\n" * 30)


def test_one_text_may_be_said_in_several_languages_and_lead_to_several_codes(entries):
    found = entries(
        "4711,fr,snack,entry,marjaa\n4711,en,snack,entry,marjaa\n"
        "4722,fr,Snack,entry,marjaa\n4722,fr,mini-market,exclusion,marjaa\n"
    )

    assert shared(found) == {"snack": ("4711", "4722")}
