"""Workbooks: cells as text, sheets, and files that would unpack to too much."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter

from referentials.tables import Limits, TableError, TableTooLarge, parse_table

ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="Sites">{}</table:table>'
    "</office:spreadsheet></office:body></office:document-content>"
)


def workbook(*sheets, **options) -> bytes:
    """An XLSX file of (name, {(row, column): value}) sheets."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd", **options})
    for name, cells in sheets:
        sheet = book.add_worksheet(name)
        for (row, column), value in cells.items():
            if isinstance(value, tuple):
                sheet.write_formula(row, column, value[0], None, value[1])
            else:
                sheet.write(row, column, value)
    book.close()
    return out.getvalue()


def cells(*rows):
    return {
        (at, column): value for at, row in enumerate(rows) for column, value in enumerate(row) if value != ""
    }


def ods(rows: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", ODS.format(rows))
    return out.getvalue()


def ods_row(*texts: str) -> str:
    inner = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
        for text in texts
    )
    return f"<table:table-row>{inner}</table:table-row>"


def repacked(data: bytes, **replaced: bytes) -> bytes:
    """The workbook with the parts whose names end so replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            stem = name.rpartition("/")[2].partition(".")[0]
            new.writestr(name, replaced.get(stem, old.read(name)))
    return out.getvalue()


def test_cells_are_text_as_a_person_sees_them():
    data = workbook(
        (
            "S",
            cells(
                ("code", "share", "on", "yes", "sum", "day"),
                (
                    1234.0,
                    0.1 + 0.2,
                    datetime.fromisoformat("2024-09-01T10:05"),
                    True,
                    ("=1+1", 2),
                    date(2024, 9, 1),
                ),
            ),
        )
    )
    (row,) = parse_table(data, "a.xlsx").rows
    assert row[:2] == ("1234", "0.3")
    assert row[3:] == ("TRUE", "2", "2024-09-01")


def test_the_kind_is_told_from_the_bytes_and_not_from_the_name():
    assert parse_table(workbook(("S", cells(("a", "b"), ("1", "2")))), "a.csv").rows == [("1", "2")]


def test_rows_and_columns_left_empty_at_the_edges_keep_their_numbers():
    table = parse_table(workbook(("S", {(4, 2): "nom", (5, 2): "x", (7, 2): "y"})), "a.xlsx")
    assert table.columns == ("", "", "nom")
    assert table.header_row == 5
    assert table.rows == [("", "", "x"), ("", "", ""), ("", "", "y")]


def test_the_sheet_with_the_wanted_columns_is_read():
    data = workbook(("Notes", cells(("about", "us"), ("x", "y"))), ("Data", cells(("Commune",), ("Fès",))))
    assert parse_table(data, "a.xlsx").sheet == "Notes"
    assert parse_table(data, "a.xlsx", wanted=["commune"]).sheet == "Data"
    assert parse_table(data, "a.xlsx", sheet="Data").sheet == "Data"
    with pytest.raises(TableError, match="no such sheet; there are 'Notes', 'Data'"):
        parse_table(data, "a.xlsx", sheet="Other")


def test_an_empty_workbook_is_an_error():
    with pytest.raises(TableError, match="the workbook is empty"):
        parse_table(workbook(("S", {})), "a.xlsx")


def test_an_ods_file_is_read_and_its_endless_empty_rows_are_not():
    tail = (
        '<table:table-row table:number-rows-repeated="1048000">'
        '<table:table-cell table:number-columns-repeated="1024"/></table:table-row>'
    )
    table = parse_table(ods(ods_row("code", "nom") + ods_row("01", "Fès") + tail), "a.ods", wanted=["nom"])
    assert (table.sheet, table.rows) == ("Sites", [("01", "Fès")])


def test_formatted_but_empty_cells_far_below_do_not_count():
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["a", "b"])
    sheet.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True}))
    book.close()
    assert parse_table(out.getvalue(), "a.xlsx").columns == ("a", "b")


def test_two_cells_in_opposite_corners_are_refused_before_the_space_between_is_allocated():
    started = time.perf_counter()
    with pytest.raises(TableTooLarge, match="rows or more; at most 1,000,000"):
        parse_table(workbook(("S", {(0, 0): "a", (1_048_575, 16_383): "b"})), "a.xlsx")
    assert time.perf_counter() - started < 5


def test_repeated_ods_cells_are_refused_by_what_they_stand_for():
    row = ods_row("a").replace("<table:table-row>", '<table:table-row table:number-rows-repeated="900000">')
    row = row.replace("<table:table-cell ", '<table:table-cell table:number-columns-repeated="900" ')
    with pytest.raises(TableTooLarge, match="cells or more"):
        parse_table(ods(row), "a.ods")


def test_one_long_shared_string_used_often_is_refused():
    data = workbook(("S", cells(("note",), *[("x" * 30_000,)] * 100)))
    assert len(data) < 20_000
    with pytest.raises(TableTooLarge, match="characters or more; at most 1,000,000"):
        parse_table(data, "a.xlsx", limits=Limits(max_characters=1_000_000))


def test_what_a_zip_unpacks_to_is_checked_before_it_is_opened():
    data = repacked(workbook(("S", cells(("a",), ("b",)))), theme1=b" " * 3_000_000)
    assert len(data) < 20_000
    with pytest.raises(TableTooLarge, match="unpacks to 3,0"):
        parse_table(data, "a.xlsx", limits=Limits(max_unpacked_bytes=1_000_000))


def test_a_zip_directory_that_lies_about_sizes_is_found_out():
    data = bytearray(
        repacked(workbook(("S", cells(("a",), ("b",)))), theme1=b"<a>" + b" " * 3_000_000 + b"</a>")
    )
    entry = data.rindex(b"xl/theme/theme1.xml") - 46
    data[entry + 24 : entry + 28] = (100).to_bytes(4, "little")
    with pytest.raises(TableError, match="damaged"):
        parse_table(bytes(data), "a.xlsx")


def test_entities_are_not_expanded():
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><sst><si><t>&a;</t></si></sst>'
    data = repacked(workbook(("S", cells(("a",), ("b",)))), sharedStrings=bomb)
    with pytest.raises(TableError, match=r"not a readable workbook|document type"):
        parse_table(data, "a.xlsx")


def test_other_zip_files_and_truncated_workbooks_are_errors():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(TableError, match="neither an XLSX nor an ODS"):
        parse_table(out.getvalue(), "a.zip")
    data = workbook(("S", cells(("a",), ("b",))))
    with pytest.raises(TableError, match="damaged"):
        parse_table(data[: len(data) // 2], "a.xlsx")


def test_a_broken_old_workbook_is_an_error():
    with pytest.raises(TableError, match="not a readable workbook"):
        parse_table(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xls")
    with pytest.raises(TableTooLarge, match="XLS workbooks are read up to 100 bytes"):
        parse_table(
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xls", limits=Limits(max_xls_bytes=100)
        )


def test_a_sheet_that_does_not_say_where_its_cells_stand_is_measured_cell_by_cell():
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row><c t="inlineStr"><is><t>nom</t></is></c><c t="inlineStr"><is><t>ville</t></is></c></row>'
        b'<row><c t="inlineStr"><is><t>a</t></is></c><c><v>7</v></c></row></sheetData></worksheet>'
    )
    data = repacked(workbook(("S", cells(("a",)))), sheet1=sheet)
    assert parse_table(data, "a.xlsx").rows == [("a", "7")]
    with pytest.raises(TableTooLarge, match="has 2 columns or more; at most 1"):
        parse_table(data, "a.xlsx", limits=Limits(max_columns=1))


def test_a_note_used_by_few_cells_does_not_count_for_all_of_them():
    rows = [("x" * 5_000, "b"), *[("a", "b")] * 300]
    table = parse_table(
        workbook(("S", cells(("note", "z"), *rows))), "a.xlsx", limits=Limits(max_characters=20_000)
    )
    assert len(table.rows) == 301
