"""`marjaa recode`."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from referentials.tables import read_table

SHEET = """id;code;agents
1;01.100.05;10
2;01.200.03;7
3;;1
4;01.200.03;1
5;nothing;2
"""
DATES = ("--from", "2020-01-01", "--to", "2025-01-01")


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "agents.csv"
    path.write_text(SHEET)
    return path


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_row_stays_where_it_was_and_gets_its_code(marjaa, sheet: Path, tmp_path: Path):
    answer = marjaa("recode", str(sheet), "units", "-c", "code", *DATES, "-o", str(tmp_path / "out.csv"))
    assert answer.exit_code == 0, answer.stderr
    rows = rows_of(tmp_path / "out.csv")
    assert [row["id"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert [row["units_code"] for row in rows] == ["01.100.07", "", "", "", ""]
    assert rows[1]["units_targets"] == "01.200.31 0.6; 01.200.32 0.4"
    assert "5 rows, 4 distinct values of code, recoded by units 2024, from 2020-01-01" in answer.stdout
    assert "Not exactly one code (2 of 2):" in answer.stdout
    assert "(5 rows, 8 columns)" in answer.stdout


def test_splitting_shares_a_weight_out_and_a_workbook_is_written(marjaa, sheet: Path, tmp_path: Path):
    target = tmp_path / "out.xlsx"
    split = ("--split", "--weight", "agents", "-o", str(target))
    answer = marjaa("recode", str(sheet), "units", "-c", "code", *DATES, *split)
    assert answer.exit_code == 0, answer.stderr
    table = read_table(target)
    assert [row[:4] for row in table.rows] == [
        ("1", "01.100.05", "10", "01.100.07"),
        ("2", "01.200.03", "4", "01.200.31"),
        ("2", "01.200.03", "3", "01.200.32"),
        ("3", "", "1", ""),
        ("4", "01.200.03", "1", "01.200.31"),
        ("4", "01.200.03", "0", "01.200.32"),
        ("5", "nothing", "2", ""),
    ]


def test_without_an_output_only_the_report_is_printed(marjaa, sheet: Path):
    answer = marjaa("recode", str(sheet), "units", "-c", "code", *DATES, "--json")
    document = json.loads(answer.stdout)
    assert (document["rows"], document["output"], document["rows_written"]) == (5, None, None)
    assert document["outcomes"]["split"] == {"rows": 2, "codes": 1}
    assert document["open"][0] == {
        "code": "01.200.03",
        "rows": 2,
        "outcome": "split",
        "targets": [
            {"code": "01.200.31", "share": 0.6, "basis": "population"},
            {"code": "01.200.32", "share": 0.4, "basis": "population"},
        ],
    }


def test_a_column_is_recoded_through_a_correspondence(marjaa, sheet: Path, tmp_path: Path):
    target = tmp_path / "out.csv"
    answer = marjaa("recode", str(sheet), "--correspondence", "old-to-new", "-c", "code", "-o", str(target))
    assert answer.exit_code == 0, answer.stderr
    assert [(row["units_code"], row["units_outcome"]) for row in rows_of(target)] == [
        ("01.100.07", "exact"),
        ("", "unknown-code"),
        ("", "blank"),
        ("", "unknown-code"),
        ("", "unknown-code"),
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("units", "-c", "code"), "from: '' is not accepted; expected a date"),
        (("-c", "code", *DATES), "referential: '' is not accepted"),
        (("units", "-c", "code", "--from", "2020", "--to", "2025-01-01"), "from: '2020' is not accepted"),
        (("units", "-c", "code", *DATES, "--weight", "agents"), "expected --split beside it"),
        (("units", "-c", "code", "--correspondence", "old-to-new"), "nothing beside --correspondence"),
        (("units", "-c", "kode", *DATES), "column 'kode': there is no such column"),
        (("units", "-c", "code", *DATES, "-o", "out.txt"), "a name that ends in .csv or .xlsx"),
        (("units", "-c", "code", *DATES, "--split", "--weight", "code"), "'01.100.05' is no number"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(marjaa, sheet: Path, arguments, said: str):
    answer = marjaa("recode", str(sheet), *arguments)
    assert answer.exit_code == 2
    assert said in answer.stderr


def test_dates_before_the_records_and_unknown_referentials_have_their_exit_code(marjaa, sheet: Path):
    before = marjaa("recode", str(sheet), "units", "-c", "code", "--from", "2000-01-01", "--to", "2025-01-01")
    assert (before.exit_code, "its records begin on 2014-09-01" in before.stderr) == (4, True)
    assert marjaa("recode", str(sheet), "unit", "-c", "code", *DATES).exit_code == 4


def test_the_input_is_never_overwritten(marjaa, sheet: Path):
    answer = marjaa("recode", str(sheet), "units", "-c", "code", *DATES, "-o", str(sheet))
    assert (answer.exit_code, sheet.read_text()) == (2, SHEET)
