"""Sheets of text: encodings, separators, headers, and what is said about bad ones."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referentials.tables import (
    Limits,
    MissingColumn,
    Table,
    TableError,
    TableTooLarge,
    parse_table,
    read_table,
)

HEALTH_CENTRES = Path(__file__).parents[2] / "../shared/data/labelled/health-centres-2024.xlsx"

FRENCH = "Commune;Province\nFès;Fès-Boulemane\nÉl Hajeb;Meknès\nAït Ourir;Al Haouz\n"
ARABIC = "الجماعة;الإقليم\nسيدي سليمان;سيدي سليمان\nفاس;فاس\nالعرائش;العرائش\n"


def parse(text: str, encoding: str = "utf-8", **options) -> Table:
    return parse_table(text.encode(encoding), "sites.csv", **options)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "utf-8"),
        (FRENCH, "utf-8-sig"),
        (FRENCH, "utf-16"),
        (FRENCH, "utf-16-le"),
        (FRENCH, "utf-16-be"),
        (FRENCH, "cp1252"),
        (ARABIC, "utf-8-sig"),
        (ARABIC, "utf-16"),
        (ARABIC, "utf-16-le"),
        (ARABIC, "cp1256"),
    ],
)
def test_the_encoding_is_detected(text, encoding):
    table = parse(text, encoding)
    assert [",".join(row) for row in (table.header, *table.rows)] == [
        line.replace(";", ",") for line in text.splitlines()
    ]
    assert table.encoding.removesuffix("-sig") in (encoding.removesuffix("-sig"), "utf-16")


def test_damaged_utf8_is_an_error_that_names_the_byte_and_not_garbled_text():
    data = "code,nom\n1,Fès\n2,Meknès\n3,Salé\n".encode() + b"4,T\xe9touan\n"
    with pytest.raises(TableError, match=rf"byte 0xe9 at offset {data.index(0xE9):,} is not UTF-8"):
        parse_table(data, "sites.csv")


def test_a_stated_encoding_that_does_not_fit_is_an_error_that_names_the_byte():
    with pytest.raises(TableError, match=r"byte 0xe8 at offset \d+ is not utf-8"):
        parse_table(FRENCH.encode("cp1252"), "sites.csv", encoding="utf-8")
    with pytest.raises(TableError, match="no encoding called 'utf-9'"):
        parse_table(FRENCH.encode(), "sites.csv", encoding="utf-9")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_detected(separator):
    table = parse("code;nom;x\n1;a b/c.d;1.5\n2;c;2\n".replace(";", separator))
    assert table.delimiter == separator
    assert table.columns == ("code", "nom", "x")


def test_decimal_commas_do_not_pass_for_separators():
    assert parse("lat;lon\n33,5;-7,6\n34,0;-6,8\n").delimiter == ";"


def test_a_separator_line_as_spreadsheets_write_it_is_obeyed_and_is_not_data():
    table = parse("sep=|\ncode|nom\n1|a;b\n")
    assert (table.columns, table.rows, table.header_row) == (("code", "nom"), [("1", "a;b")], 2)


def test_a_single_column_is_a_table():
    assert parse("Commune\nFès\nSalé\n").rows == [("Fès",), ("Salé",)]


def test_codes_keep_their_leading_zeros_and_cells_their_blanks():
    assert parse("code,nom\n007, Fès \n").rows == [("007", " Fès ")]


def test_lines_above_the_header_are_kept_apart():
    table = parse("Etablissements 2024\n\nRégion;Commune;Nom\nA;B;C\nD;E;F\n")
    assert table.columns == ("Région", "Commune", "Nom")
    assert table.header_row == 3
    assert table.preamble == (("Etablissements 2024",), ())
    assert table.row_number(0) == 4


def test_wanted_columns_find_the_header_whatever_stands_above():
    text = "a,b,c\nliste des communes,du,royaume\nx,Commune,y\n1,Fès,2\n"
    assert parse(text).header_row == 1
    assert parse(text, wanted=["commune"]).header_row == 3


def test_a_wanted_column_is_found_without_its_accent_or_case_if_only_one_fits():
    table = parse("Région,DELEGATION \nA,B\n", wanted=["Délégation"])
    assert table.position("Délégation") == 1


def test_an_exact_title_wins_over_one_that_differs_by_an_accent():
    table = parse("Delegation,Délégation\n1,2\n", wanted=["Délégation"])
    assert table.position("Délégation") == 1
    with pytest.raises(
        MissingColumn, match="more than one column has that title: 'Delegation', 'Délégation'"
    ):
        table.position("delegation")


def test_a_missing_column_is_reported_with_the_columns_there_are_and_the_nearest():
    with pytest.raises(MissingColumn, match="did you mean 'Commune'") as raised:
        parse("Région,Commune\nA,B\n", wanted=["Comune"])
    assert raised.value.columns == ("Région", "Commune")
    assert raised.value.nearest == ("Commune",)
    assert str(raised.value).startswith("sites.csv, row 1, column 'Comune': ")


def test_repeated_titles_are_told_apart_and_empty_ones_stay_empty():
    table = parse("Nom,,Nom,Nom (2),\n1,2,3,4,5\n")
    assert table.header == ("Nom", "", "Nom", "Nom (2)", "")
    assert table.columns == ("Nom", "", "Nom (3)", "Nom (2)", "")


def test_empty_rows_stay_in_place_and_only_those_at_the_end_are_dropped():
    assert parse("a,b\n1,2\n\n,\n3,\n\n,\n").rows == [("1", "2"), ("", ""), ("", ""), ("3", "")]


def test_a_row_longer_than_the_header_is_an_error_with_its_number():
    with pytest.raises(TableError, match=r"sites\.csv, row 3: the header has 2 columns.*column 3: 'x'"):
        parse("a,b\n1,2\n3,4,x\n")


def test_cells_may_hold_line_breaks_and_quotation_marks():
    assert parse('a,b\n"1\n2","say ""x"""\n').rows == [("1\n2", 'say "x"')]


def test_a_quotation_mark_that_is_never_closed_does_not_swallow_the_file():
    with pytest.raises(TableError, match="row 3: not well-formed CSV"):
        parse('a,b\n1,2\n"3,4\n5,6\n')


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (b" \n\n", "the file is empty"),
        (b",,\n,,\n", "the sheet is empty"),
        (b"1,2\n3,4\n", "no header row"),
        (b"a\0b", "is not|NUL"),
        (b"PK\x03\x04nonsense", "damaged"),
    ],
)
def test_a_file_without_a_table_is_an_error(data, problem):
    with pytest.raises(TableError, match=problem):
        parse_table(data, "sites.csv")


def test_a_file_that_is_not_there_is_an_error_that_names_it(tmp_path):
    with pytest.raises(TableError, match=r"none\.csv: cannot be read"):
        read_table(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("limits", "problem"),
    [
        (Limits(max_bytes=10), "at most 10 are read"),
        (Limits(max_rows=2), "has 3 rows; at most 2"),
        (Limits(max_columns=1), "at most 1 columns"),
        (Limits(max_cells=5), "more than 5 cells"),
    ],
)
def test_a_limit_that_is_passed_is_stated(limits, problem, tmp_path):
    path = tmp_path / "sites.csv"
    path.write_text("a,b\n1,2\n3,4\n5,6\n", encoding="utf-8")
    with pytest.raises(TableTooLarge, match=problem):
        read_table(path, limits=limits)


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@given(st.lists(st.tuples(cells, cells, cells), max_size=12))
def test_what_is_written_as_csv_is_read_as_it_was(rows):
    out = io.StringIO()
    csv.writer(out).writerows([("nom", "commune", "note"), *rows])
    table = parse_table(out.getvalue().encode(), "x.csv", wanted=["nom", "commune", "note"], delimiter=",")
    while rows and not any(rows[-1]):
        rows.pop()
    assert table.rows == rows


@given(st.binary(max_size=300))
def test_any_bytes_give_a_table_or_a_table_error(data):
    try:
        table = parse_table(data, "x")
    except TableError:
        return
    assert all(len(row) == len(table.columns) for row in table.rows)


def test_a_published_workbook_with_titles_above_and_a_legend_beside_is_read_whole():
    if not HEALTH_CENTRES.exists():
        assert os.environ.get("CI") != "true", "the labelled files must be there in CI"
        pytest.skip("no labelled files here")
    table = read_table(HEALTH_CENTRES, wanted=["Commune", "Délégation"])
    assert table.header_row == 4
    assert [table.position(title) for title in ("Commune", "Délégation")] == [2, 1]
    assert table.columns[5:] == ("", "ABREVIATION ", "")
    assert len(table.rows) == 3224
    assert table.rows[0][7] == "Centre de Santé Rural niveau1"
    assert table.rows[-1][:5] == ("Eddakhla-Oued Eddahab", "Oued Ed-Dahab", "El Argoub", "El Argoub", "CSR-2")
