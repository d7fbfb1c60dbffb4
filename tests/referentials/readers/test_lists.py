"""Delimited texts and workbooks as listed items, and what is wrong with their rows."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import pytest
import shapely
import xlsxwriter

from referentials.listing import ListedItem, ListedObservation, OtherName
from referentials.readers import BadMapping
from referentials.sheets.limits import TableError, TableTooLarge
from tests.referentials.readers.conftest import Read

LINES = """code;level;parent;nom;nom_ar;variantes;type;lon;lat;population 2024;valid_from
01;Région;;Nord;الشمال;;;;;;
01.1;commune;01;Aglou;أكلو;Aglo|Agelou;rural;-9,8;29.8;16 000;01/09/2014
"""
AGLOU = ListedItem(
    "01.1",
    "commune",
    "01",
    {"fr": "Aglou", "ar": "أكلو"},
    {"type": "rural"},
    shapely.Point(-9.8, 29.8),
    (
        OtherName("Aglo", None, "Latn", "alternative", "census"),
        OtherName("Agelou", None, "Latn", "alternative", "census"),
    ),
    (ListedObservation("population", date(2024, 1, 1), 16000, "persons", "census"),),
    date(2014, 9, 1),
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_line_becomes_an_item(read: Read, encoding: str):
    reading, rows = read(LINES.encode(encoding), source="census")
    assert reading.format == "csv"
    assert [(row.row, row.code) for row in rows] == [(2, "01"), (3, "01.1")]
    assert rows[0].item == ListedItem("01", "region", None, {"fr": "Nord", "ar": "الشمال"})
    assert rows[1].item == AGLOU


def test_a_gzipped_text_is_read_as_it_is(read: Read):
    _, rows = read(gzip.compress(LINES.encode()), "list.csv.gz", source="census")
    assert rows[1].item == AGLOU


def test_windows_text_is_understood_wherever_its_first_accent_stands(read: Read):
    lines = ["code;level;nom"] + [f"{number};commune;{'Nom ' * 30}" for number in range(20_000)]
    text = "\r\n".join([*lines, "x1;commune;Béni Tadjite"]).encode("cp1252")
    assert len(text) > 2 * 2**20
    _, rows = read(text)
    assert rows[-1].item is not None
    assert rows[-1].item.names == {"fr": "Béni Tadjite"}
    assert len(rows) == 20_001


def test_a_sheet_becomes_items(read: Read, tmp_path: Path):
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Read me").write_row(0, 0, ["nothing here"])
        sheet = book.add_worksheet("Units")
        sheet.write_row(0, 0, ["Liste des unités"])
        sheet.write_row(2, 0, ["Code", "Nom", "Niveau", "Population 2024"])
        sheet.write_row(3, 0, ["01", "Nord", "region", 12.0])
    reading, rows = read(path, sheet="Units")
    assert reading.format == "workbook"
    assert rows[0].row == 4
    assert rows[0].item is not None
    assert rows[0].item.observations[0].value == 12


def test_columns_can_be_told(read: Read):
    reading, rows = read("a,b,c\nx,y,Nord\n", columns={"code": "b", "name_fr": "C"}, default_level="region")
    assert rows[0].item == ListedItem("y", "region", None, {"fr": "Nord"})
    assert reading.guess.reasons["code"] == "as told"
    assert reading.guess.unused == ("a",)


def test_a_header_below_other_lines_is_found_by_the_columns_told(read: Read):
    _, rows = read("Liste,,\n,,\nzz,b,c\n1,x,Nord\n", columns={"code": "b"}, default_level="region")
    assert [(row.row, row.code) for row in rows] == [(4, "x")]


def test_codes_can_be_let_go(read: Read):
    _, rows = read("code,action,nom\n01,suppression,\n02,ajout,Sud\n", default_level="region")
    assert [(row.action, row.code, row.item is None) for row in rows] == [
        ("remove", "01", True),
        ("set", "02", False),
    ]


@pytest.mark.parametrize(
    ("cells", "column", "message"),
    [
        (",Nord,,,,", "code", "the row has no code"),
        ("01,Nord,NaN,34,,", "lon", "is not a finite number"),
        ("01,Nord,abc,34,,", "lon", "'abc' is not a number"),
        ("01,Nord,-181,34,,", "longitude", "outside longitude -180..180"),
        ("01,Nord,1e999,34,,", "lon", "is not a finite number"),
        ("01,Nord,-6,,,", "longitude", "a point has a longitude and a latitude"),
        ("01,Nord,,,12x,", "Superficie", "'12x' is not a number"),
        ("01,Nord,,,,31/02/2024", "date effet", "is not a day"),
        ("01,Nord,,,,,more", "", "text in a column beyond"),
        ("x" * 400 + ",Nord,,,,", "code", "at most"),
        ('"0\x071",Nord,,,,', "code", "control character"),
    ],
)
def test_a_bad_row_is_reported_and_the_others_are_read(read: Read, cells: str, column: str, message: str):
    lines = f"code,nom,lon,lat,Superficie,date effet\n{cells}\n02,Sud,-7,33,,\n"
    columns = {"longitude": "lon", "latitude": "lat"}
    _, (bad, good) = read(lines, default_level="region", columns=columns)
    assert bad.item is None
    assert [(problem.row, problem.column) for problem in bad.problems] == [(2, column)]
    assert message in bad.problems[0].message
    assert good.item is not None


@pytest.mark.parametrize(
    ("wkt", "message"),
    [
        ("POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))", "Self-intersection"),
        ("POLYGON ((0 0, 200 0, 200 1, 0 0))", "outside longitude"),
        ("POINT (nan 1)", "not a finite number"),
        ("POINT EMPTY", "the shape is empty"),
        ("POLYGON ((0 0", "not a well-known text"),
    ],
)
def test_a_shape_that_cannot_be_published_is_reported(read: Read, wkt: str, message: str):
    _, (row,) = read(f'code;wkt\n01;"{wkt}"\n', default_level="region")
    assert row.item is None
    assert message in row.problems[0].message


def test_text_that_looks_like_a_formula_stays_text(read: Read):
    _, (row,) = read('code,nom\n01,"=HYPERLINK(""http://x"")"\n', default_level="region")
    assert row.item is not None
    assert row.item.names["fr"].startswith("=HYPERLINK")


def test_an_empty_row_says_nothing(read: Read):
    _, rows = read("code,nom\n\n,\n01,Nord\n", default_level="region")
    assert [row.row for row in rows] == [4]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\n\n\n", "the file is empty"),
        (b"\x00\x01\x02\x03" * 500, "NUL"),
        (b"code,nom\n" + "é".encode() * 40 + b"\xff\n", "row 2: most of the file is UTF-8"),
        (b'code,nom\n01,"Nord\n02,Sud\n', "not well-formed CSV"),
        (b"code\n" + b"," * 3000 + b"\n", "columns are read"),
        (b"<html><body>Not found</body></html>", "not of a format that is read"),
        (b"[1, 2]", "not of a format that is read"),
        (gzip.compress(b"code,nom\n01,Nord\n" * 99, mtime=0)[:-12], "damaged or truncated gzip"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_what_is_wrong(read: Read, content: bytes, message: str):
    with pytest.raises(TableError, match=message) as told:
        read(content, "list.bin", default_level="region")
    assert "list.bin" in str(told.value)


def test_a_file_without_codes_asks_for_their_column(read: Read):
    with pytest.raises(BadMapping, match=r"no column for the code was found.*'nom', 'type'"):
        read("nom,type\nNord,a\nNord,b\n")


def test_a_title_that_is_not_there_is_refused_with_those_that_are(read: Read):
    with pytest.raises(BadMapping, match="no column titled 'cod'; there are 'code', 'nom'"):
        read("code,nom\n01,Nord\n", columns={"code": "cod"})


def test_an_attribute_that_the_kind_does_not_have_is_refused(read: Read):
    with pytest.raises(BadMapping, match="have no attribute 'colour'"):
        read("code,nom\n01,Nord\n", columns={"attribute_colour": "nom"})


def test_a_gzip_bomb_is_refused_before_it_is_unpacked(read: Read):
    with pytest.raises(TableTooLarge, match="unpacks to more than"):
        read(_bomb(), "list.csv.gz")


def _bomb() -> bytes:
    """A hundred small members of a gzip file that unpack to 5 MB each."""
    return gzip.compress(b"a,b\n" * 1_300_000, mtime=0) * 100


def test_more_rows_than_the_limit_are_refused(read: Read, monkeypatch):
    monkeypatch.setattr("referentials.readers.at_most.__defaults__", (3,))
    with pytest.raises(TableTooLarge, match="more than 3 rows"):
        read("code,nom\n" + "01,Nord\n" * 5, default_level="region")


def test_a_format_that_there_is_not_is_refused(read: Read):
    with pytest.raises(TableError, match="there is no format 'shapefile'"):
        read("code\n01\n", format="shapefile")
