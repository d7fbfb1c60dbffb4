"""What is read from a snapshot, without HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import BadCursor, BadValue, BeforeRecords, NotValidThen, UnknownCode
from registry.library import Library
from registry.serving import look_up, moment, moment_of, parse_day, project_code
from registry.serving.cursors import Cursor, decode, encode
from registry.serving.languages import used_language
from tests.registry.small_library import TODAY, build_library


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    root = tmp_path_factory.mktemp("library")
    build_library(root)
    return Library(root)


@given(st.text(min_size=1, max_size=40), st.dates(), st.integers(0, 2**31 - 1), st.text(max_size=16))
def test_a_cursor_says_what_it_was_given(version: str, at: date, start: int, query: str) -> None:
    cursor = Cursor(version, at, start, query)
    assert decode(encode(cursor)) == cursor


@pytest.mark.parametrize(
    "field",
    [
        *({"start": start} for start in (None, [], "3", 1.5, float("inf"), True, -1, 2**31, {})),
        *({"version": version} for version in (None, [], {}, 5)),
        *({"query": mark} for mark in (None, [], 5)),
    ],
    ids=str,
)
def test_a_made_up_cursor_with_a_field_of_another_kind_is_refused(field: dict[str, Any]) -> None:
    made_up = replace(Cursor("2024", TODAY, 3, "mark"), **field)
    with pytest.raises(BadCursor):
        decode(encode(made_up))


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: raw.hex()))
def test_a_text_that_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        decode(text)


@given(st.dates())
def test_every_date_is_read_as_it_is_written(day: date) -> None:
    assert parse_day(day.isoformat()) == day


@given(st.text(max_size=12))
def test_a_text_that_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(BadValue, match=r"at: .*expected a date"):
        parse_day(text + "x")


@given(st.lists(st.sampled_from(["ar", "de", "en", "es", "fr", "zgh"])), st.sampled_from(["ar", "zgh", "xx"]))
def test_the_language_used_is_the_wanted_one_or_else_one_that_there_is(names: list[str], wanted: str) -> None:
    used = used_language(names, wanted)
    assert used == wanted if wanted in names else used in {*names} or (used is None and not names)


def test_a_version_named_answers_on_its_own_day_and_the_newest_today(library: Library) -> None:
    snapshot = library.snapshot("units", "2014")
    assert moment_of(snapshot, None, versioned=True, today=TODAY).day == date(2014, 9, 1)
    assert moment_of(snapshot, None, versioned=False, today=TODAY).day == TODAY
    assert moment_of(snapshot, "today", versioned=True, today=TODAY).fixed is False


def test_before_the_records_nothing_is_known(library: Library) -> None:
    with pytest.raises(BeforeRecords, match="does not know 2014-08-31"):
        moment_of(library.snapshot("units"), "2014-08-31", versioned=False, today=TODAY)


def test_a_code_is_answered_with_version_date_and_status_first(library: Library) -> None:
    answer = look_up(library.snapshot("units"), "01", moment(TODAY))
    assert answer.startswith(b'{"version":"2024","at":"2026-03-15","status":"valid","code":"01"')
    assert json.loads(answer)["names"]["fr"] == "Nord"


def test_an_unknown_code_comes_with_codes_near_it(library: Library) -> None:
    with pytest.raises(UnknownCode) as caught:
        look_up(library.snapshot("units"), "01.100.08", moment(TODAY))
    assert "01.100.07" in caught.value.detail


def test_a_code_is_projected_only_from_a_day_on_which_it_held(library: Library) -> None:
    with pytest.raises(NotValidThen) as caught:
        project_code(library.snapshot("units"), "01.100.07", date(2020, 1, 1), date(2025, 1, 1))
    assert caught.value.members["periods"] == [{"valid_from": "2024-09-01", "valid_to": None}]


@pytest.mark.parametrize("module", ["registry.serving", "registry.history.projection", "registry.library"])
def test_reading_needs_neither_flask_nor_a_database(module: str) -> None:
    program = f"import sys, {module}; print([m for m in ('flask', 'sqlalchemy') if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_many_versions_do_not_make_the_look_up_wrong(library: Library, tmp_path: Path) -> None:
    for label, status in (("2014", "valid"), ("2024", "superseded")):
        answer = json.loads(look_up(library.snapshot("units", label), "01.100.05", moment(TODAY)))
        assert (answer["version"], answer["status"]) == (label, status)
