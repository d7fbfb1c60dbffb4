"""Errors that anyone reports in published items, and what becomes of the reports."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response

from registry.api.blueprint import Blueprint
from registry.desk.authentication import current_actor, everybody, needs
from registry.desk.change_sets import BODY_ERRORS
from registry.desk.draft_answers import documented, page, send, start_of
from registry.desk.draft_bodies import ErrorAnswerBody, ErrorReportArguments, ErrorReportBody
from registry.desk.draft_schemas import ErrorReportPageSchema, ErrorReportSchema
from registry.desk.working import desk, reading, writing
from registry.publishing.review import reports

blueprint = Blueprint("error-reports", __name__, description="Errors that are reported in published items")


@blueprint.route("/error-reports", methods=["POST"])
@everybody
@documented(ErrorReportSchema, HTTPStatus.TOO_MANY_REQUESTS, *BODY_ERRORS, status=HTTPStatus.CREATED)
@blueprint.arguments(ErrorReportBody)
def report_error(body: dict[str, Any]) -> Response:
    """Report an error in a published item; an editor answers it, and may propose what is right."""
    actor, library = current_actor(), desk().library
    version = library.version(body["referential"], body.pop("version"))
    with writing() as connection:
        report = reports.report_error(connection, actor, version=version.label, **body)
    return send(report, ErrorReportSchema, status=HTTPStatus.CREATED)


@blueprint.route("/error-reports")
@needs("read-drafts")
@documented(ErrorReportPageSchema)
@blueprint.arguments(ErrorReportArguments, location="query")
def error_reports(given: dict[str, Any]) -> Response:
    """Reports about the referentials that you work on, newest first."""
    actor, start = current_actor(), start_of(given)
    with reading() as connection:
        found = [
            report
            for report in reports.list_error_reports(
                connection, referential=given.get("referential"), statuses=given.get("status", ())
            )
            if actor.may("read-drafts", referential=report.referential)
        ]
    return send(page(found[start.position :], start, given["limit"]), ErrorReportPageSchema)


@blueprint.route("/error-reports/<int(max=2147483647):report>/answer", methods=["POST"])
@needs("edit")
@documented(ErrorReportSchema, HTTPStatus.CONFLICT, *BODY_ERRORS)
@blueprint.arguments(ErrorAnswerBody)
def answer_report(body: dict[str, Any], report: int) -> Response:
    """Accept a report, which makes a draft of it, or decline it; with an answer to whoever reported it."""
    actor = current_actor()
    root, accept = desk().settings.snapshots, body["status"] == "accepted"
    with writing() as connection:
        answered = reports.answer_report(
            connection,
            root,
            actor,
            report,
            body["answer"],
            accept=accept,
            change_set=body["change_set"],
        )
    return send(answered, ErrorReportSchema)
