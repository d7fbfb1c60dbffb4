"""`marjaa harmonise`."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import xlsxwriter

from referentials.tables import read_table

SHEET = """id;commune;province
1;Oulad Tayeb;Fès
2;Gueldamane  Bab Marzouka;taza
3;;Taza
4;nowhere at all;Fès
"""


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "centres.csv"
    path.write_text(SHEET)
    return path


def harmonise(marjaa, sheet: Path, output: Path, *more: str):
    columns = ("--column", "commune", "--within-column", "province")
    return marjaa(
        "harmonise", str(sheet), "-r", "units", *columns, "-o", str(output), "--at", "2025-01-01", *more
    )


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_row_gets_its_code_and_stays_where_it_was(marjaa, sheet: Path, tmp_path: Path):
    answer = harmonise(marjaa, sheet, tmp_path / "out.csv", "--level", "commune")
    assert answer.exit_code == 0, answer.stderr
    rows = rows_of(tmp_path / "out.csv")
    assert [row["id"] for row in rows] == ["1", "2", "3", "4"]
    assert [row["units_code"] for row in rows] == ["01.100.07", "01.200.10", "", ""]


def test_the_summary_tells_counts_what_is_open_and_where_it_was_written(marjaa, sheet: Path, tmp_path: Path):
    said = harmonise(marjaa, sheet, tmp_path / "out.csv", "--level", "commune").stdout
    assert "4 rows, 4 distinct values of commune within province" in said
    assert "Rows without a text, which are `none`: 1." in said
    assert "nowhere at all" in said
    assert f"Written: {tmp_path / 'out.csv'} (4 rows, 11 columns)" in said


def test_the_summary_as_json_has_the_same_counts(marjaa, sheet: Path, tmp_path: Path):
    document = json.loads(
        harmonise(marjaa, sheet, tmp_path / "out.csv", "--level", "commune", "--json").stdout
    )
    assert document["rows"] == sum(count["rows"] for count in document["by_outcome"].values()) == 4
    assert [value["text"] for value in document["open_values"]] == ["nowhere at all"]
    assert document["version"] == "2024"


def test_a_workbook_is_read_below_its_heading_and_written_as_one(marjaa, tmp_path: Path):
    with xlsxwriter.Workbook(tmp_path / "in.xlsx") as book:
        page = book.add_worksheet("2024")
        for number, row in enumerate([["A heading"], [], ["commune", "province"], ["Tafraout", "Tiznit"]]):
            page.write_row(number, 0, row)
    answer = harmonise(marjaa, tmp_path / "in.xlsx", tmp_path / "out.xlsx", "--sheet", "2024")
    assert answer.exit_code == 0, answer.stderr
    table = read_table(tmp_path / "out.xlsx")
    assert table.rows[0][table.position("units_code")] == "02.300.01"


def refused(answer, output: Path, *said: str) -> None:
    """The command failed with these words, and left nothing behind."""
    assert answer.exit_code in (2, 4)
    assert all(words in answer.stderr for words in said), answer.stderr
    assert "Traceback" not in answer.stderr
    assert not [path for path in output.parent.iterdir() if path.name.endswith(".part")]


def test_a_missing_file_is_named(marjaa, tmp_path: Path):
    output = tmp_path / "out.csv"
    refused(harmonise(marjaa, tmp_path / "no.csv", output), output, "no.csv")
    assert not output.exists()


def test_a_missing_column_is_named_with_those_there_are(marjaa, sheet: Path, tmp_path: Path):
    output = tmp_path / "out.csv"
    answer = marjaa("harmonise", str(sheet), "-r", "units", "-c", "comune", "-o", str(output))
    refused(answer, output, "comune", "commune", "province")


def test_a_folder_that_does_not_exist_is_refused_before_the_work(marjaa, sheet: Path, tmp_path: Path):
    output = tmp_path / "nowhere" / "out.csv"
    answer = harmonise(marjaa, sheet, output)
    assert answer.exit_code == 2
    assert "a file in a folder that exists" in answer.stderr


def test_an_unknown_kind_of_output_is_refused(marjaa, sheet: Path, tmp_path: Path):
    refused(harmonise(marjaa, sheet, tmp_path / "out.doc"), tmp_path / "out.doc", ".csv or .xlsx")


def test_the_input_is_never_overwritten(marjaa, sheet: Path):
    refused(harmonise(marjaa, sheet, sheet), sheet, "another file than the input")
    assert sheet.read_text() == SHEET


@pytest.mark.parametrize(
    ("content", "said"),
    [("", "empty"), ("id;commune;province\n1;a;b;c;d\n", "row 2"), ("a;b\n1;2\n", "commune")],
)
def test_a_file_that_cannot_be_used_leaves_an_earlier_output_as_it_was(
    marjaa, tmp_path: Path, content: str, said: str
):
    (tmp_path / "in.csv").write_text(content)
    output = tmp_path / "out.csv"
    output.write_text("from last year")
    refused(harmonise(marjaa, tmp_path / "in.csv", output), output, said)
    assert output.read_text() == "from last year"


def test_a_failure_while_writing_leaves_an_earlier_output_as_it_was(
    marjaa, sheet: Path, tmp_path: Path, monkeypatch
):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    output = tmp_path / "out.csv"
    output.write_text("from last year")
    monkeypatch.setattr(Path, "replace", full)
    answer = harmonise(marjaa, sheet, output)
    assert answer.exit_code == 6
    assert "No space left on device" in answer.stderr
    assert output.read_text() == "from last year"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["centres.csv", "out.csv"]


@pytest.mark.parametrize(
    ("more", "said"),
    [(["--version", "1999"], "1999"), (["--level", "village"], "village"), (["--at", "soon"], "soon")],
)
def test_an_option_that_fits_nothing_is_refused(
    marjaa, sheet: Path, tmp_path: Path, more: list[str], said: str
):
    refused(harmonise(marjaa, sheet, tmp_path / "out.csv", *more), tmp_path / "out.csv", said)
    assert not (tmp_path / "out.csv").exists()


def test_a_text_file_has_no_sheets(marjaa, sheet: Path, tmp_path: Path):
    refused(harmonise(marjaa, sheet, tmp_path / "out.csv", "--sheet", "x"), tmp_path / "out.csv", "no sheets")
