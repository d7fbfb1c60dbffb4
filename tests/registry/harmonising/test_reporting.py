"""What became of a file, in figures, as JSON and as a page."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from matching.choices import Choice
from registry.harmonising.documents import report_json
from registry.harmonising.pages import report_html
from registry.harmonising.recipe import ColumnPlan, Recipe
from registry.harmonising.running import run
from registry.library import Library
from tests.registry.small_library import CHANGED_ON, build_library

RECIPE = Recipe((ColumnPlan("units", "commune", "province", ("commune",)),), CHANGED_ON, delimiter=",")
ROWS = [
    *[("Tafraoute", "Tiznit")] * 3,
    ("zzzzqqqq", "Taza"),
    *[('<b>nowhere</b> & "else"', "Taza")] * 2,
    ("", "Taza"),
    ("Chez nous", "Tiznit"),
]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    root = tmp_path_factory.mktemp("snapshots")
    build_library(root)
    return Library(root)


@pytest.fixture
def report(library, tmp_path):
    out = io.StringIO()
    csv.writer(out).writerows([("commune", "province"), *ROWS])
    source = tmp_path / "<sites>.csv"
    source.write_text(out.getvalue())
    choices = {"units": [Choice("Chez nous", "Tiznit", None), Choice("never there", None, None)]}
    return run(source, tmp_path / "out.csv", RECIPE, library, tmp_path / "work", choices=choices)


def test_rows_and_values_are_counted_by_outcome_and_by_parent(report):
    column = report.columns[0]
    assert (column.total.rows, column.total.values) == (8, 5)
    assert (column.by_outcome["exact"].rows, column.by_outcome["exact"].values) == (3, 1)
    assert (column.by_outcome["none"].rows, column.by_outcome["none"].values) == (5, 4)
    assert list(column.by_within) == ["Taza", "Tiznit"]
    assert column.by_within["Tiznit"]["exact"].rows == 3
    assert column.withins == 2
    assert (column.blank.rows, column.chosen.rows) == (1, 1)
    assert column.settled_share == 3 / 8


def test_what_is_open_comes_with_what_is_worth_most_first_without_what_was_settled(report):
    column = report.columns[0]
    assert [value.text for value in column.open_values] == ['<b>nowhere</b> & "else"', "zzzzqqqq"]
    assert column.open_total == 2


def test_without_a_parent_column_nothing_is_counted_by_parent(library, tmp_path):
    (tmp_path / "in.csv").write_text("commune,n\nTafraoute,1\nnowhere,2\n")
    recipe = replace(RECIPE, columns=(ColumnPlan("units", "commune"),))
    column = run(tmp_path / "in.csv", tmp_path / "out.csv", recipe, library, tmp_path / "w").columns[0]
    assert (column.by_within, column.withins) == ({}, 0)
    assert column.open_values[0].within is None


def test_the_json_names_version_content_root_key_version_and_what_the_scores_rest_on(report):
    document = json.loads(report_json(report))
    [column] = document["columns"]
    plan = report.recipe.columns[0]
    assert column["version"] == "2024"
    assert column["content_root"] == plan.content_root is not None
    assert column["key_version"] == plan.key_version is not None
    assert column["support"] in ("labelled", "synthetic", "estimated")
    assert column["by_outcome"]["none"] == {"rows": 5, "values": 4}
    assert document["recipe"]["columns"][0]["choices"] == [
        {"text": "Chez nous", "within": "Tiznit", "code": None}
    ]
    assert document["rows"] == 8


class Page(HTMLParser):
    """The elements and attributes of a page, and its text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.said, self.open = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.said.append(data)


def test_the_page_is_well_formed_escaped_and_needs_nothing_from_anywhere(report):
    page = Page(report_html(report))
    assert page.open == []
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "img", "link", "iframe", "b", "sites", "a"}
    assert '<b>nowhere</b> & "else"' in page.said
    assert "<sites>.csv: what became of its columns" in page.said
    assert not re.search(r"https?:|//|url\(|@import", report_html(report))
    assert not any(
        name.startswith("on") or name in ("src", "href") for _, found in page.tags for name in found
    )
