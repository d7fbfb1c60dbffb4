"""`marjaa evaluate`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

SHEET = """name,lies in,code
Oulad Tayeb,Fès,01.100.07
OULED TAIB,fes,01.100.07
Gueldamane,Taza,01.200.01
Tafraout,,02.300.01
Atlantis,,
Nowhere,,77.7
"""


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "labelled.csv"
    path.write_text(SHEET)
    return path


def evaluate(marjaa, sheet: Path, *more: str):
    columns = ("--text-column", "name", "--code-column", "code", "--within-column", "lies in")
    return marjaa("evaluate", str(sheet), "-r", "units", *columns, "--at", "2025-01-01", *more)


def test_figures_are_printed_and_what_was_left_out_is_named(marjaa, sheet: Path):
    answer = evaluate(marjaa, sheet, "--level", "commune")
    assert answer.exit_code == 0, answer.stderr
    assert "5 rows, 5 distinct values" in answer.stdout
    assert "Codes of before that were brought up to date: 1 rows." in answer.stdout
    assert "  77.7: row 7" in answer.stdout
    assert "Absent values that were accepted: 0 of 1" in answer.stdout


def test_json_has_everything_and_the_values_that_were_mistaken(marjaa, sheet: Path):
    document = json.loads(evaluate(marjaa, sheet, "--json").stdout)
    assert document["found"]["all"]["top"]["of"] == 4
    assert document["unusable"] == [{"code": "77.7", "rows": [7]}]
    assert document["key_version"]
    assert all(each["kind"] in ("exact", "other", "absent") for each in document["mistaken"])


def test_the_plot_is_written(marjaa, sheet: Path, tmp_path: Path):
    plot = tmp_path / "plot.svg"
    answer = evaluate(marjaa, sheet, "--plot", str(plot))
    assert f"Written: {plot}" in answer.stdout
    assert plot.read_text().startswith("<svg")
    assert evaluate(marjaa, sheet, "--plot", str(tmp_path / "plot.png")).exit_code == 2


def test_rows_without_a_code_can_be_left_out(marjaa, sheet: Path):
    assert "4 rows, 4 distinct values" in evaluate(marjaa, sheet, "--leave-out-blank").stdout


def test_a_missing_column_names_those_that_there_are(marjaa, sheet: Path):
    answer = marjaa("evaluate", str(sheet), "-r", "units", "--text-column", "town", "--code-column", "code")
    assert answer.exit_code == 2
    assert "'town': there is no such column; there are 'name', 'lies in', 'code'" in answer.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "the file is empty"),
        ("name,lies in,code\n,,\n", "no row has a text"),
        ("name,lies in,code\nTaza,,77\n", "none of 1 rows has a code of this version"),
    ],
)
def test_a_file_without_anything_to_judge_is_refused(marjaa, tmp_path: Path, content: str, said: str):
    path = tmp_path / "labelled.csv"
    path.write_text(content)
    answer = evaluate(marjaa, path)
    assert answer.exit_code == 2
    assert said in answer.stderr


def test_a_level_that_is_not_there_is_refused(marjaa, sheet: Path):
    assert evaluate(marjaa, sheet, "--level", "town").exit_code == 2
