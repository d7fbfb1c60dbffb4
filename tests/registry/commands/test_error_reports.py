"""`marjaa error-reports`: what anyone reported is looked at, and answered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from registry.accounts.actors import PUBLIC
from registry.database import begin_write
from registry.publishing.review.reports import report_error
from tests.registry.commands.office import Office, open_office

# The domain below is tested on both databases; what the door adds knows neither.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@pytest.fixture
def office(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    return open_office(engine, tmp_path, monkeypatch)


@pytest.fixture
def report(office: Office, engine: Engine) -> int:
    """What the public reported."""
    suggested = {"names": {"fr": "Ouled Tayeb"}}
    with begin_write(engine) as connection:
        return report_error(connection, PUBLIC, "units", "2014", "01.100.05", "One l.", suggested).id


def test_reports_are_listed_and_shown(office: Office, report: int):
    listed = office.done("editor", "error-reports", "list", "units", "--status", "open")
    assert "01.100.05" in listed
    assert "One l." in listed
    shown = office.done("approver", "error-reports", "show", report)
    assert shown.startswith(f"{report}  units 2014  01.100.05  open\n")
    assert "Ouled Tayeb" in shown
    assert json.loads(office.done("editor", "error-reports", "list", "--status", "declined", "--json")) == {
        "items": [],
        "next": None,
    }


def test_an_accepted_report_becomes_a_draft(office: Office, report: int):
    answer = ("--answer", "Thank you.", "--json")
    told = json.loads(office.done("editor", "error-reports", "accept", report, *answer))
    assert (told["status"], told["answer"]) == ("accepted", "Thank you.")
    assert office.known("editor", "show", told["change_set"])["basis"].startswith("Error report")
    assert office.says("editor", "error-reports", "reject", report, "--answer", "No.").exit_code == 5


def test_a_rejected_report_makes_none(office: Office, report: int):
    shown = office.done("editor", "error-reports", "reject", report, "--answer", "It is right.")
    assert "declined" in shown
    assert [one["label"] for one in office.known("editor", "list")["items"]] == ["2014"]


def test_what_is_not_accepted_is_named(office: Office, report: int):
    assert office.says("approver", "error-reports", "accept", report, "--answer", "Yes.").exit_code == 3
    assert office.says("editor", "error-reports", "show", "99").exit_code == 4
    wrong = office.says("editor", "error-reports", "list", "--status", "lost")
    assert (wrong.exit_code, "'lost'" in wrong.stderr) == (2, True)
    other = ("--answer", "Yes.", "--draft", "nothing")
    assert office.says("editor", "error-reports", "accept", report, *other).exit_code == 2


def test_the_public_sees_no_report(office: Office, report: int, monkeypatch: pytest.MonkeyPatch):
    office.tokens["nobody"] = "marjaa_unknown"
    assert office.says("nobody", "error-reports", "list").exit_code == 3
    assert office.says("nobody", "error-reports", "show", report).exit_code == 3
