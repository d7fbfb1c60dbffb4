"""Whom a change set touches, and the recoding file that they will need."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, TextIO
from uuid import UUID

from flask import Response
from marshmallow import fields

from referentials.formulas import inert
from registry.api.arguments import NoArguments
from registry.api.blueprint import Blueprint
from registry.api.schemas import Answer
from registry.applicability.data_sets import affected_data_sets
from registry.desk.authentication import current_actor, everybody
from registry.desk.draft_answers import documented, send
from registry.desk.working import desk, reading
from registry.publishing.dependents import affected_correspondences, affected_referentials
from registry.publishing.drafts.access import require_reader
from registry.publishing.drafts.opening import read_change_set
from registry.publishing.impact import Impact, Replacement, impact

PUBLISHED = (affected_correspondences, affected_referentials)
PROVIDERS = (affected_data_sets, *PUBLISHED)
RECODING = ("code", "level", "outcome", "new_code", "share", "basis")

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
@everybody
@documented(ImpactSchema, HTTPStatus.UNPROCESSABLE_ENTITY)
@blueprint.arguments(NoArguments, location="query")
def whom_it_touches(_given: dict[str, Any], change_set: UUID) -> Response:
    """Whom the change set touches: data sets with bound columns, correspondences, dependent referentials.

    Data sets are for those who are signed in, as their inventory is.
    """
    return send(_impact(change_set), ImpactSchema)


@blueprint.route("/change-sets/<uuid:change_set>/impact.csv")
@everybody
@documented(None, HTTPStatus.UNPROCESSABLE_ENTITY, media_types=("text/csv",))
@blueprint.arguments(NoArguments, location="query")
def recoding_file(_given: dict[str, Any], change_set: UUID) -> Response:
    """The recoding file: a row for each code that goes and each code that replaces it, with its share."""
    written = io.StringIO()
    write_recoding(written, _impact(change_set).replacements)
    return Response(written.getvalue(), content_type="text/csv; charset=utf-8")


def _impact(change_set: UUID) -> Impact:
    used = desk()
    with reading() as connection:
        actor, draft = current_actor(), read_change_set(connection, change_set)
        require_reader(connection, actor, draft, used.settings.today())
        providers = PUBLISHED if actor.person is None else PROVIDERS
        return impact(connection, used.settings.snapshots, used.library, change_set, providers)


def write_recoding(file: TextIO, replacements: Iterable[Replacement]) -> None:
    """The recoding file as CSV (RFC 4180); cells that a spreadsheet would compute are marked as text."""
    rows = csv.writer(file)
    rows.writerow(RECODING)
    for each in replacements:
        cells = (each.gone, each.level, each.outcome, each.code, each.share, each.basis)
        rows.writerow([inert(cell) if isinstance(cell, str) else cell for cell in cells])
