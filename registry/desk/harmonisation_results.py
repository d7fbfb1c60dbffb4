"""What came of files: the values to review and settle, the result, the report, the recipe."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus
from pathlib import PurePath
from typing import Any
from uuid import UUID

from flask import Response, send_file

from matching.choices import Choice as Settled
from registry.api.arguments import NoArguments
from registry.api.blueprint import Blueprint
from registry.desk.authentication import current_person, needs
from registry.desk.draft_answers import documented, send, start_of
from registry.desk.harmonisation_answers import harmoniser, shown
from registry.desk.harmonisation_schemas import (
    HarmonisationSchema,
    PreviewArguments,
    PreviewSchema,
    SettledBody,
    ValueArguments,
    ValuesSchema,
)
from registry.desk.rates import pace_person
from registry.desk.session import BODY_ERRORS
from registry.harmonising.recipe import recipe_document
from registry.jobs import harmonisations as domain
from registry.jobs import outcomes
from registry.jobs.folders import FORMATS
from registry.jobs.harmonisations import Asked

blueprint = Blueprint("harmonisation-results", __name__, description="What came of harmonised files")

_HELD = (HTTPStatus.CONFLICT, HTTPStatus.GONE)
# The page holds its own styles, and nothing else is loaded or run.
_PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"


@blueprint.route("/harmonisations/<uuid:job>/preview")
@needs("keep-data-sets")
@documented(PreviewSchema, *_HELD, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.TOO_MANY_REQUESTS)
@blueprint.arguments(PreviewArguments, location="query")
def preview(given: dict[str, Any], job: UUID) -> Response:
    """The first rows of the file as they would come out, and how many of them have which outcome."""
    pace_person(current_person())
    used = harmoniser()
    found = outcomes.preview_of(used, used.read(job), given["rows"])
    counts = [
        {
            "referential": referential,
            "by_outcome": {outcome: asdict(count) for outcome, count in of.items()},
        }
        for referential, of in found.by_outcome.items()
    ]
    told = {"header": found.header, "rows": found.rows, "counted": found.counted, "columns": counts}
    return send(told, PreviewSchema)


@blueprint.route("/harmonisations/<uuid:job>/values")
@needs("keep-data-sets")
@documented(ValuesSchema, *_HELD)
@blueprint.arguments(ValueArguments, location="query")
def values(given: dict[str, Any], job: UUID) -> Response:
    """The distinct values that somebody should look at, those first whose settling is worth most."""
    used, begun, limit = harmoniser(), start_of(given, job), given["limit"]
    after = begun.position or None
    found = outcomes.open_values(used, used.read(job), given["column"], limit + 1, after)
    more = len(found.values) > limit
    following = begun.cursor(found.values[limit - 1].number) if more else None
    told = {
        "column": found.plan.column,
        "referential": found.plan.referential,
        "items": found.values[:limit],
        "next": following,
    }
    return send(told, ValuesSchema)


@blueprint.route("/harmonisations/<uuid:job>/choices", methods=["PUT"])
@needs("keep-data-sets")
@documented(HarmonisationSchema, *_HELD, *BODY_ERRORS)
@blueprint.arguments(SettledBody)
def settle(body: dict[str, Any], job: UUID) -> Response:
    """Settle values: with a candidate's code, another one, or null where it is not in the referential.

    The result is written anew by the worker; nothing is matched again but what was settled. Your
    administration's next files get the choices too, unless `remember` is false.
    """
    used = harmoniser()
    chosen = [Settled(**each) for each in body["choices"]]
    settled, count = domain.settle(used, used.read(job), body["column"], chosen, remembered=body["remember"])
    return send({**shown(used, settled), "settled": count}, HarmonisationSchema)


@blueprint.route("/harmonisations/<uuid:job>/result")
@needs("keep-data-sets")
@documented(None, *_HELD, media_types=tuple(FORMATS.values()))
@blueprint.arguments(NoArguments, location="query")
def result(_given: dict[str, Any], job: UUID) -> Response:
    """The file with its codes, in the format that was asked for: every column and row in order."""
    used = harmoniser()
    found = used.read(job)
    form = Asked.of(found).format
    path = domain.done_file(found, used.folder(found).result(form))
    name = f"{PurePath(found.name).stem}-harmonised.{form}"
    return send_file(path.absolute(), FORMATS[form], as_attachment=True, download_name=name)


@blueprint.route("/harmonisations/<uuid:job>/report")
@needs("keep-data-sets")
@documented(None, *_HELD)
@blueprint.arguments(NoArguments, location="query")
def report(_given: dict[str, Any], job: UUID) -> Response:
    """What was read, what came of each column, and what is left to settle, as JSON."""
    used = harmoniser()
    found = used.read(job)
    path = domain.done_file(found, used.folder(found).report)
    return Response(path.read_bytes(), content_type="application/json")


@blueprint.route("/harmonisations/<uuid:job>/report.html")
@needs("keep-data-sets")
@documented(None, *_HELD, media_types=("text/html",))
@blueprint.arguments(NoArguments, location="query")
def report_page(_given: dict[str, Any], job: UUID) -> Response:
    """The same as a page of its own, to be read, printed or sent on."""
    used = harmoniser()
    found = used.read(job)
    path = domain.done_file(found, used.folder(found).page)
    response = Response(path.read_bytes(), content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = _PAGE_POLICY
    return response


@blueprint.route("/harmonisations/<uuid:job>/recipe")
@needs("keep-data-sets")
@documented(None, HTTPStatus.CONFLICT)
@blueprint.arguments(NoArguments, location="query")
def recipe(_given: dict[str, Any], job: UUID) -> Response:
    """What is done with the file; when that is done, the recipe that replays to the same bytes."""
    used = harmoniser()
    found = used.read(job)
    return send(recipe_document(domain.recipe_of_job(used, found)))
