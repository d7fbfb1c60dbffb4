"""The steps of a change set from its draft to a version."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response

from registry.api.arguments import NoArguments
from registry.api.blueprint import Blueprint
from registry.desk.authentication import current_actor, needs
from registry.desk.change_sets import BODY_ERRORS, send_change_set
from registry.desk.draft_answers import documented, revision_wanted, send
from registry.desk.draft_bodies import ApprovalBody, NoteBody, ScheduleBody
from registry.desk.draft_schemas import ChangeSetSchema, PublishedSchema, RebasedSchema
from registry.desk.working import desk, reading, writing
from registry.publishing.drafts.opening import read_change_set
from registry.publishing.drafts.rebasing import rebase as put_over_newest
from registry.publishing.review import approving, scheduling, submitting, withdrawing
from registry.publishing.shelving import flip_catalogue

blueprint = Blueprint("reviews", __name__, description="From a draft to a version")

_STEP = (HTTPStatus.CONFLICT,)
_STEP_WITH_BODY = (*_STEP, *BODY_ERRORS)


@blueprint.route("/change-sets/<uuid:change_set>/submit", methods=["POST"])
@needs("edit")
@documented(ChangeSetSchema, *_STEP)
@blueprint.arguments(NoArguments, location="query")
def submit(_given: dict[str, Any], change_set: UUID) -> Response:
    """Submit a draft: it is checked and compiled into a private snapshot, whose root the approval will name.

    What is missing is named all at once.
    """
    used = desk()
    return send_change_set(
        submitting.submit(
            used.engine,
            used.settings.snapshots,
            current_actor(),
            change_set,
            today=used.settings.today(),
            notice_days=used.settings.notice_days,
        )
    )


@blueprint.route("/change-sets/<uuid:change_set>/request-changes", methods=["POST"])
@needs("approve")
@documented(ChangeSetSchema, *_STEP_WITH_BODY)
@blueprint.arguments(NoteBody)
def request_changes(body: dict[str, Any], change_set: UUID) -> Response:
    """Send a submitted change set back to its editors."""
    actor = current_actor()
    with writing() as connection:
        after = approving.request_changes(connection, actor, change_set, body["note"])
    return send_change_set(after)


@blueprint.route("/change-sets/<uuid:change_set>/approve", methods=["POST"])
@needs("approve")
@documented(ChangeSetSchema, *_STEP_WITH_BODY, edit=True)
@blueprint.arguments(ApprovalBody)
def approve(body: dict[str, Any], change_set: UUID) -> Response:
    """Approve what was submitted: the content root says which content, If-Match what is said of it.

    Nobody approves what they worked on themselves.
    """
    used = desk()
    after = approving.approve(
        used.engine,
        used.settings.snapshots,
        used.settings,
        current_actor(),
        change_set,
        body["content_root"],
        note=body["note"],
        revision=revision_wanted(),
    )
    return send_change_set(after)


@blueprint.route("/change-sets/<uuid:change_set>/schedule", methods=["POST"])
@needs("approve")
@documented(ChangeSetSchema, *_STEP_WITH_BODY)
@blueprint.arguments(ScheduleBody)
def schedule(body: dict[str, Any], change_set: UUID) -> Response:
    """Let an approved change set be published at a moment, which is announced; null takes it back."""
    actor, used = current_actor(), desk()
    with writing() as connection:
        after = scheduling.schedule(
            connection, actor, change_set, body["publish_at"], notice_days=used.settings.notice_days
        )
    flip_catalogue(used.engine, used.settings.snapshots)
    return send_change_set(after)


@blueprint.route("/change-sets/<uuid:change_set>/publish", methods=["POST"])
@needs("approve")
@documented(PublishedSchema, *_STEP)
@blueprint.arguments(NoArguments, location="query")
def publish(_given: dict[str, Any], change_set: UUID) -> Response:
    """Publish an approved change set now."""
    used = desk()
    ordinal = scheduling.publish_approved(
        used.engine,
        used.settings.snapshots,
        current_actor(),
        change_set,
        notice_days=used.settings.notice_days,
    )
    with reading() as connection:
        published = read_change_set(connection, change_set)
    document = {"referential": published.referential, "ordinal": ordinal, "label": published.label}
    return send(document, PublishedSchema)


@blueprint.route("/change-sets/<uuid:change_set>/withdraw", methods=["POST"])
@needs("edit")
@documented(ChangeSetSchema, *_STEP_WITH_BODY)
@blueprint.arguments(NoteBody)
def withdraw(body: dict[str, Any], change_set: UUID) -> Response:
    """Give a change set up; it stays readable."""
    actor = current_actor()
    with writing() as connection:
        after = withdrawing.withdraw(connection, actor, change_set, body["note"])
    return send_change_set(after)


@blueprint.route("/change-sets/<uuid:change_set>/rebase", methods=["POST"])
@needs("edit")
@documented(RebasedSchema, edit=True)
@blueprint.arguments(NoArguments, location="query")
def rebase(_given: dict[str, Any], change_set: UUID) -> Response:
    """Let a draft start from the version that is the newest now; items that both touched are conflicts."""
    actor, revision = current_actor(), revision_wanted()
    with writing() as connection:
        report = put_over_newest(connection, desk().settings.snapshots, actor, change_set, revision)
        draft = read_change_set(connection, change_set)
    document = {"change_set": draft, "taken_over": report.taken_over, "conflicts": report.conflicts}
    return send(document, RebasedSchema, revision=draft.revision)
