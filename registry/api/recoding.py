"""Recode: what codes of one date are on another."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response
from marshmallow import fields
from marshmallow.validate import Length

from referentials.kinds import LONGEST_CODE
from registry.api.answering import answer_once, services
from registry.api.arguments import NoArguments, VersionArguments
from registry.api.blueprint import Blueprint
from registry.api.fields import Day, Text
from registry.api.schemas import Answer
from registry.serving.recoding import MOST_CODES, answer_recoding

blueprint = Blueprint("recoding", __name__, description="Codes of one date as codes of another")

_LIMIT = f"At most {MOST_CODES:,} codes, in any order, any of them more than once."


class RecodeBody(NoArguments):
    """The codes, the day on which they held, and the day to recode to, which may be the earlier one."""

    codes = fields.List(
        Text(LONGEST_CODE),
        required=True,
        validate=Length(1, MOST_CODES, error=f"a list of 1 to {MOST_CODES:,} codes"),
        metadata={"description": _LIMIT},
    )
    start = Day(data_key="from", required=True, metadata={"description": "Day on which the codes held."})
    end = Day(data_key="to", required=True, metadata={"description": "Day to recode to."})


class RecodedPartSchema(Answer):
    """A code that holds all or a part of what the recoded one meant."""

    code = fields.String(required=True)
    share = fields.Float(required=True, allow_none=True)
    basis = fields.String(required=True, allow_none=True)


class RecodedEventSchema(Answer):
    """A change event on the way, in short."""

    id = fields.UUID(required=True)
    type = fields.String(required=True)
    effective_on = fields.Date(required=True)
    basis = fields.String(required=True)
    sources = fields.List(fields.String(), required=True)
    targets = fields.List(fields.String(), required=True)


class RecodedSchema(Answer):
    """What one code became; an outcome of unknown-code or not-valid-then concerns this code only."""

    code = fields.String(required=True)
    outcome = fields.String(required=True)
    ambiguous = fields.Boolean(required=True)
    certain = fields.Boolean(required=True)
    reversible = fields.Boolean(required=True)
    targets = fields.List(fields.Nested(RecodedPartSchema), required=True)
    path = fields.List(fields.Nested(RecodedEventSchema), required=True)


class RecodingSchema(Answer):
    """One result for each code, in order."""

    referential = fields.String(required=True)
    version = fields.String(required=True)
    start = fields.Date(required=True, data_key="from")
    end = fields.Date(required=True, data_key="to")
    results = fields.List(fields.Nested(RecodedSchema), required=True)


@blueprint.route("/referentials/<referential>/recode", methods=["POST"])
@blueprint.answers(
    RecodingSchema,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    conditional=False,
)
@blueprint.arguments(RecodeBody)
@blueprint.arguments(VersionArguments, location="query")
def recode(body: dict[str, Any], given: dict[str, Any], referential: str) -> Response:
    """What each code of one date is on another, one result for each, in order.

    Where that is not exactly one code, `ambiguous` is true and all targets are given. A longer column than a
    body may have is for `marjaa recode`.
    """
    snapshot = services().library.snapshot(referential, given.get("version"))
    return answer_once(answer_recoding(snapshot, body["codes"], body["start"], body["end"]))
