"""`marjaa export`."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from referentials.tables import read_table
from registry.app import create_app
from tests.registry.small_library import settings

AT = ("--at", "2025-01-01")


def test_a_version_is_written_as_the_file_is_named(marjaa, tmp_path: Path):
    answer = marjaa("export", "units", *AT, "-o", str(tmp_path / "units.csv"))
    assert answer.exit_code == 0, answer.stderr
    with (tmp_path / "units.csv").open(newline="") as file:
        rows = {row["code"]: row for row in csv.DictReader(file)}
    assert rows["01.100.07"]["name_ar"] == "أولاد الطيب"
    assert "content root" in answer.stdout


@pytest.mark.parametrize("format", ["csv", "json", "geojson", "xlsx"])
def test_an_export_has_the_same_bytes_as_over_http(marjaa, snapshots: Path, tmp_path: Path, format: str):
    client = create_app(settings(snapshots.parent)).test_client()
    over_http = client.get(f"/api/v1/referentials/units/versions/2024/export.{format}").data
    output = tmp_path / "units"
    answer = marjaa("export", "units", "--version", "2024", "--format", format, "-o", str(output))
    assert answer.exit_code == 0, answer.stderr
    assert output.read_bytes() == over_http


def test_filters_keep_what_they_say(marjaa, tmp_path: Path):
    marjaa("export", "units", *AT, "--level", "region", "-o", str(tmp_path / "r.xlsx"))
    table = read_table(tmp_path / "r.xlsx", wanted=["code"])
    assert [row[table.position("code")] for row in table.rows] == ["01", "02"]


def test_an_export_can_be_piped(marjaa):
    answer = marjaa("export", "units", *AT, "--format", "json", "-o", "-")
    assert json.loads(answer.stdout)["version"] == "2024"


@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        ("units.doc", [], "csv, json, geojson, xlsx"),
        ("nowhere/units.csv", [], "a folder that exists"),
        ("units.csv", ["--version", "1999"], "1999"),
        ("units.csv", ["--level", "village"], "village"),
    ],
)
def test_what_cannot_be_written_leaves_nothing_behind(
    marjaa, tmp_path: Path, name: str, more: list[str], said: str
):
    answer = marjaa("export", "units", *more, "-o", str(tmp_path / name))
    assert answer.exit_code in (2, 4)
    assert said in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_failure_half_way_leaves_an_earlier_file_as_it_was(marjaa, tmp_path: Path, monkeypatch):
    def broken(*_: object, **__: object):
        yield b"half"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("registry.commands.export.exported", broken)
    output = tmp_path / "units.csv"
    output.write_text("from last year")
    answer = marjaa("export", "units", "-o", str(output))
    assert answer.exit_code == 6
    assert output.read_text() == "from last year"
    assert list(tmp_path.iterdir()) == [output]
