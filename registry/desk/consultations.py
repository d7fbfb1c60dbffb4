"""Comments on change sets, and to whom a draft is open."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response

from registry.api.blueprint import Blueprint
from registry.desk.authentication import current_actor, everybody, needs
from registry.desk.change_sets import BODY_ERRORS, read_draft, send_change_set
from registry.desk.draft_answers import documented, page, send, start_of
from registry.desk.draft_bodies import CommentBody, ConsultationBody, PageArguments
from registry.desk.draft_schemas import ChangeSetSchema, CommentPageSchema, CommentSchema
from registry.desk.working import desk, reading, writing
from registry.publishing.review.comments import comment as say
from registry.publishing.review.comments import comments_of
from registry.publishing.review.comments import open_consultation as open_to

blueprint = Blueprint("consultations", __name__, description="Comments, and who may read a draft")


@blueprint.route("/change-sets/<uuid:change_set>/comments")
@everybody
@documented(CommentPageSchema)
@blueprint.arguments(PageArguments, location="query")
def comments(given: dict[str, Any], change_set: UUID) -> Response:
    """The comments on a change set and the answers to them, oldest first; they stay with the version."""
    actor, start = current_actor(), start_of(given, change_set)
    with reading() as connection:
        read_draft(connection, actor, change_set)
        found = comments_of(connection, change_set)
    return send(page(found[start.position :], start, given["limit"]), CommentPageSchema)


@blueprint.route("/change-sets/<uuid:change_set>/comments", methods=["POST"])
@everybody
@documented(
    CommentSchema,
    HTTPStatus.CONFLICT,
    HTTPStatus.TOO_MANY_REQUESTS,
    *BODY_ERRORS,
    status=HTTPStatus.CREATED,
)
@blueprint.arguments(CommentBody)
def comment(body: dict[str, Any], change_set: UUID) -> Response:
    """Comment on a change set that you may read, or answer a comment."""
    actor = current_actor()
    with writing() as connection:
        said = say(connection, actor, change_set, today=desk().settings.today(), **body)
    return send(said, CommentSchema, status=HTTPStatus.CREATED)


@blueprint.route("/change-sets/<uuid:change_set>/consultation", methods=["POST"])
@needs("edit")
@documented(ChangeSetSchema, HTTPStatus.CONFLICT, *BODY_ERRORS)
@blueprint.arguments(ConsultationBody)
def open_consultation(body: dict[str, Any], change_set: UUID) -> Response:
    """Open a draft to everyone, or to some administrations, until a day."""
    actor = current_actor()
    with writing() as connection:
        opened = open_to(connection, actor, change_set, today=desk().settings.today(), **body)
    return send_change_set(opened)
