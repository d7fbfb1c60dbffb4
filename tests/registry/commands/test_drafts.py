"""`marjaa draft`: from a file to a version by two people, and what is refused."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import Engine

from tests.registry.commands.office import Office, open_office
from tests.registry.small_library import AFTER

Say = Callable[..., Result]
DETAILS = (
    *("--legal-basis", "Decree 2.24.1", "--change-class", "breaking"),
    *("--notice-reason", "It is in force.", "--basis", "the census"),
    *("--note", "fr=Nouveau", "--note", "ar=جديد", "--note", "en=New"),
)

# The domain below is tested on both databases; what the door adds knows neither.
on_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@pytest.fixture
def office(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    return open_office(engine, tmp_path, monkeypatch)


def write_list(path: Path) -> Path:
    """The second version's list as a file."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Code", "Niveau", "Code parent", "Nom", "الاسم"])
    for item in AFTER:
        writer.writerow([item.code, item.level, item.parent, item.names["fr"], item.names.get("ar", "")])
    path.write_text(out.getvalue())
    return path


def open_draft(office: Office) -> str:
    """The beginning of the id of a draft that a file became."""
    new = ("--label", "2024", "--effective-on", "2024-09-01")
    told = office.done("editor", "import", "units", write_list(office.folder / "units.csv"), *new, "--json")
    return str(json.loads(told)["draft"]["id"])[:8]


def settle(office: Office, draft: str) -> None:
    """Say what is missing."""
    office.done("editor", "draft", "edit", draft, *DETAILS)
    office.done("editor", "draft", "propose", draft)
    office.done("editor", "draft", "confirm", draft, "--all")
    for rule in office.known("editor", "validate", draft)["open_questions"]:
        office.done("editor", "draft", "word", draft, rule, "Looked at.")


def test_two_people_publish_a_version_from_a_file(office: Office):
    draft = open_draft(office)
    assert draft in office.done("approver", "draft", "list", "units", "--status", "draft")
    settle(office, draft)
    assert "No question is open." in office.done(
        "editor", "draft", "word", draft, "missing_names", "They follow."
    )
    events = office.known("editor", "events", draft, "--status", "confirmed")["items"]
    assert {"recode", "rename", "abolition"} <= {each["type"] for each in events}
    assert "Meknassa" in office.done("editor", "draft", "compare", draft)
    assert "code_before" in office.done("editor", "draft", "compare", draft, "--format", "csv")
    comparison = json.loads(office.done("editor", "draft", "compare", draft, "--format", "json"))
    assert comparison["from_version"] == "2014"

    assert "units 2024 is submitted." in office.done("editor", "draft", "submit", draft)
    root = office.known("approver", "show", draft)["content_root"]
    assert root in office.done("approver", "draft", "show", draft)
    assert office.says("editor", "draft", "approve", draft, root).exit_code == 3
    assert office.says("approver", "draft", "approve", draft, "0" * 64).exit_code == 5
    office.done("approver", "draft", "comment", draft, "Well done.", "--code", "01.100.07")
    assert "about 01.100.07: Well done." in office.done("editor", "draft", "comments", draft)
    shown = office.done("editor", "draft", "show", draft)
    for line in (
        "less notice because  It is in force.",
        "submitted by         Editor",
        "comments             1",
    ):
        assert line in shown
    office.done("approver", "draft", "approve", draft, root, "--note", "Read.")
    assert "2999" in office.done("approver", "draft", "schedule", draft, "2999-06-01T00:00:00Z")
    office.done("approver", "draft", "schedule", draft, "--never")
    assert office.done("approver", "draft", "publish", draft) == "Published: units 2024\n"
    assert "Oulad Tayeb" in office.done("editor", "lookup", "units", "01.100.07")
    late = office.says("editor", "draft", "set", draft, "03", "--level", "region", "--name", "fr=Est")
    assert late.exit_code == 5


@on_sqlite
def test_items_are_set_removed_and_forgotten(office: Office):
    draft = open_draft(office)
    assert office.says("editor", "draft", "set", draft, "03", "--name", "fr=Est").exit_code == 2
    office.done("editor", "draft", "set", draft, "03", "--level", "region", "--name", "fr=Est")
    office.done("editor", "draft", "set", draft, "01.100.07", "--attribute", "type=urban")
    for asked in ("compare", "impact"):
        refused = office.says("editor", "draft", asked, draft)
        assert refused.exit_code == 2
        assert refused.stderr.startswith("Draft not complete: ")
        assert "no confirmed event says why" in refused.stderr
        assert "File not accepted" not in refused.stderr
    office.done("editor", "draft", "propose", draft)
    office.done("editor", "draft", "confirm", draft, "--all")
    changed = office.done("editor", "draft", "compare", draft, "--format", "csv")
    assert "attribute.type,rural,urban" in changed
    assert "other_name" not in changed  # what the file has no column for stays
    office.done("editor", "draft", "remove", draft, "03", "--forget")
    assert office.known("editor", "remove", draft, "02.300.01")["rows"] == 1
    assert office.says("editor", "draft", "set", draft, "03", "--name", "French").exit_code == 2


@on_sqlite
def test_what_is_wrong_is_shown_as_a_table_and_as_csv(office: Office):
    draft = open_draft(office)
    assert office.says("editor", "draft", "submit", draft).exit_code == 5
    office.done(
        "editor", "draft", "set", draft, "03", "--level", "commune", "--parent", "99", "--name", "fr=Est"
    )
    told = office.done("editor", "draft", "validate", draft)
    assert "unknown_parents" in told
    rows = list(
        csv.reader(io.StringIO(office.done("editor", "draft", "findings", draft, "--csv", "--code", "03")))
    )
    assert {row[3] for row in rows[1:]} == {"03"}
    found = office.known("editor", "findings", draft, "--severity", "error", "--limit", "1")
    assert len(found["items"]) == 1
    assert office.says("editor", "draft", "word", draft, "unknown_parents", "It is so.").exit_code == 2


@on_sqlite
def test_events_are_stated_confirmed_and_rejected(office: Office):
    draft = open_draft(office)
    office.done("editor", "draft", "propose", draft)
    positions = [each["position"] for each in office.known("editor", "events", draft)["items"]]
    rejected = office.known("editor", "reject", draft, *positions)
    assert "01.100.05" in rejected["unexplained"]
    stated = office.known(
        *("editor", "state", draft, "split", "--from", "01.200.03", "--to", "01.200.31=0.6"),
        *("--to", "01.200.32=0.4", "--shares", "population", "--basis", "a decree"),
    )
    assert [link["share"] for link in stated["items"][0]["targets"]] == [0.6, 0.4]
    assert office.says("editor", "draft", "confirm", draft).exit_code == 2
    assert office.says("editor", "draft", "confirm", draft, "999").exit_code == 2
    wrong = ("--from", "01=2", "--basis", "a decree")
    assert office.says("editor", "draft", "state", draft, "abolition", *wrong).exit_code == 2


@on_sqlite
def test_what_was_sent_back_or_given_up_says_so(office: Office):
    draft = open_draft(office)
    settle(office, draft)
    office.done("editor", "draft", "submit", draft, "--note", "Please look.")
    back = office.done("approver", "draft", "request-changes", draft, "--note", "No shares.")
    assert "changes_requested" in back
    assert office.known("editor", "rebase", draft)["conflicts"] == []
    assert office.known("editor", "withdraw", draft, "--note", "Later.")["status"] == "withdrawn"


@on_sqlite
def test_a_change_set_is_named_by_an_id_or_its_beginning(office: Office):
    draft = open_draft(office)
    whole = office.known("editor", "show", draft)["id"]
    assert office.known("editor", "show", whole)["id"] == whole
    assert office.known("editor", "show", "units/2024")["id"] == whole
    for wrong in ("zz", "ffff0000", "", "units/1999", "nothing/2024"):
        assert office.says("editor", "draft", "show", wrong).exit_code == 2
    unknown = "00000000-0000-0000-0000-000000000000"
    assert office.says("editor", "draft", "show", unknown, "--json").exit_code == 4


@on_sqlite
def test_commands_act_for_the_person_of_the_token(office: Office):
    draft = open_draft(office)
    assert office.says("approver", "draft", "edit", draft, "--basis", "x").exit_code == 3
    office.tokens["nobody"] = ""
    answer = office.says("nobody", "draft", "list")
    assert (answer.exit_code, "MARJAA_TOKEN" in answer.stderr) == (3, True)


@on_sqlite
def test_a_draft_tells_whom_it_touches_and_writes_the_file_to_recode_with(office: Office):
    draft = open_draft(office)
    settle(office, draft)
    file = office.folder / "recoding.csv"
    found = office.known("editor", "impact", draft, "--recoding", file)
    replaced = [(each["gone"], each["code"]) for each in found["replacements"]]
    assert ("01.100.05", "01.100.07") in replaced
    assert (found["referential"], found["affected"], found["administrations"]) == ("units", [], [])
    rows = list(csv.DictReader(io.StringIO(file.read_text())))
    assert [(row["code"], row["new_code"] or None) for row in rows] == replaced
    assert "codes of units go; 0 uses are known." in office.done("editor", "draft", "impact", draft)


@on_sqlite
def test_a_draft_is_opened_for_comments_which_are_answered(office: Office):
    draft = open_draft(office)
    for wrong in (
        ("--to", "everyone", "--until", "2001-01-01"),
        ("--to", "administrations", "--until", "2999-01-01"),
    ):
        assert office.says("editor", "draft", "consult", draft, *wrong).exit_code == 2
    told = office.done("editor", "draft", "consult", draft, "--to", "everyone", "--until", "2999-01-01")
    assert told == "units 2024 is open to everyone until 2999-01-01.\n"
    assert office.known("editor", "show", draft)["consultation"] == "everyone"
    assert office.done("approver", "draft", "comments", draft) == "No comments.\n"
    asked = office.known("approver", "comment", draft, "With an h?", "--code", "01.100.07")["id"]
    office.done("editor", "draft", "comment", draft, "No.", "--answers", asked)
    said = office.known("approver", "comments", draft)["items"]
    assert [(one["body"], one["answers"]) for one in said] == [("With an h?", None), ("No.", asked)]
    assert f", answers {asked}: No." in office.done("editor", "draft", "comments", draft)
    about = office.known("editor", "comments", draft, "--code", "01.100.07")["items"]
    assert [one["body"] for one in about] == ["With an h?"]


@on_sqlite
def test_what_is_to_be_changed_is_shown_with_who_wants_it(office: Office):
    draft = open_draft(office)
    settle(office, draft)
    office.done("editor", "draft", "submit", draft, "--note", "As the decree has it.")
    assert "for the approver     As the decree has it." in office.done("approver", "draft", "show", draft)
    office.done("approver", "draft", "request-changes", draft, "--note", "One name is missing.")
    shown = office.done("editor", "draft", "show", draft)
    assert "changes wanted by    Approver" in shown
    assert "changes wanted       One name is missing." in shown


@on_sqlite
def test_an_early_breaking_change_is_not_submitted_without_a_reason(office: Office):
    draft = open_draft(office)
    settle(office, draft)
    office.done("editor", "draft", "edit", draft, "--notice-reason", " ")
    refused = office.says("editor", "draft", "submit", draft)
    assert (refused.exit_code, "effective_on: 2024-09-01 is too early" in refused.stderr) == (5, True)
