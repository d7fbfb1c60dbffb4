"""A file is harmonised in three phases; cut anywhere, it goes on, and comes to the same bytes."""

from __future__ import annotations

import csv
import errno
import io
import os
import random
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching.choices import Choice
from matching.layout import day_of
from matching.matcher import Query, match
from referentials.row_streams import open_rows
from referentials.tables import Limits, MissingColumn, TableError, TableTooLarge, read_table
from registry.errors import BadValue, Conflict
from registry.harmonising import answering, counting, running, writing
from registry.harmonising.output import write_table
from registry.harmonising.recipe import ColumnPlan, Recipe, read_recipe, recipe_bytes
from registry.harmonising.running import VALUES, run
from registry.harmonising.telling import Progress, Stopped
from registry.harmonising.values import DistinctValues
from registry.library import Library
from tests.registry.small_library import CHANGED_ON, build_library

ROOT = Path(__file__).parents[3]
PLAN = ColumnPlan("units", "commune", "province", ("commune",))
RECIPE = Recipe((PLAN,), CHANGED_ON)
ADDED = (
    "units_code",
    "units_name",
    "units_score",
    "units_outcome",
    "units_matched_name",
    "units_second_code",
    "units_second_score",
    "units_version",
)
PLACES = ("Tafraoute", "Ain Cheggag", "Oulad Taieb", "Meknassa", "zzzzqqqq", "", "تافراوت")


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    root = tmp_path_factory.mktemp("snapshots")
    build_library(root)
    return Library(root)


def csv_of(*rows, header=("n", "commune", "province")) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    return out.getvalue().encode()


@pytest.fixture
def harmonised(library, tmp_path):
    """Run over these rows; what came out, without its header, and the report."""

    def harmonise(
        *rows, recipe=RECIPE, target="out.csv", folder="work", header=("n", "commune", "province"), **more
    ):
        source = tmp_path / "sites.csv"
        source.write_bytes(csv_of(*rows, header=header))
        more = {"snapshots": library, **more}
        report = run(
            source, tmp_path / target, replace(recipe, delimiter=","), folder=tmp_path / folder, **more
        )
        return rows_of(tmp_path / target), report

    return harmonise


def rows_of(path: Path) -> list[tuple[str, ...]]:
    with path.open(newline="", encoding="utf-8") as file:
        return [tuple(row) for row in csv.reader(file)][1:]


def test_every_column_and_row_comes_out_in_order_with_the_codes_behind(harmonised):
    rows = [("1", "Tafraoute", "Tiznit"), ("2", "Ain Cheggag", "Fes"), ("1", "Tafraoute", "Tiznit")]
    out, report = harmonised(*rows)
    assert report.header == ("n", "commune", "province", *ADDED)
    assert [row[:3] for row in out] == rows
    assert [row[3] for row in out] == ["02.300.01", "01.100.09", "02.300.01"]
    assert out[0][4:8] == ("Tafraoute", "1.0000", "exact", "Tafraoute")
    assert {row[-1] for row in out} == {"2024"}


def test_a_blank_cell_and_a_text_that_is_nothing_have_no_code_and_say_so(harmonised):
    out, report = harmonised(("1", "  ", "Tiznit"), ("2", "zzzzqqqq", ""))
    assert [row[3:] for row in out] == [("", "", "", "none", "", "", "", "2024")] * 2
    assert report.columns[0].blank.rows == 1
    assert [value.text for value in report.columns[0].open_values] == ["zzzzqqqq"]


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=10)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.just("1"), cells | st.sampled_from(PLACES), cells), max_size=8))
def test_a_file_gets_the_answers_of_single_questions_and_its_cells_stay_as_they_were(
    harmonised, library, rows
):
    out, _ = harmonised(*rows, folder=f"work{random.random()}")
    assert [row[:3] for row in out] == rows
    store = library.snapshot("units").store
    for row in out:
        if not row[1].strip():
            assert row[3:7] == ("", "", "", "none")
            continue
        query = Query(row[1], row[2].strip() or None, ("commune",))
        alone = match(store, query, at=day_of(CHANGED_ON), limit=5)
        first = alone.candidates[0] if alone.outcome != "none" else None
        score = f"{first.score:.4f}" if first else ""
        assert (row[6], row[3], row[5]) == (alone.outcome, first.code if first else "", score)


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "é",
        "7",
        "0612345678",
        "x" * 10_000,
        "Fès فاس ⴼⴰⵙ",
        "\u202eTafraoute\u202c",
        "=1+1",
        "@x",
        "'",
        "\t",
        "-",
    ],
)
def test_whatever_a_cell_holds_it_is_answered_and_written_as_it_was(harmonised, text):
    [row], _ = harmonised(("1", text, "Tiznit"))
    assert row[1] == text
    assert row[6] in ("exact", "auto", "review", "ambiguous", "none")


def test_phases_are_told_in_order_and_end_with_all_rows(harmonised, monkeypatch):
    monkeypatch.setattr(counting, "ROWS_AT_ONCE", 3)
    monkeypatch.setattr(writing, "ROWS_AT_ONCE", 3)
    monkeypatch.setattr(running, "_VALUES_AT_ONCE", 2)
    told: list[Progress] = []
    harmonised(*[("1", f"x{number % 5}", "") for number in range(7)], told=told.append)
    assert [(now.phase, now.done, now.total) for now in told] == [
        ("reading", 3, 0), ("reading", 6, 0), ("reading", 7, 0),
        ("matching", 2, 5), ("matching", 4, 5), ("matching", 5, 5),
        ("writing", 3, 7), ("writing", 6, 7), ("writing", 7, 7),
    ]  # fmt: skip


def test_a_value_without_an_answer_is_an_error_and_never_a_blank(harmonised, monkeypatch, tmp_path):
    monkeypatch.setattr(answering, "match_many", lambda *_args, **_options: [])
    with pytest.raises(ValueError, match="zip"):
        harmonised(("1", "Tafraoute", "Tiznit"))
    assert not (tmp_path / "out.csv").exists()


def test_several_columns_become_codes_of_several_referentials_in_one_pass(harmonised):
    recipe = Recipe((PLAN, ColumnPlan("activities", "work", version="4")), CHANGED_ON)
    out, report = harmonised(
        ("1", "Tafraoute", "Tiznit", "Growing of cereals"),
        ("2", "", "", "Agriculture"),
        recipe=recipe,
        header=("n", "commune", "province", "work"),
    )
    assert report.header[4:] == (*ADDED, *(title.replace("units", "activities") for title in ADDED))
    assert [(row[4], row[12]) for row in out] == [("02.300.01", "0111"), ("", "A")]
    assert [column.plan.referential for column in report.columns] == ["units", "activities"]


def test_codes_are_checked_and_brought_up_to_date_and_say_what_replaced_them(harmonised):
    recipe = Recipe((ColumnPlan("units", "code", role="code"),), CHANGED_ON)
    codes = ["01.100.07", "01.100.05", "01.200.03", "02.300.02", "99", "", " 01.100.07 "]
    out, _ = harmonised(*[(code,) for code in codes], recipe=recipe, header=("code",))
    assert [(row[0], row[1], row[4]) for row in out] == [
        ("01.100.07", "01.100.07", "exact"),
        ("01.100.05", "01.100.07", "auto"),
        ("01.200.03", "01.200.31", "ambiguous"),
        ("02.300.02", "02.300.02", "review"),
        ("99", "", "none"),
        ("", "", "none"),
        (" 01.100.07 ", "01.100.07", "exact"),
    ]
    assert out[1][5] == "01.100.05 Oulad Tayeb, until 2024-08-31"
    assert out[2][6] == "01.200.32"


def test_an_explanation_comes_after_the_frozen_columns(harmonised):
    out, report = harmonised(("1", "Tafraoute", "Tiznit"), recipe=replace(RECIPE, explain=True))
    assert report.header[3:] == (*ADDED, "units_explanation")
    assert out[0][-1].startswith("02.300.01 by Tafraoute (fr Latn): ")


def test_choices_settle_values_and_only_those_are_asked_again(harmonised, monkeypatch):
    rows = [("1", "Chez nous", "Tiznit"), ("2", "Tafraoute", "Tiznit")]
    harmonised(*rows)
    asked = []
    original = answering.match_many

    def counting_match(store, queries, **options):
        asked.extend(queries)
        return original(store, queries, **options)

    monkeypatch.setattr(answering, "match_many", counting_match)
    choices = {"units": [Choice("chez NOUS", "Tiznit", "02.300.01")]}
    out, report = harmonised(*rows, choices=choices)
    assert [query.text for query in asked] == ["Chez nous"]
    assert out[0][3:7] == ("02.300.01", "Tafraoute", "1.0000", "exact")
    assert report.columns[0].chosen.rows == 1
    out, _ = harmonised(*rows)
    assert out[0][3] == ""


def test_a_run_says_the_recipe_that_gives_the_same_bytes_again(harmonised, tmp_path):
    rows = [("1", text, within) for text in (*PLACES, "Chez nous") for within in ("Tiznit", "Taza", "")]
    choices = {"units": [Choice("Chez nous", None, "02.300.01"), Choice("Meknassa", "Taza", None)]}
    _, report = harmonised(*rows, choices=choices)
    recipe = read_recipe(recipe_bytes(report.recipe))
    assert recipe == report.recipe
    harmonised(*rows, recipe=recipe, target="again.csv", folder="another")
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "out.csv").read_bytes()


def test_a_recipe_made_with_another_content_or_other_keys_is_refused(harmonised):
    for member in ("content_root", "key_version", "calibration"):
        plan = replace(PLAN, **{member: "of last year"})
        with pytest.raises(
            Conflict, match=r"The recipe was made with units 2024 .* 'of last year'; here it is"
        ):
            harmonised(("1", "x", ""), recipe=Recipe((plan,), CHANGED_ON))


def test_settled_values_are_answered_so_when_the_run_is_called_again(harmonised, tmp_path):
    rows = [("1", "Chez nous", "Tiznit"), ("2", "Chez eux", "Tiznit"), ("3", "Chez eux", "Tiznit")]
    harmonised(*rows)
    with DistinctValues(tmp_path / "work" / VALUES) as values:
        found = values.review(0, 10)
        assert [(value.text, value.rows, value.weight) for value in found] == [
            ("Chez eux", 2, 2.0),
            ("Chez nous", 1, 1.0),
        ]
        assert values.review(0, 10, after=found[0].number) == found[1:]
        values.settle(0, [Choice("Chez eux", "Tiznit", "02.300.01")])
    out, _ = harmonised(*rows)
    assert [row[3] for row in out] == ["", "02.300.01", "02.300.01"]


def test_a_column_that_is_missing_or_would_be_added_twice_is_an_error(harmonised):
    with pytest.raises(MissingColumn, match="did you mean 'commune'"):
        harmonised(("1", "x", "y"), recipe=Recipe((replace(PLAN, column="comune"),), CHANGED_ON))
    with pytest.raises(TableError, match="column 'units_code': the file has this column already"):
        harmonised(("x", "y", "z"), header=("commune", "province", "units_code"))
    with pytest.raises(BadValue, match="expected one of region, province, commune"):
        harmonised(("1", "x", "y"), recipe=Recipe((replace(PLAN, levels=("city",)),), CHANGED_ON))


def test_limits_are_told_and_leave_nothing_behind(harmonised, tmp_path):
    with pytest.raises(TableTooLarge, match="row 4: has more than 2 rows"):
        harmonised(*[("1", "x", "y")] * 3, limits=Limits(max_rows=2))
    assert not (tmp_path / "out.csv").exists()


def test_a_stopped_run_keeps_what_is_done_and_goes_on(harmonised, monkeypatch, tmp_path):
    monkeypatch.setattr(running, "_VALUES_AT_ONCE", 2)
    rows = [("1", f"x{number}", "") for number in range(9)]
    told: list[Progress] = []
    with pytest.raises(Stopped):
        harmonised(*rows, told=told.append, stopping=lambda: told[-1:] == [Progress("matching", 4, 9)])
    assert not (tmp_path / "out.csv").exists()
    told.clear()
    out, _ = harmonised(*rows, told=told.append)
    assert told[0] == Progress("matching", 6, 9)
    assert [row[:3] for row in out] == rows


def test_another_recipe_in_the_same_folder_starts_anew(harmonised):
    harmonised(("1", "Tafraoute", "Tiznit"))
    out, _ = harmonised(("1", "Tafraoute", "Tiznit"), recipe=replace(RECIPE, at=date(2014, 9, 1)))
    assert out[0][7] != ""
    out, report = harmonised(("1", "Arbaa Sahel", "Tiznit"))
    assert report.columns[0].total.values == 1


CUT = """
import os, signal, sys
from datetime import date
from pathlib import Path
from registry.harmonising import counting, running, writing
from registry.harmonising.output import write_table
from registry.harmonising.recipe import read_recipe
from registry.library import Library
counting.ROWS_AT_ONCE = writing.ROWS_AT_ONCE = 50
counting._KEPT_ROWS = writing._KEPT_ROWS = 100
running._VALUES_AT_ONCE = 20
root, source, target, folder, recipe, phase, done = sys.argv[1:]
def told(now):
    if now.phase == phase and now.done >= int(done):
        os.kill(os.getpid(), signal.SIGKILL)
recipe = read_recipe(Path(recipe).read_bytes())
running.run(Path(source), Path(target), recipe, Library(Path(root)), Path(folder), told=told)
"""


@pytest.mark.parametrize("target", ["out.csv", "out.xlsx"])
def test_a_run_that_is_killed_at_any_point_comes_to_the_same_bytes(library, tmp_path, target):
    drawn = random.Random(1)
    rows = [
        (str(n), f"{drawn.choice(PLACES)} {n % 97}", drawn.choice(("Tiznit", "Taza"))) for n in range(700)
    ]
    source, recipe = tmp_path / "sites.csv", tmp_path / "recipe.json"
    source.write_bytes(csv_of(*rows))
    recipe.write_bytes(recipe_bytes(RECIPE))
    whole = tmp_path / "whole"
    whole.mkdir()
    run(source, whole / target, RECIPE, library, whole / "work")
    points = [("reading", 150), ("matching", 60), ("writing", 250)]
    for phase, done in points if target == "out.csv" else points[2:]:
        command = [sys.executable, "-c", CUT, str(library.root), str(source), str(tmp_path / target)]
        command += [str(tmp_path / "work"), str(recipe), phase, str(done)]
        killed = subprocess.run(command, cwd=ROOT, check=False, timeout=120, capture_output=True)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert not (tmp_path / target).exists()
    run(source, tmp_path / target, RECIPE, library, tmp_path / "work")
    assert (tmp_path / target).read_bytes() == (whole / target).read_bytes()


def test_what_comes_out_is_the_same_in_every_format_from_every_format(library, tmp_path):
    (tmp_path / "in.csv").write_bytes(csv_of(*[(str(n), PLACES[n % 7], "Tiznit") for n in range(20)]))
    sources = ["in.csv", "from-csv.xlsx", "from-csv.parquet"]
    with_titles = {}
    for name in sources[1:]:
        stream = open_rows(tmp_path / "in.csv", delimiter=",")
        write_table(tmp_path / name, stream.header, stream, created=CHANGED_ON)
    for source in sources:
        for kind in ("csv", "xlsx", "parquet"):
            target = tmp_path / f"out-of-{source}.{kind}"
            run(tmp_path / source, target, RECIPE, library, tmp_path / target.stem / kind)
            found = open_rows(target, wanted=["commune"])
            with_titles[target.name] = [found.header, *found]
    assert len(with_titles) == 9
    assert len(set(map(str, with_titles.values()))) == 1


@pytest.mark.parametrize("target", ["out.csv", "out.xlsx", "out.parquet"])
def test_a_full_disk_is_told_and_leaves_an_earlier_result_as_it_was(
    harmonised, monkeypatch, tmp_path, target
):
    (tmp_path / target).write_text("from last year")

    def full(*_args, **_options):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(writing.Cells, "of", full)
    with pytest.raises(OSError, match="No space left on device"):
        harmonised(("1", "Tafraoute", "Tiznit"), target=target)
    assert (tmp_path / target).read_text() == "from last year"


def test_a_disk_that_fills_up_with_distinct_values_is_told_as_the_system_tells_it(tmp_path):
    with DistinctValues(tmp_path / "values.sqlite") as values:
        values._base.execute("PRAGMA max_page_count = 40")
        with pytest.raises(OSError, match="No space left on device") as told:
            values.count([{(f"text {n}", ""): 1 for n in range(10_000)}], {"rows read": "10000"})
        assert told.value.errno == errno.ENOSPC
        assert values.size() == 0
        assert values.state("rows read") is None


def test_a_sheet_has_fewer_rows_than_a_text_and_that_is_told_before_the_matching(harmonised, monkeypatch):
    monkeypatch.setattr("registry.harmonising.output.MOST_ROWS", 3)
    told: list[Progress] = []
    with pytest.raises(BadValue, match="a sheet holds 2 rows, and there are 3"):
        harmonised(*[("1", "x", "y")] * 3, target="out.xlsx", told=told.append)
    assert {now.phase for now in told} == {"reading"}


def test_every_row_of_a_published_workbook_comes_out_in_order(library, tmp_path, shared_data):
    path = shared_data / "labelled" / "health-centres-2024.xlsx"
    plan = ColumnPlan("units", "Commune", "Délégation")
    report = run(path, tmp_path / "out.csv", Recipe((plan,), CHANGED_ON), library, tmp_path / "work")
    out = rows_of(tmp_path / "out.csv")
    assert len(out) == report.source.rows == report.columns[0].total.rows == 3224
    assert [row[:8] for row in out] == read_table(path, wanted=["Commune", "Délégation"]).rows


@pytest.mark.soak
def test_a_million_distinct_values_take_bounded_memory_and_no_row_is_lost(library, tmp_path):
    rows = 1_000_000
    with (tmp_path / "in.csv").open("w") as file:
        file.write("n,code\n")
        file.writelines(f"{number},C{number * 7919 % rows}\n" for number in range(rows))
    (tmp_path / "recipe.json").write_bytes(
        recipe_bytes(Recipe((ColumnPlan("units", "code", role="code"),), CHANGED_ON, delimiter=","))
    )
    script = """
import sys
from pathlib import Path
from registry.harmonising.recipe import read_recipe
from registry.harmonising.running import run
from registry.library import Library
root, folder = map(Path, sys.argv[1:])
recipe = read_recipe((folder / "recipe.json").read_bytes())
run(folder / "in.csv", folder / "out.csv", recipe, Library(root), folder / "work")
print(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
"""
    command = [sys.executable, "-c", script, str(library.root), str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, check=True, timeout=1_200, capture_output=True, text=True)
    assert int(done.stdout) < 400 * 1024
    with (tmp_path / "out.csv").open(newline="") as file:
        next(file)
        for number, row in enumerate(csv.reader(file)):
            assert row[:2] == [str(number), f"C{number * 7919 % rows}"]
            assert row[5] == "none"
    assert number == rows - 1
