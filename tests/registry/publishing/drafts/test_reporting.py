"""A check's report for programs and for spreadsheets."""

from __future__ import annotations

import csv
import io
import json
import uuid

from referentials.findings import Finding, RuleCount
from registry.publishing.drafts.checking import Report, Word, report_csv, report_json

REPORT = Report(
    uuid.UUID(int=1),
    3,
    "2024-09-01T08:30:00Z",
    True,
    (
        Finding("formula_like_text", "error", 2, "01", "name_fr", "=1+1", "'=1+1' starts with '='"),
        Finding("missing_names", "warning", None, "-02", "name_ar", "", 'there is no name, "ar"'),
    ),
    (RuleCount("formula_like_text", "error", 1), RuleCount("missing_names", "warning", 12)),
    (Word("homonyms", "They are two places.", "somebody", "2024-09-01T08:30:00Z"),),
)


def test_as_json_it_has_totals_counts_words_and_findings():
    told = json.loads(report_json(REPORT))
    assert (told["errors"], told["warnings"], told["truncated"]) == (1, 12, True)
    assert told["open_questions"] == ["missing_names"]
    assert told["findings"][0]["column"] == "name_fr"
    assert told["counts"][0] == {"rule": "formula_like_text", "severity": "error", "count": 1}
    assert told["words"][0]["word"] == "They are two places."


def test_as_csv_it_runs_nothing_in_a_spreadsheet():
    header, *rows = csv.reader(io.StringIO(report_csv(REPORT)))
    assert header == ["severity", "rule", "row", "code", "column", "value", "message"]
    assert rows[0][:6] == ["error", "formula_like_text", "2", "01", "name_fr", "'=1+1"]
    assert rows[1][2:] == ["", "-02", "name_ar", "", 'there is no name, "ar"']
