"""The columns of a file are guessed from their values, with reasons; nothing is guessed from nothing."""

from __future__ import annotations

from datetime import date

import pytest

from referentials.row_streams import open_rows
from registry.errors import BadValue
from registry.harmonising.fitting_values import Fit
from registry.harmonising.guessing import TRIED, guess, likeliest, sampled
from registry.harmonising.previewing import preview
from registry.harmonising.recipe import ColumnPlan, Recipe
from registry.harmonising.running import run
from registry.library import Library
from tests.registry.small_library import CHANGED_ON, build_library

NAMES = """id;commune;province;agents
1;Oulad Tayeb;Fès;3
2;Ain Cheggag;Fes;4
3;Gueldamane Bab Marzouka;taza;1
4;Meknassa Acharqia;Taza;2
5;Tafraoute;Tiznit;9
6;;Tiznit;1
"""
CODES = "agent;code;where\n1;01.100.05;a\n2;01.100.07;b\n3;01.200.31;c\n4;02.300.01;d\n"


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    root = tmp_path_factory.mktemp("snapshots")
    build_library(root)
    return Library(root)


@pytest.fixture
def opened(tmp_path):
    def open_text(text):
        (tmp_path / "in.csv").write_text(text)
        return open_rows(tmp_path / "in.csv")

    return open_text


def test_names_their_level_and_the_column_of_their_parents_are_guessed(library, opened):
    found = guess(opened(NAMES), library, CHANGED_ON)
    assert found.confident
    assert found.recipe.columns == (ColumnPlan("units", "commune", "province", ("commune",)),)
    commune, province = found.columns
    assert (commune.column, commune.part, commune.share, commune.values) == ("commune", "name", 1.0, 5)
    assert commune.reason == "100% of 5 distinct values are names of units of level commune"
    assert (province.part, province.levels) == ("parent", ("province",))
    assert commune.samples[0].code == "01.100.07"


def fit(column, referential, share):
    return Fit(column, "name", referential, ("commune",), 0, share, 60, 1_000, ())


def test_a_column_is_of_the_referential_that_its_neighbours_are_of_where_both_fit_alike():
    commune = [fit("commune", "places", 0.97), fit("commune", "units", 0.92)]
    province = [fit("province", "units", 1.0)]
    assert [each.referential for each in likeliest([commune, [], province])] == ["units", "units"]
    assert [each.referential for each in likeliest([commune])] == ["places"]
    apart = [fit("commune", "places", 0.97), fit("commune", "units", 0.8)]
    assert [each.referential for each in likeliest([apart, province])] == ["places", "units"]


def test_of_a_very_wide_file_the_first_columns_are_tried(library, opened):
    filler = [f"c{number}" for number in range(TRIED - 1)]
    for more, guessed in (([], True), (["another"], False)):
        titles = [*filler, *more, "commune"]
        cells = ["1"] * (len(titles) - 1)
        rows = [titles, [*cells, "Oulad Tayeb"], [*cells, "Tafraoute"]]
        found = guess(opened("".join(";".join(row) + "\n" for row in rows)), library, CHANGED_ON)
        assert (found.recipe is not None) is guessed


def test_codes_are_guessed_those_that_ended_included(library, opened):
    found = guess(opened(CODES), library, CHANGED_ON)
    assert found.recipe.columns == (ColumnPlan("units", "code", role="code"),)
    assert found.columns[0].samples[0].text == "01.100.05"


def test_bare_numbers_are_codes_only_under_a_title_that_says_so(library, opened):
    assert guess(opened("n;what\n01;x\n02;y\n"), library, CHANGED_ON).recipe is None
    found = guess(opened("code région;what\n01;x\n02;y\n"), library, CHANGED_ON)
    assert [plan.role for plan in found.recipe.columns] == ["code"]
    assert not found.confident


@pytest.mark.parametrize("text", ["a;b\nxxqq;1\nzzkk;2\n", "a;b\n"])
def test_nothing_is_guessed_where_nothing_fits(library, opened, text):
    found = guess(opened(text), library, CHANGED_ON)
    assert (found.columns, found.recipe, found.confident) == ((), None, False)


def test_a_day_before_the_records_is_tried_with_none_of_them(library, opened):
    assert guess(opened(NAMES), library, date(2000, 1, 1)).recipe is None


def test_a_sample_is_distinct_and_from_all_parts_of_a_column():
    texts = [str(number) for number in range(100)] * 3 + ["", " "]
    assert sampled(texts, 4) == ["0", "25", "50", "75"]
    assert sampled(["a", "a", " "], 4) == ["a"]


def test_a_preview_has_the_rows_that_a_run_writes_and_counts_by_outcome(library, opened, tmp_path):
    stream = opened(NAMES)
    recipe = guess(stream, library, CHANGED_ON).recipe
    seen = preview(stream, recipe, library, shown=4)
    run(tmp_path / "in.csv", tmp_path / "out.csv", recipe, library, tmp_path / "work")
    written = open_rows(tmp_path / "out.csv", delimiter=",")
    assert seen.header == written.header
    assert list(seen.rows) == list(written)[:4]
    assert seen.counted == 6
    assert seen.by_outcome["units"]["exact"].rows + seen.by_outcome["units"]["auto"].rows == 5
    assert sum(count.rows for count in seen.by_outcome["units"].values()) == 6


def test_a_preview_refuses_what_a_run_would(library, opened):
    recipe = Recipe((ColumnPlan("units", "commune", None, ("village",)),), CHANGED_ON)
    with pytest.raises(BadValue, match="village"):
        preview(opened(NAMES), recipe, library)
