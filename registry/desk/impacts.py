"""Whom a change set touches, and the recoding file that they will need."""

from __future__ import annotations

import io
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import fields

from registry.api.arguments import NoArguments
from registry.api.blueprint import Blueprint
from registry.api.exports import attachment
from registry.api.schemas import Answer
from registry.applicability.impacts import providers_for
from registry.desk.authentication import current_actor, everybody_in_turn
from registry.desk.draft_answers import documented, send
from registry.desk.working import desk, reading
from registry.publishing.drafts.access import require_reader
from registry.publishing.drafts.opening import read_change_set
from registry.publishing.impact import Impact, impact, write_recoding

blueprint = Blueprint("impacts", __name__, description="Whom a change set touches")


class CodeReplacementSchema(Answer):
    """A code that goes, and a code that has all or a part of what it meant."""

    gone = fields.String(required=True)
    level = fields.String(required=True)
    outcome = fields.String(required=True)
    code = fields.String(required=True, allow_none=True)
    share = fields.Float(required=True, allow_none=True)
    basis = fields.String(required=True, allow_none=True)


class AffectedSchema(Answer):
    """A data set's column, a correspondence or a referential that uses codes which go."""

    kind = fields.String(required=True)
    id = fields.String(required=True)
    names = fields.Dict(fields.String(), fields.String(), required=True)
    administration = fields.String(required=True, allow_none=True)
    part = fields.String(required=True)
    codes = fields.List(fields.String(), required=True)


class ImpactSchema(Answer):
    """What a change set takes away, what replaces it, and whom that touches."""

    change_set = fields.UUID(required=True)
    referential = fields.String(required=True)
    administrations = fields.List(fields.String(), required=True)
    affected = fields.List(fields.Nested(AffectedSchema), required=True)
    replacements = fields.List(fields.Nested(CodeReplacementSchema), required=True)


@blueprint.route("/change-sets/<uuid:change_set>/impact")
@everybody_in_turn
@documented(ImpactSchema, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.TOO_MANY_REQUESTS)
@blueprint.arguments(NoArguments, location="query")
def whom_it_touches(_given: dict[str, Any], change_set: UUID) -> Response:
    """Whom the change set touches: data sets with bound columns, correspondences, dependent referentials.

    Data sets are for those who are signed in, as their inventory is.
    """
    return send(_impact(change_set), ImpactSchema)


@blueprint.route("/change-sets/<uuid:change_set>/impact.csv")
@everybody_in_turn
@documented(None, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.TOO_MANY_REQUESTS, media_types=("text/csv",))
@blueprint.arguments(NoArguments, location="query")
def recoding_file(_given: dict[str, Any], change_set: UUID) -> Response:
    """The recoding file: a row for each code that goes and each code that replaces it, with its share."""
    written = io.StringIO()
    write_recoding(written, _impact(change_set).replacements)
    response = Response(written.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = attachment(f"recoding-{change_set.hex[:8]}.csv")
    response.headers["Cache-Control"] = "no-store"
    return response


def _impact(change_set: UUID) -> Impact:
    used = desk()
    with reading() as connection:
        actor, draft = current_actor(), read_change_set(connection, change_set)
        require_reader(connection, actor, draft, used.settings.today())
        root = used.settings.snapshots
        return impact(connection, root, used.library, change_set, providers_for(actor))
