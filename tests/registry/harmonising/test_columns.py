"""A column of a file becomes codes: every row, in order, with what it was and what was found."""

from __future__ import annotations

import csv
import io
import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching.matcher import Query, match
from referentials.tables import MissingColumn, TableError, parse_table, read_table
from registry.errors import BadValue
from registry.harmonising import columns
from registry.harmonising.columns import harmonise
from registry.library import Library
from tests.registry.small_library import CHANGED_ON, build_library

ROOT = Path(__file__).parents[3]
HEADER = (
    "units_code",
    "units_name",
    "units_score",
    "units_outcome",
    "units_matched_name",
    "units_second_code",
    "units_second_score",
    "units_version",
)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    root = tmp_path_factory.mktemp("snapshots")
    build_library(root)
    return Library(root).snapshot("units")


def table_of(*rows, header=("n", "commune", "province")):
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    return parse_table(out.getvalue().encode(), "sites.csv", wanted=header, delimiter=",")


def result(snapshot, *rows, **options):
    defaults = {"column": "commune", "within_column": "province", "levels": ("commune",), "at": CHANGED_ON}
    return harmonise(table_of(*rows), snapshot, **{**defaults, **options})


def test_every_input_column_and_row_comes_out_in_order_with_the_codes_behind(snapshot):
    rows = [("1", "Tafraoute", "Tiznit"), ("2", "Ain Cheggag", "Fes"), ("1", "Tafraoute", "Tiznit")]
    found = result(snapshot, *rows)
    assert found.header == ("n", "commune", "province", *HEADER)
    out = list(found)
    assert [row[:3] for row in out] == rows
    assert [row[3] for row in out] == ["02.300.01", "01.100.09", "02.300.01"]
    assert out[0][4:8] == ("Tafraoute", "1.0000", "exact", "Tafraoute")
    assert {row[-1] for row in out} == {"2024"}


def test_a_blank_cell_has_no_code_and_says_so(snapshot):
    (row,) = result(snapshot, ("1", "  ", "Tiznit"))
    assert row[3:] == ("", "", "", "none", "", "", "", "2024")


def test_a_text_that_is_nothing_has_no_code(snapshot):
    (row,) = result(snapshot, ("1", "zzzzqqqq", ""))
    assert row[3:] == ("", "", "", "none", "", "", "", "2024")


def test_a_bulk_answer_is_the_answer_to_the_single_question(snapshot):
    rows = [("1", text, within) for text in ("Oulad Taieb", "Meknassa", "تافراوت") for within in ("Taza", "")]
    for row in result(snapshot, *rows):
        query = Query(row[1], row[2] or None, ("commune",))
        alone = match(snapshot.store, query, at=(CHANGED_ON - date(1970, 1, 1)).days, limit=5)
        first = alone.candidates[0].code if alone.outcome != "none" else ""
        assert (row[6], row[3]) == (alone.outcome, first)


def test_the_summary_counts_what_the_rows_say(snapshot):
    rows = [("1", "Tafraoute", "Tiznit")] * 3 + [("2", "zzzzqqqq", "Taza"), ("3", "", "Taza")]
    found = result(snapshot, *rows)
    outcomes = [row[6] for row in found]
    for outcome, count in found.summary.by_outcome.items():
        assert count.rows == outcomes.count(outcome)
    assert found.summary.by_within["Tiznit"]["exact"].rows == 3
    assert found.summary.blank.rows == 1
    assert [left.text for left in found.summary.open_values] == ["zzzzqqqq"]


def test_progress_is_told_in_rows_and_ends_with_all_of_them(snapshot, monkeypatch):
    monkeypatch.setattr(columns, "_VALUES_AT_ONCE", 2)
    told = []
    rows = [("1", f"x{number % 5}", "") for number in range(20)] + [("1", "", "")]
    result(snapshot, *rows, progress=told.append)
    assert told == [9, 17, 21]


def test_a_value_without_an_answer_is_an_error_and_never_a_blank(snapshot, monkeypatch):
    monkeypatch.setattr(columns, "match_many", lambda *_args, **_options: [])
    with pytest.raises(ValueError, match="zip"):
        result(snapshot, ("1", "Tafraoute", "Tiznit"))


def test_without_a_parent_column_nothing_is_counted_by_parent(snapshot):
    found = result(snapshot, ("1", "Tafraoute", "Tiznit"), within_column=None)
    assert found.summary.by_within == {}
    assert next(iter(found))[3] == "02.300.01"


def test_a_column_that_would_be_added_twice_is_an_error(snapshot):
    table = table_of(("1", "x"), header=("commune", "units_code"))
    with pytest.raises(TableError, match="column 'units_code': the file has this column already"):
        harmonise(table, snapshot, column="commune", at=CHANGED_ON)


def test_a_missing_column_and_an_unknown_level_are_errors(snapshot):
    with pytest.raises(MissingColumn, match="did you mean 'commune'"):
        result(snapshot, ("1", "x", "y"), column="comune")
    with pytest.raises(BadValue, match="'city' is not accepted; expected one of region, province, commune"):
        result(snapshot, ("1", "x", "y"), levels=("city",))


def test_a_file_with_a_header_alone_gives_a_header_alone(snapshot):
    found = result(snapshot)
    assert list(found) == []
    assert found.summary.total.rows == 0


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=10)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.just("1"), cells, cells), max_size=8))
def test_whatever_the_cells_hold_they_come_out_as_they_were(snapshot, rows):
    out = list(result(snapshot, *rows))
    assert [row[:3] for row in out] == rows
    assert all(bool(row[3]) == (row[6] != "none") for row in out)


def test_the_example_file_is_read_with_its_columns():
    table = read_table(ROOT / "examples" / "sites.csv", wanted=["commune", "province"])
    assert 12 <= len(table.rows) <= 20


@pytest.mark.parametrize("name", ["health-centres-2024.xlsx"])
def test_every_row_of_a_published_workbook_comes_out_in_order(snapshot, name):
    path = ROOT / "../shared/data/labelled" / name
    if not path.exists():
        assert os.environ.get("CI") != "true", "the labelled files must be there in CI"
        pytest.skip("no labelled files here")
    table = read_table(path, wanted=["Commune", "Délégation"])
    found = harmonise(table, snapshot, column="Commune", within_column="Délégation", at=CHANGED_ON)
    out = list(found)
    assert len(out) == 3224
    assert [row[:8] for row in out] == table.rows
    assert found.summary.total.rows == 3224
