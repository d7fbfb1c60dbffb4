"""Files that people have harmonised: uploaded, described, started, cancelled, deleted; what came of them."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response

from registry.api.arguments import NoArguments
from registry.api.blueprint import Blueprint
from registry.desk.authentication import current_person, everybody, needs
from registry.desk.draft_answers import documented, send, start_of
from registry.desk.draft_bodies import PageArguments
from registry.desk.harmonisation_answers import harmoniser, shown
from registry.desk.harmonisation_schemas import (
    FIELDS,
    UPLOAD,
    HarmonisationSchema,
    HarmonisationsSchema,
    LimitsSchema,
    RecipeBody,
    StartBody,
)
from registry.desk.rates import pace_person
from registry.desk.session import BODY_ERRORS
from registry.desk.uploads import Uploaded, take_upload
from registry.desk.working import desk
from registry.errors import BadValue
from registry.harmonising.limits import limits_of_uploads
from registry.harmonising.recipe import MOST_COLUMNS, read_recipe, recipe_of
from registry.jobs import harmonisations as domain
from registry.jobs.folders import FORMATS
from registry.jobs.harmonisations import Asked, Harmoniser
from registry.jobs.outcomes import propose
from registry.jobs.rows import Job, list_jobs

blueprint = Blueprint("harmonisations", __name__, description="Files whose columns become codes")

_MOST_TEXT = 1 << 20  # bytes of a form's fields
_HELD = (HTTPStatus.CONFLICT, HTTPStatus.GONE)


@blueprint.route("/harmonisations/limits")
@everybody
@documented(LimitsSchema)
@blueprint.arguments(NoArguments, location="query")
def limits(_given: dict[str, Any]) -> Response:
    """What may be uploaded, and how long it is kept: to be read before anything is sent."""
    settings = desk().settings
    sheets = limits_of_uploads(settings)
    told = {
        "formats": ["csv", "xlsx", "ods", "parquet"],
        "max_bytes": settings.max_upload,
        "max_workbook_bytes": min(settings.max_upload, sheets.max_workbook_bytes),
        "max_unpacked_bytes": sheets.max_unpacked_bytes,
        "max_rows": sheets.max_rows,
        "max_columns": sheets.max_columns,
        "max_harmonised_columns": MOST_COLUMNS,
        "max_kept": settings.jobs_per_person,
        "kept_days": settings.keep_uploads_days,
        "result_formats": list(FORMATS),
    }
    return send(told, LimitsSchema)


@blueprint.route("/harmonisations", methods=["POST"])
@needs("keep-data-sets")
@documented(
    HarmonisationSchema,
    *BODY_ERRORS,
    HTTPStatus.CONFLICT,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.INSUFFICIENT_STORAGE,
    status=HTTPStatus.CREATED,
    form=UPLOAD,
)
@blueprint.arguments(NoArguments, location="query")
def upload(_given: dict[str, Any]) -> Response:
    """Upload a file: the answer says how it is read, and which of its columns could be harmonised with what.

    The body is a form with the file in its part `file`. Nothing is done with it until its owner says `start`,
    unless the form does. Nobody but its owner sees it, and it is deleted after the days that the limits say.
    """
    pace_person(current_person())
    used = harmoniser()
    job = domain.begin(used, "")
    try:
        taken = take_upload(
            used.folder(job).source_folder,
            most_bytes=used.settings.max_upload,
            most_text=_MOST_TEXT,
            known=FIELDS,
        )
        described = _described(used, job, taken)
        if taken.fields.get("start", "no") == "yes":
            described = domain.start(used, described, Asked.of(described))
    except BaseException:
        domain.discard(used, job)
        raise
    location = f"{desk().settings.public_url}/api/v1/harmonisations/{job.id}"
    return send(
        shown(used, described, whole=True), HarmonisationSchema, status=HTTPStatus.CREATED, location=location
    )


@blueprint.route("/harmonisations")
@needs("keep-data-sets")
@documented(HarmonisationsSchema)
@blueprint.arguments(PageArguments, location="query")
def harmonisations(given: dict[str, Any]) -> Response:
    """Your files, the newest first."""
    used, begun, limit = harmoniser(), start_of(given), given["limit"]
    with used.jobs.engine.connect() as connection:
        found = list_jobs(connection, used.actor.id, skip=begun.position, limit=limit + 1)
    following = begun.cursor(begun.position + limit) if len(found) > limit else None
    items = [shown(used, job) for job in found[:limit]]
    return send({"items": items, "next": following}, HarmonisationsSchema)


@blueprint.route("/harmonisations/<uuid:job>")
@needs("keep-data-sets")
@documented(HarmonisationSchema)
@blueprint.arguments(NoArguments, location="query")
def harmonisation(_given: dict[str, Any], job: UUID) -> Response:
    """A file of yours, how far the work on it is, and what is proposed for its columns."""
    used = harmoniser()
    return send(shown(used, used.read(job), whole=True), HarmonisationSchema)


@blueprint.route("/harmonisations/<uuid:job>/recipe", methods=["PUT"])
@needs("keep-data-sets")
@documented(HarmonisationSchema, *_HELD, *BODY_ERRORS)
@blueprint.arguments(RecipeBody)
def describe(body: dict[str, Any], job: UUID) -> Response:
    """Say what is to be done with the file: a recipe, as its address gives it, or as you had it elsewhere."""
    used = harmoniser()
    found = used.read(job)
    asked = Asked.of(found)
    described = domain.describe(used, found, recipe_of(body["recipe"]), asked.format, asked.data_set)
    return send(shown(used, described), HarmonisationSchema)


@blueprint.route("/harmonisations/<uuid:job>/start", methods=["POST"])
@needs("keep-data-sets")
@documented(HarmonisationSchema, *_HELD, *BODY_ERRORS)
@blueprint.arguments(StartBody)
def start(body: dict[str, Any], job: UUID) -> Response:
    """Have the file harmonised: it is in the worker's queue then. What was proposed is done, or your recipe.

    What your administration settled before is used, and `remembered` says how much of it.
    """
    used = harmoniser()
    found = used.read(job)
    asked = Asked.of(found)
    wanted = replace(
        asked, format=body["format"] or asked.format, data_set=body["data_set"] or asked.data_set
    )
    return send(shown(used, domain.start(used, found, wanted)), HarmonisationSchema)


@blueprint.route("/harmonisations/<uuid:job>/cancel", methods=["POST"])
@needs("keep-data-sets")
@documented(HarmonisationSchema, HTTPStatus.CONFLICT)
@blueprint.arguments(NoArguments, location="query")
def cancel(_given: dict[str, Any], job: UUID) -> Response:
    """Stop the work on a file. It may be started again, and goes on from where it was."""
    used = harmoniser()
    return send(shown(used, domain.cancel(used, used.read(job))), HarmonisationSchema)


@blueprint.route("/harmonisations/<uuid:job>", methods=["DELETE"])
@needs("keep-data-sets")
@documented(None, status=HTTPStatus.NO_CONTENT, media_types=())
@blueprint.arguments(NoArguments, location="query")
def discard(_given: dict[str, Any], job: UUID) -> Response:
    """Delete a file of yours, with all that was made of it. Choices that you settled stay."""
    used = harmoniser()
    domain.discard(used, used.read(job))
    return Response(status=HTTPStatus.NO_CONTENT)


def _described(used: Harmoniser, job: Job, taken: Uploaded) -> Job:
    """The job of a file that came, as its form describes it, else as its columns suggest."""
    fields = taken.fields
    if fields.get("start", "no") not in ("yes", "no"):
        raise BadValue("start", fields["start"], "yes or no")
    data_set = fields.get("data_set") or None
    if data_set is not None and (len(data_set) > domain.LONGEST_DATA_SET or not data_set.isprintable()):
        raise BadValue("data_set", data_set, f"a line of at most {domain.LONGEST_DATA_SET} characters")
    recipe = propose(used, job, taken.path, taken.path.name)
    if "recipe" in fields:
        recipe = read_recipe(fields["recipe"].encode())
    return domain.describe(used, job, recipe, fields.get("format", "csv"), data_set, name=taken.path.name)
