"""What is wrong with a draft, and the words that editors give for warnings."""

from __future__ import annotations

from dataclasses import asdict, replace
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy import Connection

from registry.accounts.actors import Actor, require
from registry.api.arguments import NoArguments
from registry.api.blueprint import Blueprint
from registry.api.exports import attachment
from registry.desk.authentication import current_actor, everybody, needs
from registry.desk.change_sets import BODY_ERRORS, read_draft
from registry.desk.draft_answers import documented, page, send, start_of
from registry.desk.draft_bodies import DEFAULT_LIMIT, FilteredFindingArguments, FindingArguments, WordBody
from registry.desk.draft_schemas import ReportSchema
from registry.desk.working import desk, reading, writing
from registry.errors import Conflict
from registry.publishing.drafts.checking import Report, check, give_word, read_report, report_csv

blueprint = Blueprint("draft-checks", __name__, description="What is wrong with a draft")


@blueprint.route("/change-sets/<uuid:change_set>/validate", methods=["POST"])
@needs("read-drafts")
@documented(ReportSchema, HTTPStatus.CONFLICT)
@blueprint.arguments(NoArguments, location="query")
def validate(_given: dict[str, Any], change_set: UUID) -> Response:
    """Run all rules over what the draft proposes; the report with its first findings."""
    actor = current_actor()
    with reading() as connection:
        draft = read_draft(connection, actor, change_set)
        require(actor, "read-drafts", referential=draft.referential)
    report = check(desk().engine, desk().settings.snapshots, change_set)
    return send(_document(report, {"limit": DEFAULT_LIMIT}), ReportSchema)


@blueprint.route("/change-sets/<uuid:change_set>/findings")
@everybody
@documented(ReportSchema, HTTPStatus.CONFLICT)
@blueprint.arguments(FindingArguments, location="query")
def findings(given: dict[str, Any], change_set: UUID) -> Response:
    """What the latest validation found, errors and warnings, with row, code, column and value."""
    actor = current_actor()
    with reading() as connection:
        return send(_document(_report(connection, actor, change_set), given), ReportSchema)


@blueprint.route("/change-sets/<uuid:change_set>/findings.csv")
@everybody
@documented(None, HTTPStatus.CONFLICT, media_types=("text/csv",))
@blueprint.arguments(FilteredFindingArguments, location="query")
def findings_csv(given: dict[str, Any], change_set: UUID) -> Response:
    """The findings as CSV, for a spreadsheet."""
    actor = current_actor()
    with reading() as connection:
        report = _report(connection, actor, change_set)
    response = Response(report_csv(narrowed(report, given)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = attachment(f"findings-{change_set.hex[:8]}.csv")
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.route("/change-sets/<uuid:change_set>/words/<rule>", methods=["PUT"])
@needs("edit")
@documented(ReportSchema, HTTPStatus.CONFLICT, *BODY_ERRORS)
@blueprint.arguments(WordBody)
def word(body: dict[str, Any], change_set: UUID, rule: str) -> Response:
    """Say why the warnings of a rule are in order; it holds until the rule warns of something else."""
    actor = current_actor()
    with writing() as connection:
        give_word(connection, actor, change_set, rule, body["word"])
        report = _report(connection, actor, change_set)
    return send(_document(report, {"limit": DEFAULT_LIMIT}), ReportSchema)


def narrowed(report: Report, given: dict[str, Any]) -> Report:
    """The report with the findings that the filters keep."""
    wanted = {name: given[name] for name in ("severity", "rule", "code") if given.get(name) is not None}
    kept = (
        each
        for each in report.findings
        if all(getattr(each, name) == value for name, value in wanted.items())
    )
    return replace(report, findings=tuple(kept))


def _report(connection: Connection, actor: Actor, change_set: UUID) -> Report:
    read_draft(connection, actor, change_set)
    report = read_report(connection, change_set)
    if report is None:
        raise Conflict(f"The change set {change_set} was not validated yet: POST …/validate.")
    return report


def _document(report: Report, given: dict[str, Any]) -> dict[str, object]:
    start = start_of(given, report.change_set, report.checked_at)
    found = narrowed(report, given).findings
    return {**report_head(report), **page(found[start.position :], start, given["limit"])}


def report_head(report: Report) -> dict[str, object]:
    """What a report says besides its findings."""
    return {
        "change_set": report.change_set,
        "revision": report.revision,
        "checked_at": report.checked_at,
        "is_current": report.is_current,
        "errors": report.total_errors,
        "warnings": report.total_warnings,
        "truncated": report.truncated,
        "open_questions": report.open_questions,
        "counts": [asdict(each) for each in report.counts],
        "words": [asdict(each) for each in report.words],
    }
