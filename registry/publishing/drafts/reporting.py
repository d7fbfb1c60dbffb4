"""A check's report as JSON, and as CSV that a spreadsheet opens without running anything."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict

from referentials.formulas import inert
from registry.publishing.drafts.kept_findings import Report

COLUMNS = ("severity", "rule", "row", "code", "column", "value", "message")


def report_json(report: Report) -> str:
    """The report as a JSON object: totals, counts by rule and severity, words, and the findings kept."""
    return json.dumps(
        {
            "change_set": str(report.change_set),
            "revision": report.revision,
            "checked_at": report.checked_at,
            "is_current": report.is_current,
            "errors": report.total_errors,
            "warnings": report.total_warnings,
            "truncated": report.truncated,
            "open_questions": list(report.open_questions),
            "counts": [asdict(each) for each in report.counts],
            "words": [asdict(each) for each in report.words],
            "findings": [asdict(each) for each in report.findings],
        },
        ensure_ascii=False,
    )


def report_csv(report: Report) -> str:
    """The findings kept as CSV (RFC 4180), one row each.

    What a spreadsheet would take for a formula gets an apostrophe before it.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for each in report.findings:
        row = "" if each.row is None else str(each.row)
        cells = (each.severity, each.rule, row, each.code, each.column, each.value, each.message)
        writer.writerow(map(inert, cells))
    return out.getvalue()
