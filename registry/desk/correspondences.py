"""Correspondences are published: by those who may approve for the referential that one leads to."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response
from marshmallow import fields
from marshmallow.validate import Length, Range

from referentials.kinds import LONGEST_CODE
from registry.accounts.actors import require
from registry.api.arguments import NoArguments
from registry.api.blueprint import Blueprint
from registry.api.fields import OneOf, Text
from registry.api.schemas import Answer
from registry.correspondences.documents import LONGEST_ID, entry_of
from registry.correspondences.pairs import RELATIONS
from registry.correspondences.publishing import publish_correspondence
from registry.desk.authentication import current_actor, needs
from registry.desk.draft_answers import documented, send
from registry.desk.working import desk

blueprint = Blueprint("correspondence-drafts", __name__, description="Correspondences to publish")

LONGEST = 2_000  # characters of a basis, a licence, an attribution or a note
_LABEL = 40
_MOST = 10_000  # associations


class MemberBody(NoArguments):
    """A code of one side, and the part of the other side that it holds."""

    code = Text(LONGEST_CODE, required=True)
    share = fields.Float(load_default=None, allow_none=True, validate=Range(0, 1, error="a share, 0 to 1"))


class AssociationBody(NoArguments):
    """The sources together are … the targets together."""

    sources = fields.List(fields.Nested(MemberBody), required=True, validate=Length(1, error="a code"))
    targets = fields.List(fields.Nested(MemberBody), required=True, validate=Length(1, error="a code"))
    relation = OneOf(RELATIONS, required=True)
    note = Text(LONGEST, load_default=None, allow_none=True)


class CorrespondenceBody(NoArguments):
    """A correspondence, as `marjaa correspondence import` writes it."""

    id = Text(LONGEST_ID, required=True)
    names = fields.Dict(fields.String(), Text(LONGEST), load_default=dict)
    source_referential = Text(LONGEST_ID, required=True)
    source_version = Text(_LABEL, load_default=None, allow_none=True)
    target_referential = Text(LONGEST_ID, required=True)
    target_version = Text(_LABEL, load_default=None, allow_none=True)
    basis = Text(LONGEST, required=True)
    licence = Text(LONGEST, required=True)
    attribution = Text(LONGEST, required=True)
    associations = fields.List(
        fields.Nested(AssociationBody),
        required=True,
        validate=Length(1, _MOST, error=f"a list of 1 to {_MOST:,} associations"),
        metadata={"description": f"At most {_MOST:,}; more are for `marjaa correspondence publish`."},
    )
    ordinal = fields.Integer(metadata={"description": "Of a document; publishing gives the next one."})
    published_at = fields.String(metadata={"description": "Of a document; publishing gives the moment."})


class PublishedCorrespondenceSchema(Answer):
    """What was published."""

    id = fields.String(required=True)
    ordinal = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Null where the newest publication says the same: nothing was published."},
    )


@blueprint.route("/correspondence-drafts", methods=["POST"])
@needs("approve")
@documented(
    PublishedCorrespondenceSchema,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)
@blueprint.arguments(CorrespondenceBody)
def publish(body: dict[str, Any]) -> Response:
    """Publish a correspondence as the next publication of its id; who approves for its target may."""
    actor = current_actor()
    require(actor, "approve", referential=body["target_referential"])
    entry = entry_of(body, body["id"])
    ordinal = publish_correspondence(desk().engine, desk().settings.snapshots, entry, actor)
    return send({"id": entry.id, "ordinal": ordinal})
