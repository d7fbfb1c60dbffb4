"""What is wrong with a draft, over HTTP."""

from __future__ import annotations

import csv
import io

from tests.registry.desk_client import DeskUnderTest
from tests.registry.desk_drafts import RABAT, open_draft, publish_first_version, upload


def test_a_draft_is_validated_and_what_was_found_is_read_again(desk: DeskUnderTest):
    publish_first_version(desk)
    draft = open_draft(desk.signed_in("editor"), mode="changes")
    assert draft.get("/findings").status_code == 409
    draft.edit("PUT", "/items/03", {**RABAT, "level": "region", "names": {"fr": "Est"}})
    draft.edit("PUT", "/items/04", {**RABAT, "parent": "99"})
    report = draft.step("validate")
    assert report.status_code == 200, report.text
    errors = [each for each in report.json["items"] if each["severity"] == "error"]
    assert ("unknown_parents", "04", "parent") in {(e["rule"], e["code"], e["column"]) for e in errors}
    assert report.json["is_current"]
    again = draft.get("/findings", severity="error")
    assert [each["rule"] for each in again.json["items"]] == [each["rule"] for each in errors]
    assert draft.get("/findings", code="03", rule="missing_names").json["items"][0]["column"] == "name_ar"
    draft.edit("DELETE", "/items/04?forget=yes")
    assert not draft.get("/findings").json["is_current"]


def test_warnings_ask_for_a_word(desk: DeskUnderTest):
    publish_first_version(desk)
    draft = open_draft(desk.signed_in("editor"), mode="changes")
    draft.edit("PUT", "/items/03", {**RABAT, "level": "region", "names": {"fr": "Est"}})
    asked = draft.step("validate").json["open_questions"]
    assert "missing_names" in asked
    answer = draft.client.put(f"{draft.address}/words/missing_names", json={"word": "They follow."})
    assert answer.status_code == 200, answer.text
    assert "missing_names" not in answer.json["open_questions"]
    assert answer.json["words"][0]["word"] == "They follow."
    assert draft.client.put(f"{draft.address}/words/nothing", json={"word": "x"}).status_code == 400
    assert draft.client.put(f"{draft.address}/words/missing_names", json={"word": " "}).status_code == 400
    approver = desk.signed_in("approver")
    refused = approver.put(f"{draft.address}/words/missing_names", json={"word": "x"})
    assert refused.status_code == 403


def test_a_file_with_ten_thousand_errors_is_told_page_by_page_and_counted(desk: DeskUnderTest):
    publish_first_version(desk)
    draft = open_draft(desk.signed_in("editor"))
    rows = "".join(f"{n:05},commune,missing,Nom {n},=cmd()\n" for n in range(10_000))
    read = upload(draft, "Code,Niveau,Parent,Nom,name_ar\n" + rows)
    assert read.status_code == 200, read.text
    report = draft.step("validate")
    assert report.status_code == 200, report.text
    counts = {each["rule"]: each["count"] for each in report.json["counts"] if each["severity"] == "error"}
    assert counts["unknown_parents"] == 10_000
    assert report.json["errors"] >= 10_000
    assert report.json["truncated"]
    assert len(report.json["items"]) == 100
    page = draft.get("/findings", limit=500, severity="error").json
    following = draft.get("/findings", limit=500, severity="error", cursor=page["next"]).json
    assert page["items"][0] != following["items"][0]
    table = list(csv.reader(io.StringIO(draft.get("/findings.csv", severity="error").text)))
    assert table[0][:3] == ["severity", "rule", "row"]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in table for cell in row)
