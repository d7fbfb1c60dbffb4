"""An installation that people work on by commands."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from registry.accounts.actors import Grant
from registry.accounts.managing import create_person
from registry.accounts.tokens import issue_token
from registry.cli import main
from registry.database import begin_write
from tests.publishing import add_units, publish_list
from tests.registry.small_library import BEFORE


@dataclass
class Office:
    """An installation with version 2014, an editor and an approver."""

    tokens: dict[str, str]
    folder: Path
    monkeypatch: pytest.MonkeyPatch

    def says(self, who: str, *arguments: object) -> Result:
        """What a command of somebody answers."""
        self.monkeypatch.setenv("MARJAA_TOKEN", self.tokens[who])
        return CliRunner().invoke(main, [str(each) for each in arguments])

    def done(self, who: str, *arguments: object) -> str:
        """What a command prints that has to succeed."""
        answer = self.says(who, *arguments)
        assert answer.exit_code == 0, answer.output
        return answer.stdout

    def known(self, who: str, *arguments: object) -> dict:
        """The JSON that a command of drafts prints."""
        return json.loads(self.done(who, "draft", *arguments, "--json"))


def open_office(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The installation over an empty database."""
    data = tmp_path / "var"
    monkeypatch.setenv("MARJAA_DATA", str(data))
    monkeypatch.setenv("MARJAA_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    add_units(engine)
    publish_list(engine, data / "snapshots", "2014", date(2014, 9, 1), BEFORE)
    tokens = {}
    with begin_write(engine) as connection:
        for role, scope in (("editor", "edit"), ("approver", "approve")):
            address = f"{role}@example.org"
            person = create_person(connection, "test", address, role.title(), grants=[Grant(role)])
            _, tokens[role] = issue_token(connection, "test", person.id, "tests", [scope, "read-drafts"])
    return Office(tokens, tmp_path, monkeypatch)
