"""Change sets: opened, listed, read, and what they say of the version to be."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response, url_for
from sqlalchemy import Connection

from registry.accounts.actors import Actor
from registry.api.arguments import NoArguments
from registry.api.blueprint import Blueprint
from registry.desk.authentication import current_actor, everybody, needs
from registry.desk.draft_answers import documented, page, revision_wanted, send, start_of
from registry.desk.draft_bodies import ChangeSetArguments, DetailsBody, NewChangeSetBody
from registry.desk.draft_schemas import ChangeSetPageSchema, ChangeSetSchema
from registry.desk.working import desk, reading, writing
from registry.publishing.drafts.access import readable, require_reader
from registry.publishing.drafts.opening import (
    ChangeSetView,
    NewDraft,
    edit_details,
    list_change_sets,
    open_draft,
    read_change_set,
)

blueprint = Blueprint("change-sets", __name__, description="Proposals for the next version of a referential")

BODY_ERRORS = (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)


def read_draft(connection: Connection, actor: Actor, change_set: UUID) -> ChangeSetView:
    """A change set that the actor may read; raises UnknownChangeSet, NotSignedIn and NotAllowed."""
    found = read_change_set(connection, change_set)
    require_reader(connection, actor, found, desk().settings.today())
    return found


def send_change_set(draft: ChangeSetView) -> Response:
    """A change set as the answer to a step or an edit of it."""
    return send(draft, ChangeSetSchema, revision=draft.revision)


@blueprint.route("/change-sets")
@everybody
@documented(ChangeSetPageSchema)
@blueprint.arguments(ChangeSetArguments, location="query")
def change_sets(given: dict[str, Any]) -> Response:
    """Change sets that you may read, the newest first."""
    actor, start = current_actor(), start_of(given)
    with reading() as connection:
        found = list_change_sets(
            connection, referential=given.get("referential"), statuses=given.get("status", ())
        )
        seen = readable(connection, actor, found, desk().settings.today())
    return send(page(seen[start.position :], start, given["limit"]), ChangeSetPageSchema)


@blueprint.route("/change-sets", methods=["POST"])
@needs("edit")
@documented(ChangeSetSchema, *BODY_ERRORS, status=HTTPStatus.CREATED)
@blueprint.arguments(NewChangeSetBody)
def open_change_set(body: dict[str, Any]) -> Response:
    """Open a draft over the newest version of a referential."""
    actor = current_actor()
    with writing() as connection:
        draft = open_draft(connection, actor, NewDraft(**body))
    location = url_for("change-sets.change_set", change_set=draft.id)
    return send(draft, ChangeSetSchema, status=HTTPStatus.CREATED, revision=draft.revision, location=location)


@blueprint.route("/change-sets/<uuid:change_set>")
@everybody
@documented(ChangeSetSchema)
@blueprint.arguments(NoArguments, location="query")
def change_set(_given: dict[str, Any], change_set: UUID) -> Response:
    """A change set as it stands; its ETag is the revision that an edit names in If-Match."""
    actor = current_actor()
    with reading() as connection:
        return send_change_set(read_draft(connection, actor, change_set))


@blueprint.route("/change-sets/<uuid:change_set>", methods=["PATCH"])
@needs("edit")
@documented(ChangeSetSchema, *BODY_ERRORS, edit=True)
@blueprint.arguments(DetailsBody)
def edit_change_set(body: dict[str, Any], change_set: UUID) -> Response:
    """Change what a change set says of its version; what was submitted becomes a draft again."""
    actor, revision = current_actor(), revision_wanted()
    with writing() as connection:
        return send_change_set(edit_details(connection, actor, change_set, revision, **body))
