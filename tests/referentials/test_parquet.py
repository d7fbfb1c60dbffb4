"""Parquet is read and written as text, in pieces; damaged and huge files are refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from referentials.row_streams import open_rows
from referentials.tables import Limits, MissingColumn, TableError, TableTooLarge
from referentials.writers.parquet import write_parquet

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(st.lists(st.tuples(texts, texts), max_size=20))
def test_rows_come_back_as_the_text_that_they_were_empty_ones_at_the_end_too(tmp_path, rows):
    path = tmp_path / "out.parquet"
    write_parquet(path, ["commune", "n"], rows)
    stream = open_rows(path, wanted=["commune"])
    assert list(stream) == rows == list(stream)
    assert (stream.columns, stream.header_row, stream.row_number(0)) == (("commune", "n"), 0, 1)


def test_equal_rows_give_equal_bytes(tmp_path):
    for name in ("a", "b"):
        write_parquet(tmp_path / name, ["x", "x"], ((str(n), "y") for n in range(120_000)))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert sum(1 for _ in open_rows(tmp_path / "a")) == 120_000


def test_what_is_no_text_is_shown_as_a_sheet_shows_it(tmp_path):
    table = pa.table(
        {
            "n": [1, None],
            "x": [1.5, 2.0],
            "yes": [True, False],
            "day": [date(2024, 9, 1), None],
            "then": [datetime(2024, 9, 1, 12, tzinfo=UTC), None],
            "price": [Decimal("1.50"), None],
            "list": [["a", "é"], None],
            "word": pa.array(["Fès", "Fès"]).dictionary_encode(),
        }
    )
    pq.write_table(table, tmp_path / "in.parquet")
    first, second = open_rows(tmp_path / "in.parquet")
    assert first == (
        "1",
        "1.5",
        "TRUE",
        "2024-09-01",
        "2024-09-01T12:00:00+00:00",
        "1.50",
        '["a", "é"]',
        "Fès",
    )
    assert second == ("", "2", "FALSE", "", "", "", "", "Fès")


def test_a_text_that_is_repeated_a_million_times_is_held_once(tmp_path):
    word = "x" * 1_000_000
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000_000, pa.int32()), [word])
    pq.write_table(pa.table({"word": column}), tmp_path / "in.parquet")
    assert (tmp_path / "in.parquet").stat().st_size < 1_000_000
    rows = iter(open_rows(tmp_path / "in.parquet"))
    first, second = next(rows), next(rows)
    assert first[0] is second[0]
    assert len(first[0]) == 1_000_000


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(max_rows=2), "has 3 rows; at most 2 are read"),
        (Limits(max_columns=1), "has 2 columns; at most 1 are read"),
        (Limits(max_unpacked_bytes=10), "bytes in one row group; at most 10 are read"),
    ],
)
def test_a_limit_is_told_before_the_first_row(tmp_path, limits, said):
    write_parquet(tmp_path / "in.parquet", ["a", "b"], [("1", "2")] * 3)
    with pytest.raises(TableTooLarge, match=said):
        open_rows(tmp_path / "in.parquet", limits=limits)


def test_what_is_damaged_protected_or_no_text_is_refused(tmp_path):
    path = tmp_path / "in.parquet"
    write_parquet(path, ["a"], [(str(n),) for n in range(1000)])
    data = path.read_bytes()
    path.write_bytes(data[:-20])
    with pytest.raises(TableError, match="a damaged Parquet file"):
        open_rows(path)
    path.write_bytes(data[:100] + b"\xff" * 200 + data[300:])
    with pytest.raises(TableError, match="a damaged Parquet file"):
        list(open_rows(path))
    path.write_bytes(b"PARE" + data[4:])
    with pytest.raises(TableError, match="protected"):
        open_rows(path)
    pq.write_table(pa.table({"photo": [b"\x89PNG"]}), path)
    with pytest.raises(TableError, match="column 'photo': its values are binary"):
        open_rows(path)


def test_a_missing_column_is_named_and_there_are_no_sheets(tmp_path):
    write_parquet(tmp_path / "in.parquet", ["commune"], [("Fès",)])
    with pytest.raises(MissingColumn, match="did you mean 'commune'"):
        open_rows(tmp_path / "in.parquet", wanted=["comune"])
    with pytest.raises(TableError, match="no sheets"):
        open_rows(tmp_path / "in.parquet", sheet="x")
