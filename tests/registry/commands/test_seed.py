"""`marjaa seed` and `marjaa db upgrade`, with a small part of the seeds."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from registry.cli import main
from registry.commands.preparing import prepare
from registry.config import Settings
from registry.library import Library
from registry.seeding import catalogue


@pytest.fixture
def data(tmp_path: Path, monkeypatch) -> Path:
    """An empty data folder, for an installation that starts with one referential."""
    whole = catalogue()
    small = tuple(entry for entry in whole.referentials if entry.id == "regions-1997")
    monkeypatch.setattr(
        "registry.seeding.catalogue", lambda: replace(whole, referentials=small, correspondences=())
    )
    monkeypatch.setenv("MARJAA_DATA", str(tmp_path / "var"))
    monkeypatch.delenv("MARJAA_DATABASE_URL", raising=False)
    return tmp_path / "var"


def marjaa(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_seeding_an_empty_folder_publishes_and_says_what(data: Path):
    answer = marjaa("seed")
    assert answer.exit_code == 0, answer.stderr
    assert "[1/1] regions-1997 1997" in answer.stderr
    assert "1997-" in answer.stdout
    assert marjaa("lookup", "regions-1997", "01").exit_code == 0


def test_seeding_again_publishes_nothing(data: Path):
    assert json.loads(marjaa("seed", "--json").stdout) == {"published": ["regions-1997 1997"]}
    assert json.loads(marjaa("seed", "--json").stdout) == {"published": []}
    assert marjaa("seed").stdout == "Everything was published already.\n"


def test_a_start_finishes_what_an_interrupted_first_start_left(data: Path, monkeypatch, capsys):
    whole = catalogue()  # the real one: the fixture's is that of the seeding module
    seeded = ("regions-1997", "iso-3166-2-ma")
    more = tuple(entry for entry in whole.referentials if entry.id in seeded)
    settings = Settings.from_environment()
    prepare(settings)
    assert "Nothing is published yet" in capsys.readouterr().err
    monkeypatch.setattr(
        "registry.seeding.catalogue", lambda: replace(whole, referentials=more, correspondences=())
    )
    prepare(settings)
    said = capsys.readouterr().err
    assert "iso-3166-2-ma 2026" in said
    assert "Nothing is published yet" not in said
    prepare(settings)
    assert capsys.readouterr().err == ""
    assert [entry.id for entry in Library(settings.snapshots).referentials()] == sorted(seeded)


def test_the_schema_is_brought_to_this_release_once(data: Path):
    assert marjaa("db", "upgrade").stdout.startswith("Schema: nothing → ")
    assert marjaa("db", "upgrade").stdout.endswith("already.\n")


def test_a_lost_content_is_compiled_again_from_the_database(data: Path):
    marjaa("seed")
    (data / "snapshots" / "regions-1997" / "1" / "content" / "manifest.json").unlink()
    assert marjaa("snapshot", "build").stdout == "compiled regions-1997 1997\n"
    assert marjaa("snapshot", "verify").exit_code == 0
    assert marjaa("snapshot", "build").stdout == "Everything is whole.\n"


@pytest.mark.parametrize("command", [["seed"], ["db", "upgrade"], ["snapshot", "build"]])
def test_a_database_that_does_not_answer_is_named_without_its_password(data: Path, monkeypatch, command):
    monkeypatch.setenv("MARJAA_DATABASE_URL", "postgresql://marjaa:secret@127.0.0.1:1/marjaa")
    answer = marjaa(*command)
    assert answer.exit_code == 6
    assert "postgresql://marjaa:***@127.0.0.1:1/marjaa does not answer" in answer.stderr
    assert "secret" not in answer.stderr


def test_an_address_that_is_no_database_is_refused(data: Path, monkeypatch):
    monkeypatch.setenv("MARJAA_DATABASE_URL", "cards://index")
    answer = marjaa("seed")
    assert answer.exit_code == 2
    assert "MARJAA_DATABASE_URL" in answer.stderr
