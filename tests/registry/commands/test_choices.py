"""`marjaa choices`: listed with what became of their codes, exported, imported whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from registry.cli import main
from registry.database import begin_write
from tests.publishing import add_units, publish_list
from tests.registry.desk_client import add_administration
from tests.registry.small_library import BEFORE

SHEET = "referential;text;within;code\nunits;oulad taib;Fès;01.100.05\nunits;ailleurs;;\n"


@pytest.fixture
def choices(sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs a command of choices where `units` is published and `agency` is known."""
    add_units(sqlite_engine)
    with begin_write(sqlite_engine) as connection:
        add_administration(connection, "agency")
    publish_list(sqlite_engine, tmp_path / "snapshots", "2014", date(2014, 9, 1), BEFORE)
    monkeypatch.setenv("MARJAA_DATA", str(tmp_path))
    monkeypatch.setenv("MARJAA_DATABASE_URL", str(sqlite_engine.url))

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["choices", *arguments])

    return run


def test_a_sheet_is_taken_in_listed_and_given_out(choices: Callable[..., Result], tmp_path: Path):
    sheet = tmp_path / "choices.csv"
    sheet.write_text(SHEET)
    assert choices("import", "agency", str(sheet)).output == "2 choices are new or differ from what held.\n"
    assert choices("import", "agency", str(sheet)).output == "0 choices are new or differ from what held.\n"
    listed = choices("list", "agency").output
    assert "oulad taib" in listed
    assert "not there" in listed
    lines = choices("export", "agency", "--referential", "units").output.splitlines()
    assert lines[0] == "referential,data_set,text,within,code,chosen_at,source"
    assert [line.split(",")[:5] for line in lines[1:]] == [
        ["units", "", "oulad taib", "Fès", "01.100.05"],
        ["units", "", "ailleurs", "", ""],
    ]
    assert choices("list", "agency", "--json").output.count('"stale": false') == 2


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("units;x;;99", "row 2, column code"),
        ("nothing;x;;1", "row 2, column referential"),
        ("units;;;01", "row 2, column text"),
    ],
)
def test_a_sheet_with_an_error_is_not_taken_in(
    choices: Callable[..., Result], tmp_path: Path, row: str, said: str
):
    sheet = tmp_path / "choices.csv"
    sheet.write_text(f"referential;text;within;code\n{row}\nunits;y;;01\n")
    refused = choices("import", "agency", str(sheet))
    assert (refused.exit_code, said in refused.output) == (2, True), refused.output
    assert choices("export", "agency").output.count("\n") == 1
