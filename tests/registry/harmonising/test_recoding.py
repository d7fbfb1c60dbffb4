"""A column of old codes becomes new ones: every row, in order."""

from __future__ import annotations

from datetime import date

import pytest

from referentials.tables import MissingColumn, TableError, parse_table
from registry.harmonising.recoding import RecodedTable, recode_table
from registry.library import Library, Snapshot
from registry.serving.recoding import recoder_of
from tests.registry.small_library import build_library

BEFORE, AFTER = date(2020, 1, 1), date(2025, 1, 1)
SHEET = """site,code,agents
a,01.100.05,10
b,01.200.03,7
c,,3
d,nothing,1
e, 01.200.03 ,4
f,01.200.01,2
g,02.300.02,9
"""


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    root = tmp_path_factory.mktemp("recoding")
    build_library(root)
    return Library(root).snapshot("units")


def recoded(units: Snapshot, sheet: str = SHEET, **options) -> RecodedTable:
    recode = recoder_of(units, options.pop("start", BEFORE), options.pop("end", AFTER)).recode_all
    table = parse_table(sheet.encode(), "sites.csv", wanted=["code"])
    return recode_table(table, recode, **{"column": "code", "title": "units", "version": "2024"} | options)


def test_every_row_and_column_stays_in_order_and_gets_its_code(units: Snapshot) -> None:
    found = recoded(units)
    assert found.header[3:] == (
        "units_code",
        "units_outcome",
        "units_reversible",
        "units_targets",
        "units_version",
    )
    rows = list(found)
    assert [row[:3] for row in rows] == found.table.rows
    assert [row[3:5] for row in rows] == [
        ("01.100.07", "recoded"),
        ("", "split"),
        ("", "blank"),
        ("", "unknown-code"),
        ("", "split"),
        ("01.200.10", "merged"),
        ("", "abolished"),
    ]
    assert rows[1][5:7] == ("no", "01.200.31 0.6; 01.200.32 0.4")


def test_splitting_writes_a_row_for_each_code_and_keeps_the_sum(units: Snapshot) -> None:
    found = recoded(units, split=True, weight="agents")
    rows = list(found)
    assert [(row[0], row[2], row[3], row[4]) for row in rows] == [
        ("a", "10", "01.100.07", "1"),
        ("b", "4", "01.200.31", "0.6"),
        ("b", "3", "01.200.32", "0.4"),
        ("c", "3", "", ""),
        ("d", "1", "", ""),
        ("e", "2", "01.200.31", "0.6"),
        ("e", "2", "01.200.32", "0.4"),
        ("f", "2", "01.200.10", "1"),
        ("g", "9", "", ""),
    ]
    assert sum(int(row[2]) for row in rows) == sum(int(row[2]) for row in found.table.rows)


def test_a_code_whose_shares_are_not_known_is_not_split_and_is_reported(units: Snapshot) -> None:
    found = recoded(units, "code,n\n01.200.10,5\n", split=True, weight="n", start=AFTER, end=BEFORE)
    assert [row[:3] for row in found] == [("01.200.10", "5", "")]
    assert (found.summary.unsplit.rows, found.summary.unsplit.values) == (1, 1)


def test_the_summary_counts_rows_and_names_what_is_open(units: Snapshot) -> None:
    summary = recoded(units).summary
    assert (summary.total.rows, summary.total.values) == (7, 6)
    assert {outcome: count.rows for outcome, count in summary.by_outcome.items()} == {
        "split": 2,
        "abolished": 1,
        "blank": 1,
        "merged": 1,
        "recoded": 1,
        "unknown-code": 1,
    }
    assert [(each.found.code, each.rows) for each in summary.open_codes] == [
        ("01.200.03", 2),
        ("02.300.02", 1),
        ("nothing", 1),
    ]
    assert summary.irreversible.rows == 1


def test_weights_that_are_no_numbers_are_all_named(units: Snapshot) -> None:
    sheet = "code,n\n01.200.03,five\n01.200.03,5\n01.200.03,1 000\n"
    with pytest.raises(TableError, match=r"row 2, column 'n': 'five' is no number .* row 4: '1 000'"):
        recoded(units, sheet, split=True, weight="n")


def test_a_column_that_is_missing_or_would_come_twice_is_refused(units: Snapshot) -> None:
    with pytest.raises(MissingColumn, match="kode"):
        recoded(units, column="kode")
    with pytest.raises(TableError, match="units_code"):
        recoded(units, "code,units_code\n01,02\n")
