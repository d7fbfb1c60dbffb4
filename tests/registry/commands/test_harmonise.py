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


def test_the_help_says_beforehand_how_large_a_file_may_be(marjaa, monkeypatch):
    monkeypatch.setenv("MARJAA_MAX_TABLE_ROWS", "123456")
    said = " ".join(marjaa("harmonise", "--help").stdout.split())
    assert "at most 123,456 rows and 1,000 columns; workbooks at most 100 MiB" in said


def test_columns_are_guessed_and_shown_and_taken_only_when_somebody_says_so(
    marjaa, sheet: Path, tmp_path: Path
):
    shown = marjaa("harmonise", str(sheet), "--guess", "--at", "2025-01-01")
    assert shown.exit_code == 0, shown.stderr
    assert "name of units" in shown.stdout
    assert "parent of units" in shown.stdout
    output = tmp_path / "out.csv"
    refused(marjaa("harmonise", str(sheet), "-o", str(output), "--at", "2025-01-01"), output, "--as-guessed")
    assert not output.exists()
    taken = marjaa("harmonise", str(sheet), "-o", str(output), "--at", "2025-01-01", "--as-guessed")
    assert taken.exit_code == 0, taken.stderr
    assert [row["units_code"] for row in rows_of(output)] == ["01.100.07", "01.200.10", "", ""]


def test_a_guess_as_json_has_the_recipe_that_does_it(marjaa, sheet: Path, tmp_path: Path):
    document = json.loads(marjaa("harmonise", str(sheet), "--guess", "--at", "2025-01-01", "--json").stdout)
    recipe = tmp_path / "recipe.json"
    recipe.write_text(json.dumps(document["recipe"]))
    answer = marjaa("harmonise", str(sheet), "--recipe", str(recipe), "-o", str(tmp_path / "out.csv"))
    assert answer.exit_code == 0, answer.stderr


def test_a_recipe_that_was_written_gives_the_same_bytes_again(marjaa, sheet: Path, tmp_path: Path):
    (tmp_path / "choices.csv").write_text("text,within,code\nnowhere at all,Fès,01.100.09\n")
    recipe, report = tmp_path / "recipe.json", tmp_path / "report.html"
    answer = harmonise(
        marjaa,
        sheet,
        tmp_path / "out.csv",
        *("--choices", str(tmp_path / "choices.csv"), "--recipe-out", str(recipe)),
        *("--report", str(report), "--report", str(tmp_path / "report.json"), "--explain"),
    )
    assert answer.exit_code == 0, answer.stderr
    assert "Rows whose text somebody settled before: 1." in answer.stdout
    assert rows_of(tmp_path / "out.csv")[3]["units_code"] == "01.100.09"
    assert "<!DOCTYPE html>" in report.read_text()
    again = marjaa("harmonise", str(sheet), "--recipe", str(recipe), "-o", str(tmp_path / "again.csv"))
    assert again.exit_code == 0, again.stderr
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "out.csv").read_bytes()


def test_a_column_of_codes_is_brought_up_to_date(marjaa, tmp_path: Path):
    (tmp_path / "in.csv").write_text("n;code\n1;01.100.05\n2;01.100.09\n3;77\n")
    options = ("-r", "units", "-c", "code", "--role", "code", "--at", "2025-01-01")
    answer = marjaa("harmonise", str(tmp_path / "in.csv"), *options, "-o", str(tmp_path / "out.csv"))
    assert answer.exit_code == 0, answer.stderr
    assert "one code replaced it" in answer.stdout
    assert [row["units_code"] for row in rows_of(tmp_path / "out.csv")] == ["01.100.07", "01.100.09", ""]


def test_a_folder_of_work_is_kept_so_that_the_command_goes_on_there(marjaa, sheet: Path, tmp_path: Path):
    answer = harmonise(marjaa, sheet, tmp_path / "out.csv", "--work", str(tmp_path / "work"))
    assert answer.exit_code == 0, answer.stderr
    assert (tmp_path / "work" / "values.sqlite").exists()
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["centres.csv", "out.csv"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--recipe", "nowhere.json", "-o", "out.csv"], "nowhere.json"),
        (["--recipe", "bad.json", "-o", "out.csv"], "a recipe, as JSON"),
        (["--recipe", "bad.json", "-o", "out.csv", "-r", "units"], "nothing beside --recipe"),
        (["-r", "units", "-o", "out.csv"], "the title of a column"),
        (["-c", "commune", "-o", "out.csv"], "the id of a referential"),
        (["-r", "units", "-c", "commune"], "a file to write, with -o"),
        (["-r", "units", "-c", "commune", "-o", "out.csv", "--report", "r.txt"], ".html or .json"),
        (["-r", "units", "-c", "commune", "-o", "out.csv", "--recipe-out", "out.csv"], "another file than"),
        (["-r", "units", "-c", "commune", "-o", "out.csv", "--choices", "choices.csv"], "row 3"),
    ],
)
def test_what_contradicts_itself_is_refused_before_any_work(
    marjaa, sheet: Path, tmp_path: Path, monkeypatch, more: list[str], said: str
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.json").write_text("{")
    (tmp_path / "choices.csv").write_text("text,code\nFès,1\n,2\n")
    refused(marjaa("harmonise", str(sheet), *more), tmp_path / "out.csv", said)
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ("Rabat,,99.999", "99.999"),
        ("Rabat,,01.100.07\nrabat,,01.200.10", "row 3, column 'code'"),
    ],
)
def test_choices_that_cannot_hold_are_refused(marjaa, sheet: Path, tmp_path: Path, rows: str, problem: str):
    (tmp_path / "choices.csv").write_text(f"text,within,code\n{rows}\n")
    answer = harmonise(marjaa, sheet, tmp_path / "out.csv", "--choices", str(tmp_path / "choices.csv"))
    assert answer.exit_code == 2
    assert problem in answer.stderr
    assert not (tmp_path / "out.csv").exists()


def test_a_cell_that_holds_a_page_does_not_flood_the_terminal(marjaa, sheet: Path, tmp_path: Path):
    sheet.write_text(SHEET + f"5;{'x' * 5_000};Taza\n")
    said = harmonise(marjaa, sheet, tmp_path / "out.csv").stdout
    assert len(said) < 4_000
    assert "xxx…" in said
