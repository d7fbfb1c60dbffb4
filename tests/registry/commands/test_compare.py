"""`marjaa compare`."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from registry.app import create_app
from tests.registry.small_library import settings

VERSIONS = ("units", "2014", "2024")


def test_a_comparison_is_read_as_text(marjaa) -> None:
    answer = marjaa("compare", *VERSIONS)
    assert answer.exit_code == 0, answer.stderr
    lines = answer.stdout.splitlines()
    assert lines[0] == "units: from 2014 (2014-09-01) to 2024 (2024-09-01)"
    assert "  code: 01.100.05 → 01.100.07" in lines
    assert lines[-1].startswith("  2024-09-01 split:")


def test_json_is_what_http_answers(marjaa, snapshots: Path) -> None:
    client = create_app(settings(snapshots.parent)).test_client()
    told = client.get("/api/v1/referentials/units/compare?from_version=2014&to_version=2024&limit=1000")
    assert json.loads(marjaa("compare", *VERSIONS, "--format", "json").stdout) == told.get_json()


def test_a_table_is_written_into_a_file(marjaa, tmp_path: Path) -> None:
    output = tmp_path / "changes.csv"
    answer = marjaa("compare", *VERSIONS, "--format", "csv", "--kind", "recoded", "-o", str(output))
    assert "1 items, 0 change events" in answer.stdout
    with output.open(newline="", encoding="utf-8") as file:
        fields = [row["field"] for row in csv.DictReader(file)]
    assert fields[0] == "code"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("units", "1999", "2024"), 4, "1999"),
        ((*VERSIONS, "--level", "planet"), 2, "planet"),
        ((*VERSIONS, "--kind", "vanished"), 2, "recoded"),
        ((*VERSIONS, "-o", "nowhere/x.txt"), 2, "a folder that exists"),
    ],
)
def test_what_cannot_be_compared_is_said(marjaa, arguments: tuple[str, ...], code: int, said: str) -> None:
    answer = marjaa("compare", *arguments)
    assert answer.exit_code == code
    assert said in answer.stderr
