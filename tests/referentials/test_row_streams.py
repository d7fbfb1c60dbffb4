"""Sheets read row by row: the same rows as when they are read whole, and the same problems."""

from __future__ import annotations

import csv
import io
import struct
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from referentials.row_streams import open_rows
from referentials.sheets import encodings
from referentials.tables import Limits, MissingColumn, TableError, TableTooLarge, read_table

FRENCH = "n;commune;province\n1;Fès;Fès\n2;Témara;Skhirate-Témara\n3;Béni Mellal;Béni Mellal\n"


def file_of(tmp_path: Path, data: str | bytes, name: str = "sites.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def sheet_of(tmp_path: Path, *rows: tuple[object, ...], name: str = "sites.xlsx") -> Path:
    with xlsxwriter.Workbook(tmp_path / name) as book:
        page = book.add_worksheet("2024")
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return tmp_path / name


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.lists(st.tuples(cells, cells, cells), max_size=130))
def test_a_text_gives_the_same_rows_in_pieces_as_whole(tmp_path, rows):
    out = io.StringIO()
    csv.writer(out).writerows([("n", "commune", "province"), *rows])
    path = file_of(tmp_path, out.getvalue())
    whole = read_table(path, wanted=["n", "commune"], delimiter=",")
    stream = open_rows(path, wanted=["n", "commune"], delimiter=",")
    assert list(stream) == whole.rows == list(stream)
    assert (stream.header, stream.header_row, stream.columns) == (
        whole.header,
        whole.header_row,
        whole.columns,
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encoding_and_separator_are_found_as_for_a_whole_file(tmp_path, encoding):
    path = file_of(tmp_path, FRENCH.encode(encoding))
    whole, stream = read_table(path), open_rows(path)
    assert list(stream) == whole.rows
    assert (stream.encoding, stream.delimiter) == (whole.encoding, ";")


def test_the_encoding_of_a_long_file_is_told_from_its_telling_lines(tmp_path, monkeypatch):
    monkeypatch.setattr(encodings, "_SAMPLE_BYTES", 20_000)
    plain = "".join(f"{number};nothing here;to tell\n" for number in range(5_000))
    path = file_of(tmp_path, (plain + FRENCH * 20).encode("cp1252"))
    assert list(open_rows(path))[-1] == ("3", "Béni Mellal", "Béni Mellal")


def test_damage_far_into_a_file_is_told_before_the_first_row_with_its_place(tmp_path):
    data = bytearray(("commune\n" + "Béni Mellal\n" * 300_000).encode())
    place = data.rindex("é".encode()) + 1
    data[place] = 0x41
    with pytest.raises(TableError, match=rf"byte 0xc3 at offset {place - 1:,} is not UTF-8"):
        open_rows(file_of(tmp_path, bytes(data)))


def test_a_workbook_gives_its_rows_below_the_header_with_cached_values(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "in.xlsx") as book:
        page = book.add_worksheet("2024")
        page.write(0, 0, "A heading")
        page.write_row(2, 0, ["n", "commune"])
        page.write_row(3, 0, [1, "Fès"])
        page.write_formula(4, 0, "=1+1", value=2)
        page.write_string(4, 1, "=1+1x")
    stream = open_rows(tmp_path / "in.xlsx", wanted=["commune"])
    assert list(stream) == [("1", "Fès"), ("2", "=1+1x")]
    assert (stream.sheet, stream.header_row, stream.row_number(0)) == ("2024", 3, 4)
    assert list(stream) == read_table(tmp_path / "in.xlsx", wanted=["commune"]).rows


def test_the_rows_of_a_published_workbook_are_those_of_the_whole_table(shared_data):
    path = shared_data / "labelled" / "health-centres-2024.xlsx"
    wanted = ["Commune", "Délégation"]
    assert list(open_rows(path, wanted=wanted)) == read_table(path, wanted=wanted).rows


def test_empty_rows_stay_but_for_those_at_the_end(tmp_path):
    path = file_of(tmp_path, "n,commune\n1,Fès\n\n,\n2,Taza\n\n,\n\n")
    assert list(open_rows(path, delimiter=",")) == [("1", "Fès"), ("", ""), ("", ""), ("2", "Taza")]


def test_a_row_that_is_too_wide_is_an_error_with_its_number(tmp_path):
    path = file_of(tmp_path, "n,commune\n" + "1,Fès\n" * 200 + "2,Taza,lost\n")
    with pytest.raises(TableError, match=r"row 202: the header has 2 columns, .* column 3: 'lost'"):
        list(open_rows(path))


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(max_bytes=20), r"has 86 bytes; at most 20 are read"),
        (Limits(max_rows=2), r"row 4: has more than 2 rows"),
        (Limits(max_columns=2), r"has 3 cells; at most 2 columns are read"),
    ],
)
def test_a_limit_is_told_where_it_is_passed(tmp_path, limits, said):
    path = file_of(tmp_path, FRENCH)
    with pytest.raises(TableTooLarge, match=said):
        list(open_rows(path, limits=limits))


def test_a_workbook_has_a_limit_of_its_own(tmp_path):
    path = sheet_of(tmp_path, ("n", "commune"), (1, "Fès"))
    with pytest.raises(TableTooLarge, match="workbooks are read up to 100 bytes; save as CSV"):
        open_rows(path, limits=Limits(max_workbook_bytes=100))


def test_a_workbook_with_a_password_is_told_as_that(tmp_path):
    end, free = 0xFFFFFFFE, 0xFFFFFFFF
    size = 4096

    def entry(name: str, kind: int, child: int, start: int, length: int) -> bytes:
        raw = f"{name}\0".encode("utf-16-le")
        told = struct.pack("<HBB3I", len(raw), kind, 1, free, free, child)
        return raw.ljust(64, b"\0") + told + bytes(36) + struct.pack("<IQ", start, length)

    # A compound file ([MS-CFB] 2.2, 2.6): its header, the table of sectors, the directory, one stream.
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<109I", 0, *[free] * 108)
    chain = [0xFFFFFFFD, end, *range(3, 2 + size // 512), end]
    sectors = struct.pack("<128I", *chain, *[free] * (128 - len(chain)))
    directory = entry("Root Entry", 5, 1, end, 0) + entry("EncryptedPackage", 2, free, 2, size)
    path = tmp_path / "salaries.xlsx"
    path.write_bytes(header + sectors + directory.ljust(512, b"\0") + bytes(size))
    with pytest.raises(TableError, match="the workbook is protected by a password"):
        open_rows(path)


def test_a_line_without_an_end_is_not_held_in_memory(tmp_path):
    path = file_of(tmp_path, "n,commune\n" + "x" * 20_000_000)
    with pytest.raises(TableTooLarge, match="a line of more than 16,777,216 bytes"):
        list(open_rows(path))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"%PDF-1.7\n", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"\x1f\x8b\x08\0", "packed with gzip"),
        (b"<html><table><tr><td>Commune</td></tr></table>", "a page of HTML or XML"),
        (b"PK\x03\x04 nothing", "damaged or protected workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 nothing", "not a readable workbook"),
        (b"", "the file is empty"),
        (b"a,b\n\0\0\0\0\0\0\0", "NUL"),
    ],
)
def test_a_file_that_lies_about_its_type_is_told_what_it_is(tmp_path, data, said):
    with pytest.raises(TableError, match=said):
        open_rows(file_of(tmp_path, data, "sites.xlsx"))


def test_a_workbook_called_csv_is_read_as_what_it_is(tmp_path):
    path = sheet_of(tmp_path, ("n", "commune"), (1, "Fès"), name="sites.csv")
    assert list(open_rows(path)) == [("1", "Fès")]


def test_a_missing_column_sheet_or_file_is_named(tmp_path):
    path = sheet_of(tmp_path, ("n", "commune"), (1, "Fès"))
    with pytest.raises(MissingColumn, match="did you mean 'commune'"):
        open_rows(path, wanted=["comune"])
    with pytest.raises(TableError, match="no such sheet; there are '2024'"):
        open_rows(path, sheet="2014")
    with pytest.raises(TableError, match="a delimited text has no sheets"):
        open_rows(file_of(tmp_path, FRENCH), sheet="2014")
    with pytest.raises(TableError, match=r"nowhere\.csv: cannot be read"):
        open_rows(tmp_path / "nowhere.csv")
