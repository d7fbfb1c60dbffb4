"""`marjaa correspondence`."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner

from registry.accounts.actors import Actor, Grant
from registry.cli import main
from registry.commands import correspondence_publishing
from registry.library import Library
from tests.registry.small_library import build_library

ROWS = "source,target,relation,share,note\na,01,narrow,1,\nb,01.100.07,exact,,the same\n"
ABOUT = ("--id", "outside-to-units", "--source", "outside", "--target", "units", "--target-version", "2024")
RIGHTS = ("--basis", "made up", "--licence", "CC0-1.0", "--attribution", "made up")


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "map.csv"
    path.write_text(ROWS)
    return path


def test_correspondences_are_listed_and_shown_with_licence_and_quality(marjaa):
    listed = marjaa("correspondence", "list", "--referential", "units", "--json")
    (head,) = json.loads(listed.stdout)["items"]
    assert (head["id"], head["licence"]) == ("old-to-new", "CC0-1.0")
    assert "old-to-new" in marjaa("correspondence", "list").stdout
    assert json.loads(marjaa("correspondence", "list", "--code", "none", "--json").stdout)["items"] == []
    shown = marjaa("correspondence", "show", "old-to-new")
    assert "1 of 1 sources lie wholly in one target, 0 are ambiguous" in shown.stdout
    assert "attribution" in shown.stdout
    nothing = marjaa("correspondence", "show", "old-to-new", "--code", "x", "--json")
    assert json.loads(nothing.stdout)["associations"] == []


def test_a_file_becomes_a_document_whose_codes_are_checked(marjaa, rows: Path, tmp_path: Path):
    target = tmp_path / "map.json"
    named = ("--name", "fr=Dehors")
    answer = marjaa("correspondence", "import", str(rows), *ABOUT, *RIGHTS, *named, "-o", str(target))
    assert answer.exit_code == 0, answer.stderr
    document = json.loads(target.read_text())
    assert (document["id"], document["ordinal"], document["names"]) == (
        "outside-to-units",
        0,
        {"fr": "Dehors"},
    )
    assert document["associations"][1] == {
        "sources": [{"code": "b", "share": None}],
        "targets": [{"code": "01.100.07", "share": None}],
        "relation": "exact",
        "note": "the same",
    }


def test_codes_that_the_version_does_not_have_are_refused_and_nothing_is_written(
    marjaa, rows: Path, tmp_path: Path
):
    rows.write_text("source,target,relation\na,77,exact\nb,78,exact\n")
    target = tmp_path / "map.json"
    answer = marjaa("correspondence", "import", str(rows), *ABOUT, *RIGHTS, "-o", str(target))
    assert (answer.exit_code, target.exists()) == (2, False)
    assert "target: '77' is no code of units 2024" in answer.stderr
    assert "target: '78'" in answer.stderr


def test_faults_of_a_file_are_named_by_row_column_and_value(marjaa, rows: Path):
    rows.write_text("source,target,relation,share\na,01,alike,2\n")
    answer = marjaa("correspondence", "import", str(rows), *ABOUT, *RIGHTS)
    assert answer.exit_code == 2
    assert "row 2, column 'relation': 'alike' is none of exact" in answer.stderr
    assert "row 2, column 'share': '2' is no number from 0 to 1" in answer.stderr


def test_a_correspondence_is_turned_round_and_put_together_with_itself(marjaa, tmp_path: Path):
    turned = marjaa("correspondence", "invert", "old-to-new", "--as", "new-to-old", "--json")
    document = json.loads(turned.stdout)
    assert (document["id"], document["source_version"]) == ("new-to-old", "2024")
    assert document["associations"][0]["targets"] == [{"code": "01.100.05", "share": None}]
    target = tmp_path / "back.csv"
    both = ("old-to-new", "old-to-new", "--turned", "-o", str(target))
    answer = marjaa("correspondence", "compose", *both)
    assert answer.exit_code == 0, answer.stderr
    with target.open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["source"], row["target"], row["relation"]) == ("01.100.05", "01.100.05", "exact")


def test_what_does_not_meet_is_not_put_together_in_silence(marjaa):
    answer = marjaa("correspondence", "compose", "old-to-new", "old-to-new")
    assert "Mind: old-to-new leads to version 2024 of units, old-to-new starts from version 2014." in (
        answer.stdout
    )
    assert "lost" in answer.stdout


def test_an_export_can_be_imported_again(marjaa, tmp_path: Path):
    target = tmp_path / "map.csv"
    answer = marjaa("correspondence", "export", "old-to-new", "-o", str(target))
    assert answer.exit_code == 0, answer.stderr
    about = ("--id", "again", "--source", "units", "--source-version", "2014", "--target", "units")
    assert marjaa("correspondence", "import", str(target), *about, *RIGHTS).exit_code == 0
    refused = marjaa("correspondence", "export", "old-to-new", "-o", str(tmp_path / "map.txt"))
    assert (refused.exit_code, "ends in .json or .csv" in refused.stderr) == (2, True)


def test_publishing_needs_somebody_who_acts(marjaa, rows: Path, tmp_path: Path):
    target = tmp_path / "map.json"
    marjaa("correspondence", "import", str(rows), *ABOUT, *RIGHTS, "-o", str(target))
    assert marjaa("correspondence", "publish", str(tmp_path / "none.json")).exit_code == 2


def test_a_document_is_published_once(
    tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch, rows: Path
):
    build_library(tmp_path / "snapshots")
    (tmp_path / "marjaa.sqlite").write_bytes(migrated_sqlite.read_bytes())
    monkeypatch.setenv("MARJAA_DATA", str(tmp_path))
    monkeypatch.delenv("MARJAA_DATABASE_URL", raising=False)
    approver = Actor(uuid4(), "Amina", grants=frozenset({Grant("approver")}))
    document = tmp_path / "map.json"

    def marjaa(*arguments: str):
        return CliRunner().invoke(main, ["correspondence", *arguments])

    assert marjaa("import", str(rows), *ABOUT, *RIGHTS, "-o", str(document)).exit_code == 0
    assert marjaa("publish", str(document)).exit_code == 3
    monkeypatch.setattr(correspondence_publishing, "acting", lambda *_: approver)
    answer = marjaa("publish", str(document))
    assert answer.exit_code == 0, answer.stderr
    assert "Published: outside-to-units, publication 1, 2 associations." in answer.stdout
    assert Library(tmp_path / "snapshots").correspondence("outside-to-units").ordinal == 1
    assert "is published already" in marjaa("publish", str(document)).stdout


def test_a_file_of_pairs_alone_gets_one_relation(marjaa, tmp_path: Path):
    pairs, target = tmp_path / "pairs.csv", tmp_path / "map.json"
    pairs.write_text("nace,isic\na,01\nb,01.100.07\n")
    named = ("--source-column", "nace", "--target-column", "isic", "--relation", "narrow")

    answer = marjaa("correspondence", "import", str(pairs), *ABOUT, *RIGHTS, *named, "-o", str(target))

    assert answer.exit_code == 0, answer.stderr
    associations = json.loads(target.read_text())["associations"]
    assert [each["relation"] for each in associations] == ["narrow", "narrow"]
    missing = marjaa("correspondence", "import", str(pairs), *ABOUT, *RIGHTS)
    assert (missing.exit_code, "source" in missing.stderr) == (2, True)
