"""The report of a run as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict

from referentials.canonical import JSON
from registry.harmonising.recipe import recipe_document
from registry.harmonising.report import ColumnReport, OpenValue, Report
from registry.harmonising.summary import Count


def report_json(report: Report) -> bytes:
    """The report as the bytes of a file: UTF-8 JSON, the same for equal reports."""
    return (json.dumps(report_document(report), ensure_ascii=False, indent=1) + "\n").encode()


def report_document(report: Report) -> dict[str, JSON]:
    """The report as a JSON object, with the recipe that replays the run."""
    source = report.source
    return {
        "file": source.file,
        "sha256": source.sha256,
        "bytes": source.size,
        "sheet": source.sheet,
        "encoding": source.encoding,
        "delimiter": source.delimiter,
        "header_row": source.header_row,
        "rows": source.rows,
        "columns": [column_document(column, report) for column in report.columns],
        "recipe": recipe_document(report.recipe),
    }


def column_document(column: ColumnReport, report: Report) -> dict[str, JSON]:
    """What became of one column, as a JSON object."""
    plan = column.plan
    return {
        "referential": plan.referential,
        "version": plan.version,
        "at": report.recipe.at.isoformat(),
        "content_root": plan.content_root,
        "key_version": plan.key_version,
        "calibration": plan.calibration,
        "support": column.support,
        "column": plan.column,
        "within_column": plan.within_column,
        "levels": list(plan.levels),
        "role": plan.role,
        "rows": column.total.rows,
        "distinct_values": column.total.values,
        "blank_rows": column.blank.rows,
        "chosen": _count(column.chosen),
        "settled_share": round(column.settled_share, 4),
        "by_outcome": _counts(column.by_outcome),
        "withins": column.withins,
        "by_within": {within: _counts(counts) for within, counts in column.by_within.items()},
        "open_total": column.open_total,
        "open_values": [open_value_document(value) for value in column.open_values],
    }


def open_value_document(value: OpenValue) -> dict[str, JSON]:
    """A value that somebody should look at, as a JSON object."""
    return asdict(value)


def _counts(by_outcome: Mapping[str, Count]) -> dict[str, JSON]:
    return {outcome: _count(count) for outcome, count in by_outcome.items()}


def _count(count: Count) -> dict[str, JSON]:
    return {"rows": count.rows, "values": count.values}
