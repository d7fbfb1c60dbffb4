"""The index of a code: texts that lead to it, and texts that it is not for."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response
from marshmallow import fields

from registry.api.answering import answer_json, caching_of, services
from registry.api.arguments import IndexArguments
from registry.api.blueprint import Blueprint
from registry.api.schemas import Answer
from registry.serving.entries import index_of
from registry.serving.moments import moment_of

blueprint = Blueprint("entries", __name__, description="What leads to a code, besides its names")


class DesignationSchema(Answer):
    """A text, and who says so."""

    text = fields.String(required=True)
    language = fields.String(required=True, allow_none=True)
    script = fields.String(required=True)
    source = fields.String(required=True)


class IndexSchema(Answer):
    """The entries and exclusions of a code on a day."""

    code = fields.String(required=True)
    status = fields.String(required=True)
    version = fields.String(required=True)
    at = fields.Date(required=True)
    entries = fields.List(fields.Nested(DesignationSchema), required=True)
    exclusions = fields.List(fields.Nested(DesignationSchema), required=True)


@blueprint.route("/referentials/<referential>/items/<code>/entries")
@blueprint.answers(IndexSchema, HTTPStatus.NOT_FOUND)
@blueprint.arguments(IndexArguments, location="query")
def entries(given: dict[str, Any], referential: str, code: str) -> Response:
    """The texts of a classification's index that lead to a code, and those that it is not for."""
    used, version = services(), given.get("version")
    snapshot = used.library.snapshot(referential, version)
    at = moment_of(snapshot, given.get("at"), versioned=version is not None, today=used.settings.today())
    found = index_of(snapshot, code, at)
    document = {
        "code": code,
        "status": found.status,
        "version": snapshot.version.label,
        "at": at.day,
        "entries": found.entries,
        "exclusions": found.exclusions,
    }
    return answer_json(document, caching_of(snapshot, at, versioned=version is not None), IndexSchema)
