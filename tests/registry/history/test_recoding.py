"""Recoding many codes at once: the same answers as projecting them one by one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import NotValidThen, UnknownCode
from registry.history.recoding import Recoded, recoded
from registry.library import Library, Snapshot
from registry.serving.past import project_code
from registry.serving.recoding import recoder_of
from tests.registry.small_library import build_library

BEFORE, AFTER = date(2020, 1, 1), date(2025, 1, 1)
CODES = ["01", "01.100.05", "01.100.07", "01.200.01", "01.200.03", "01.200.10", "01.200.31", "02.300.01"]
CODES += ["02.300.02", "nothing", "", "\0"]


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    root = tmp_path_factory.mktemp("recoding")
    build_library(root)
    return Library(root).snapshot("units")


def one_by_one(snapshot: Snapshot, code: str, start: date, end: date) -> Recoded:
    try:
        return recoded(project_code(snapshot, code, start, end))
    except (UnknownCode, NotValidThen) as error:
        return Recoded(code, error.slug, (), True, True, False)


def parts(found: Recoded) -> list[tuple[str, float | None]]:
    return [(part.code, part.share) for part in found.targets]


def test_each_code_gets_its_row_in_order_however_often_it_comes(units: Snapshot) -> None:
    codes = ["01.100.05", "nothing", "01.200.03", "01.100.05"]
    found = recoder_of(units, BEFORE, AFTER).recode_all(codes)
    assert [row.code for row in found] == codes
    assert [row.outcome for row in found] == ["recoded", "unknown-code", "split", "recoded"]
    assert parts(found[2]) == [("01.200.31", 0.6), ("01.200.32", 0.4)]


def test_only_one_code_that_holds_all_is_taken(units: Snapshot) -> None:
    recoder = recoder_of(units, BEFORE, AFTER)
    only = {code: recoder.recode(code).only for code in CODES}
    assert only["01.100.05"] == "01.100.07"
    assert only["01.200.01"] == "01.200.10"
    assert only["01.200.03"] is None
    assert only["nothing"] is None


def test_a_code_that_was_not_valid_on_the_day_says_so(units: Snapshot) -> None:
    assert recoder_of(units, BEFORE, AFTER).recode("01.100.07").outcome == "not-valid-then"


def test_what_is_recoded_can_be_told_back_unless_it_was_merged_or_split(units: Snapshot) -> None:
    recoder = recoder_of(units, BEFORE, AFTER)
    assert recoder.recode("01.100.05").reversible
    assert recoder.recode("02.300.01").reversible
    assert not recoder.recode("01.200.01").reversible
    assert not recoder.recode("01.200.03").reversible
    assert not recoder_of(units, AFTER, BEFORE).recode("01.200.31").reversible


def test_a_code_near_an_uncertain_date_is_not_certain(units: Snapshot) -> None:
    assert not recoder_of(units, date(2024, 3, 1), AFTER).recode("01.100.05").certain
    assert not recoder_of(units, date(2024, 3, 1), date(2024, 4, 1)).recode("01.100.05").certain
    assert recoder_of(units, BEFORE, AFTER).recode("01.100.05").certain


@given(
    codes=st.lists(st.sampled_from(CODES), max_size=20),
    start=st.dates(date(2014, 9, 1), date(2031, 1, 1)),
    end=st.dates(date(2014, 9, 1), date(2031, 1, 1)),
)
def test_a_column_gets_what_its_codes_would_get_one_by_one(
    units: Snapshot, codes: list[str], start: date, end: date
) -> None:
    found = recoder_of(units, start, end).recode_all(codes)
    assert found == [one_by_one(units, code, start, end) for code in codes]
