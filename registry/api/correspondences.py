"""Correspondences: what there is, what one says of a code, and what follows from them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response
from marshmallow import fields

from referentials.kinds import LONGEST_CODE
from registry.api.answering import answer_json, caching, mark_of, services
from registry.api.arguments import NoArguments
from registry.api.blueprint import Blueprint
from registry.api.fields import OneOf, Text
from registry.api.schemas import Answer
from registry.correspondences.algebra import Derived, compose, invert, quality_of
from registry.correspondences.finding import about, mentioning

blueprint = Blueprint("correspondences", __name__, description="Maps between referentials (XKOS)")

LONGEST_ID = 100
_CODE = {"description": "Keep the associations with this code, on either side."}


class ListArguments(NoArguments):
    """Which correspondences."""

    referential = Text(LONGEST_ID, metadata={"description": "Those that start from it or lead to it."})
    code = Text(LONGEST_CODE, metadata={"description": "Those with this code, on either side."})


class ShowArguments(NoArguments):
    """Which associations."""

    code = Text(LONGEST_CODE, metadata=_CODE)


class ComposeArguments(ShowArguments):
    """What to go on with."""

    onward = Text(
        LONGEST_ID,
        data_key="with",
        required=True,
        metadata={"description": "Id of the correspondence that goes on from where this one leads."},
    )
    turned = OneOf(("with",), metadata={"description": "`with` turns the one to go on with round first."})


class MemberSchema(Answer):
    """A code of one side of an association; `share` is the part of the other side that it holds."""

    code = fields.String(required=True)
    share = fields.Float(required=True, allow_none=True)


class AssociationSchema(Answer):
    """The sources together are … (exact, close, broad, narrow, related) the targets together."""

    sources = fields.List(fields.Nested(MemberSchema), required=True)
    targets = fields.List(fields.Nested(MemberSchema), required=True)
    relation = fields.String(required=True)
    note = fields.String(required=True, allow_none=True)


class CorrespondenceHeadSchema(Answer):
    """A map between versions of two referentials, without its pairs."""

    id = fields.String(required=True)
    ordinal = fields.Integer(required=True, metadata={"description": "Of its publications; 0 where derived."})
    names = fields.Dict(fields.String(), fields.String(), required=True)
    source_referential = fields.String(required=True)
    source_version = fields.String(required=True, allow_none=True)
    target_referential = fields.String(required=True)
    target_version = fields.String(required=True, allow_none=True)
    basis = fields.String(required=True)
    licence = fields.String(required=True)
    attribution = fields.String(required=True)
    published_at = fields.String(required=True, metadata={"description": "Empty where derived."})


class QualitySchema(Answer):
    """How far it can be relied on: pairs by relation, sources that lie wholly in one target or do not."""

    relations = fields.Dict(fields.String(), fields.Integer(), required=True)
    sources = fields.Integer(required=True)
    targets = fields.Integer(required=True)
    clean = fields.Integer(required=True)
    ambiguous = fields.Integer(required=True)
    unknown_shares = fields.Integer(required=True)
    estimated_shares = fields.Integer(required=True)
    lost = fields.List(fields.String(), required=True)
    unreached = fields.List(fields.String(), required=True)


class CorrespondenceSchema(CorrespondenceHeadSchema):
    """A map between versions of two referentials, n sources to m targets."""

    associations = fields.List(fields.Nested(AssociationSchema), required=True)
    quality = fields.Nested(QualitySchema, required=True)
    warnings = fields.List(fields.String(), required=True)


class CorrespondenceListSchema(Answer):
    """Correspondences, by id."""

    items = fields.List(fields.Nested(CorrespondenceHeadSchema), required=True)
    next = fields.String(required=True, allow_none=True)


@blueprint.route("/correspondences")
@blueprint.answers(CorrespondenceListSchema)
@blueprint.arguments(ListArguments, location="query")
def correspondences(given: dict[str, Any]) -> Response:
    """Correspondences, by id, without their pairs."""
    entries = services().library.correspondences()
    found = [each for each in entries if mentioning(each, given.get("referential"), given.get("code"))]
    fresh = caching(mark_of([(each.id, each.ordinal, each.published_at) for each in found]), immutable=False)
    return answer_json({"items": found, "next": None}, fresh, CorrespondenceListSchema)


@blueprint.route("/correspondences/<correspondence>")
@blueprint.answers(CorrespondenceSchema, HTTPStatus.NOT_FOUND)
@blueprint.arguments(ShowArguments, location="query")
def correspondence(given: dict[str, Any], correspondence: str) -> Response:
    """A correspondence with its pairs, or with those of one code; the quality is of the whole."""
    entry = services().library.correspondence(correspondence)
    return _answer(Derived(entry, quality_of(entry.associations)), given)


@blueprint.route("/correspondences/<correspondence>/inverse")
@blueprint.answers(CorrespondenceSchema, HTTPStatus.NOT_FOUND)
@blueprint.arguments(ShowArguments, location="query")
def inverse(given: dict[str, Any], correspondence: str) -> Response:
    """A correspondence seen from its targets: relations turned round, shares only where they are known."""
    return _answer(invert(services().library.correspondence(correspondence)), given)


@blueprint.route("/correspondences/<correspondence>/compose")
@blueprint.answers(CorrespondenceSchema, HTTPStatus.NOT_FOUND)
@blueprint.arguments(ComposeArguments, location="query")
def composed(given: dict[str, Any], correspondence: str) -> Response:
    """From the sources of one correspondence to the targets of another that goes on where it leads."""
    library = services().library
    onward = library.correspondence(given["onward"])
    if given.get("turned") == "with":
        onward = invert(onward).entry
    return _answer(compose(library.correspondence(correspondence), onward), given)


def _answer(found: Derived, given: dict[str, Any]) -> Response:
    code = given.get("code")
    entry = found.entry if code is None else about(found.entry, code)
    shown = {name: getattr(entry, name) for name in entry.__slots__}
    document = {**shown, "quality": found.quality, "warnings": found.warnings}
    return answer_json(document, caching(mark_of(found, code), immutable=False), CorrespondenceSchema)
