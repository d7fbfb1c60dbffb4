"""Files of which drafts are made: uploaded, read as their columns are understood, and what that came to."""

from __future__ import annotations

import json
from dataclasses import asdict
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response

from referentials.readers import FORMATS, Mapping
from registry.api.arguments import NoArguments
from registry.api.blueprint import Blueprint
from registry.desk.authentication import current_actor, everybody, needs
from registry.desk.change_sets import read_draft
from registry.desk.draft_answers import documented, revision_wanted, send
from registry.desk.draft_bodies import FileArguments
from registry.desk.draft_schemas import ImportReportSchema, MappingSchema
from registry.desk.spooling import spooled_body
from registry.desk.working import desk, reading
from registry.errors import BadValue
from registry.publishing.drafts.importing import HowToRead, ImportReport, import_file
from registry.publishing.drafts.opening import read_change_set

blueprint = Blueprint("draft-files", __name__, description="Files of which drafts are made")

_ERRORS = (
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)


@blueprint.route("/change-sets/<uuid:change_set>/file", methods=["POST"])
@needs("edit")
@documented(ImportReportSchema, *_ERRORS, edit=True, sends_file=True)
@blueprint.arguments(FileArguments, location="query")
def upload_file(given: dict[str, Any], change_set: UUID) -> Response:
    """Read a file into the draft: CSV, XLSX, ODS, GeoJSON, GeoPackage, BAL or OpenAddresses.

    The body is the file itself. In a draft of the whole list its rows replace all that was listed, in one of
    changes what was listed of the same codes. A row that cannot be read is reported and left out.
    """
    actor, revision = current_actor(), revision_wanted()
    used, how = desk(), how_to_read(given)
    with spooled_body(used.settings, given.get("name")) as path:
        report = import_file(
            used.engine,
            used.settings.snapshots,
            actor,
            change_set,
            path,
            how,
            name=given.get("name"),
            revision=revision,
        )
    with reading() as connection:
        draft = read_change_set(connection, change_set)
    return send(report_document(report), ImportReportSchema, revision=draft.revision)


@blueprint.route("/change-sets/<uuid:change_set>/mapping")
@everybody
@documented(MappingSchema)
@blueprint.arguments(NoArguments, location="query")
def mapping(_given: dict[str, Any], change_set: UUID) -> Response:
    """How the columns of the draft's file were understood, and why; empty where no file was read."""
    actor = current_actor()
    with reading() as connection:
        draft = read_draft(connection, actor, change_set)
    return send({"mapping": draft.mapping}, revision=draft.revision)


def how_to_read(given: dict[str, Any]) -> HowToRead:
    """What a query tells of a file; raises BadValue."""
    if given.get("format", "csv") not in FORMATS:
        raise BadValue("format", given["format"], f"one of {', '.join(FORMATS)}")
    return HowToRead(
        mapping=_columns(given.get("mapping")),
        format=given.get("format"),
        sheet=given.get("sheet"),
        level=given.get("level"),
        shapes_only=given["shapes_only"] == "yes",
    )


def report_document(report: ImportReport) -> dict[str, Any]:
    """What was read of a file, as a plain object."""
    return {
        **{name: value for name, value in asdict(report).items() if name != "guess"},
        "mapping": report.guess.document(),
    }


def _columns(text: str | None) -> Mapping | None:
    if text is None:
        return None
    try:
        columns = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadValue("mapping", text, 'a JSON object, as {"code": "CODE_COM"}') from error
    if not isinstance(columns, dict) or not all(isinstance(title, str) for title in columns.values()):
        raise BadValue("mapping", text, 'a JSON object of texts, as {"code": "CODE_COM"}')
    return Mapping(columns)
