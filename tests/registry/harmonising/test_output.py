"""A harmonised file is written whole, or not at all."""

from __future__ import annotations

from datetime import date

import pytest

from referentials.tables import read_table
from referentials.writers import NotWritable
from registry.errors import BadValue
from registry.harmonising.output import check_target, write_table

HEADER = ("nom", "code")
ROWS = [("=1+1", "007"), ("a,b\n c", ""), ("طنجة", "01.5")]
DAY = date(2024, 9, 1)


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx", "OUT.CSV"])
def test_cells_are_written_as_the_text_they_are(tmp_path, name):
    path = tmp_path / name
    write_table(path, HEADER, ROWS, created=DAY)
    table = read_table(path)
    assert (table.header, table.rows) == (HEADER, ROWS)
    assert [found.name for found in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_equal_rows_give_equal_bytes(tmp_path, name):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write_table(tmp_path / folder / name, HEADER, ROWS, created=DAY)
    assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_a_failure_on_the_way_leaves_the_old_file_and_nothing_else(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"old")

    def failing():
        yield ROWS[0]
        raise RuntimeError("on the way")

    with pytest.raises(RuntimeError, match="on the way"):
        write_table(path, HEADER, failing(), created=DAY)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_cell_that_a_sheet_cannot_hold_is_an_error_and_not_cut(tmp_path):
    with pytest.raises(NotWritable, match="row 2: a text of 32,768 characters"):
        write_table(tmp_path / "out.xlsx", HEADER, [("x" * 32_768, "")], created=DAY)
    assert list(tmp_path.iterdir()) == []


def test_a_target_that_cannot_be_written_is_refused_before_any_work(tmp_path):
    with pytest.raises(BadValue, match=r"ends in \.csv or \.xlsx"):
        check_target(tmp_path / "out.ods")
    with pytest.raises(BadValue, match="a folder that exists"):
        check_target(tmp_path / "none" / "out.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(BadValue, match="not a folder"):
        check_target(tmp_path / "folder.csv")
