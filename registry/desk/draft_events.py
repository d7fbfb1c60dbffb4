"""The change events of a draft: proposed from the comparison or stated, and decided by the editor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy import Connection

from referentials.listing import ListedChange, ListedLink
from registry.accounts.actors import Actor
from registry.api.arguments import NoArguments
from registry.api.blueprint import Blueprint
from registry.desk.authentication import current_actor, everybody, everybody_in_turn, needs
from registry.desk.change_sets import BODY_ERRORS, read_draft
from registry.desk.draft_answers import documented, page, revision_wanted, send, start_of
from registry.desk.draft_bodies import DecisionBody, DecisionsBody, EventArguments, EventBody
from registry.desk.draft_schemas import DraftEventPageSchema, EditedSchema, UnexplainedSchema
from registry.desk.working import desk, reading, writing
from registry.publishing.drafts import events
from registry.publishing.drafts.events import DraftEvent
from registry.publishing.drafts.opening import touch

blueprint = Blueprint("draft-events", __name__, description="What happened, as a draft states it")


@blueprint.route("/change-sets/<uuid:change_set>/events")
@everybody
@documented(DraftEventPageSchema)
@blueprint.arguments(EventArguments, location="query")
def draft_events(given: dict[str, Any], change_set: UUID) -> Response:
    """The events of a draft, in the order of their positions."""
    actor = current_actor()
    with reading() as connection:
        draft = read_draft(connection, actor, change_set)
        start = start_of(given, change_set, draft.revision)
        wanted = given.get("status")
        found = [
            event
            for event in events.list_events(connection, change_set)
            if wanted is None or event.status in wanted
        ]
    shown = page([event_document(event) for event in found[start.position :]], start, given["limit"])
    return send(shown, DraftEventPageSchema, revision=draft.revision)


@blueprint.route("/change-sets/<uuid:change_set>/events/unexplained")
@everybody_in_turn
@documented(UnexplainedSchema, HTTPStatus.TOO_MANY_REQUESTS)
@blueprint.arguments(NoArguments, location="query")
def unexplained_codes(_given: dict[str, Any], change_set: UUID) -> Response:
    """The codes that appear or disappear without a confirmed event that names them."""
    actor = current_actor()
    with reading() as connection:
        draft = read_draft(connection, actor, change_set)
        codes = events.unexplained(connection, desk().settings.snapshots, change_set)
    return send({"codes": codes}, UnexplainedSchema, revision=draft.revision)


@blueprint.route("/change-sets/<uuid:change_set>/events/propose", methods=["POST"])
@needs("edit")
@documented(EditedSchema, edit=True)
@blueprint.arguments(NoArguments, location="query")
def propose_events(_given: dict[str, Any], change_set: UUID) -> Response:
    """Propose events that explain what changed, instead of those proposed before; decided ones stay."""
    actor, revision = current_actor(), revision_wanted()
    with writing() as connection:
        draft = touch(connection, actor, change_set, revision)
        proposed = events.propose(connection, desk().settings.snapshots, change_set, actor=actor)
    return send({"revision": draft.revision, "rows": len(proposed)}, EditedSchema, revision=draft.revision)


@blueprint.route("/change-sets/<uuid:change_set>/events", methods=["POST"])
@needs("edit")
@documented(EditedSchema, *BODY_ERRORS, edit=True)
@blueprint.arguments(EventBody)
def state_event(body: dict[str, Any], change_set: UUID) -> Response:
    """State an event; it counts as confirmed."""
    actor, revision = current_actor(), revision_wanted()
    with writing() as connection:
        draft = touch(connection, actor, change_set, revision)
        events.state_event(connection, change_set, change_of(body), actor=actor)
    return send({"revision": draft.revision, "rows": 1}, EditedSchema, revision=draft.revision)


@blueprint.route("/change-sets/<uuid:change_set>/events", methods=["PATCH"])
@needs("edit")
@documented(EditedSchema, *BODY_ERRORS, edit=True)
@blueprint.arguments(DecisionsBody)
def decide_events(body: dict[str, Any], change_set: UUID) -> Response:
    """Confirm or reject several events at once."""
    return _decide(change_set, body["positions"], body["status"])


@blueprint.route("/change-sets/<uuid:change_set>/events/<int(max=2147483647):position>", methods=["PATCH"])
@needs("edit")
@documented(EditedSchema, *BODY_ERRORS, edit=True)
@blueprint.arguments(DecisionBody)
def decide_event(body: dict[str, Any], change_set: UUID, position: int) -> Response:
    """Confirm or reject an event."""
    return _decide(change_set, [position], body["status"])


def change_of(body: Mapping[str, Any]) -> ListedChange:
    """The event that a body states."""
    links = {side: tuple(ListedLink(**link) for link in body[side]) for side in ("sources", "targets")}
    return ListedChange(**{**body, **links})


def event_document(event: DraftEvent) -> dict[str, Any]:
    """An event as the desk shows it."""
    return {
        **asdict(event.change),
        "position": event.position,
        "status": event.status,
        "confidence": event.confidence,
        "reason": event.reason,
    }


def decide(
    connection: Connection, actor: Actor, change_set: UUID, positions: Sequence[int], status: str
) -> None:
    """Confirm or reject events of a draft; the caller has called `touch`."""
    choose = events.confirm if status == "confirmed" else events.reject
    choose(connection, change_set, positions, actor=actor)


def _decide(change_set: UUID, positions: Sequence[int], status: str) -> Response:
    actor, revision = current_actor(), revision_wanted()
    with writing() as connection:
        draft = touch(connection, actor, change_set, revision)
        decide(connection, actor, change_set, positions, status)
    edited = {"revision": draft.revision, "rows": len(positions)}
    return send(edited, EditedSchema, revision=draft.revision)
