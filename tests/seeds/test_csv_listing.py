"""Seed folders: items.csv and correspondence.csv."""

from pathlib import Path

import pytest

from seeds.csv_listing import read_associations, read_listing
from seeds.model import SeedAssociation, SeedError

HEADER = "code,level,parent,name_fr,name_ar,attribute:remark\n"
PAIRS = "source,target,relation,share,basis,note\n"


@pytest.fixture
def items(tmp_path: Path):
    def read(text: str | bytes):
        (tmp_path / "items.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_listing(tmp_path).items

    return read


@pytest.fixture
def associations(tmp_path: Path):
    def read(text: str):
        (tmp_path / "correspondence.csv").write_text(text, encoding="utf-8")
        return read_associations(tmp_path)

    return read


def test_a_row_becomes_an_item_with_its_names_by_language_and_its_attributes(items):
    [item] = items(HEADER + '01,group,,"Riz, blé",أرز,old\n')
    assert (item.code, item.level, item.parent) == ("01", "group", None)
    assert item.names == {"fr": "Riz, blé", "ar": "أرز"}
    assert item.attributes == {"remark": "old"}


def test_an_empty_cell_says_nothing(items):
    [item] = items(HEADER + "01,group,0,Riz,,\n")
    assert item.names == {"fr": "Riz"}
    assert item.attributes == {}
    assert item.parent == "0"


def test_an_item_may_have_a_code_and_no_name(items):
    [item] = items(HEADER + "01,group,,,,\n")
    assert item.names == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEADER + ",group,,Riz,,\n", "items.csv, line 2: column 'code' is empty"),
        (HEADER + "01,group,,Riz,,\n02,,,Blé,,\n", "items.csv, line 3: column 'level' is empty"),
        (HEADER + "01,group,,Riz\n", "line 2: has 4 cells where the header has 6"),
        ("code,name_fr\n01,Riz\n", "has no column 'level'; its header is 'code,name_fr'"),
        ("", "has no column 'code'"),
        (HEADER.encode() + b"01,group,,Bl\xe9,,\n", "items.csv: cannot be read"),
        (HEADER + '01,group,,"Riz,,\n', "items.csv: cannot be read"),
    ],
)
def test_a_bad_items_file_is_refused_with_its_line_and_column(items, text, message):
    with pytest.raises(SeedError) as refusal:
        items(text)
    assert message in str(refusal.value)


def test_an_absent_file_is_named(tmp_path: Path):
    with pytest.raises(SeedError, match=r"items\.csv: cannot be read"):
        read_listing(tmp_path)


def test_a_row_becomes_an_association(associations):
    assert associations(PAIRS + "03,09,related,0.2,count,09.551\n04,09,exact,,count,\n") == [
        SeedAssociation("03", "09", "related", 0.2, "count", "09.551"),
        SeedAssociation("04", "09", "exact", None, "count", None),
    ]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("03,09,equal,1,count,", "line 2: column 'relation' must be one of exact, close"),
        ("03,09,exact,1.2,count,", "line 2: column 'share' must be a number from 0 to 1, not '1.2'"),
        ("03,09,exact,half,count,", "column 'share' must be a number from 0 to 1, not 'half'"),
        ("03,09,exact,nan,count,", "column 'share' must be a number from 0 to 1, not 'nan'"),
        ("03,,exact,1,count,", "line 2: column 'target' is empty"),
        ("03,09,exact,1,,", "line 2: column 'basis' is empty"),
    ],
)
def test_a_bad_association_is_refused_with_its_line_and_column(associations, row, message):
    with pytest.raises(SeedError) as refusal:
        associations(PAIRS + row + "\n")
    assert message in str(refusal.value)
