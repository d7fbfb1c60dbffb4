"""Approval by somebody else, bound to the content, and sending back for changes."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from referentials.snapshot import DamagedSnapshot, open_content
from registry.accounts.actors import Actor, NotAllowed, require
from registry.clock import now
from registry.config import Settings
from registry.database import begin_write
from registry.errors import BadValue, Conflict
from registry.models import AuditEntry, ReviewStep
from registry.publishing.compilation import private_snapshot
from registry.publishing.drafts.opening import (
    NOTHING_SUBMITTED,
    ChangeSetView,
    StaleRevision,
    drop_changes,
    lock_change_set,
)
from registry.publishing.review.readiness import require_head
from registry.publishing.review.steps import require_step, required_text, take_step

_ROOT = re.compile("[0-9a-f]{64}")
# The steps that make somebody an author.
WORKED_ON = ("opened", "edited", "submitted")


class OwnWork(NotAllowed):
    """Nobody approves what they worked on themselves; not an administrator either."""


def request_changes(connection: Connection, actor: Actor, change_set: uuid.UUID, note: str) -> ChangeSetView:
    """Send a submitted change set back to its editors, with what they should change.

    Raises UnknownChangeSet; NotSignedIn and NotAllowed without the capability `approve`; Conflict where it is
    not submitted; BadValue without a note.
    """
    draft = lock_change_set(connection, change_set)
    require(actor, "approve", referential=draft.referential)
    require_step(draft, "changes_requested")
    after = take_step(
        connection,
        actor,
        draft,
        "changes_requested",
        "changes-requested",
        note=required_text("note", note),
        status="changes_requested",
        **NOTHING_SUBMITTED,
    )
    drop_changes(connection, after)
    return after


def approve(
    engine: Engine,
    root: Path,
    settings: Settings,
    actor: Actor,
    change_set: uuid.UUID,
    content_root: str,
    note: str | None = None,
    *,
    revision: int | None = None,
) -> ChangeSetView:
    """Approve what was submitted; `content_root` is of the content that the approver looked at, `revision`
    of all that the change set says beside it.

    Raises UnknownChangeSet; NotSignedIn and NotAllowed without the capability `approve`; OwnWork for whoever
    opened, edited or submitted it, administrators too, unless the installation is set to a single person,
    which marks the version for ever; BadValue for what is no content root; Conflict where it is not
    submitted, is not what was looked at, or another version came between; StaleRevision where it says
    something else by now.
    """
    with begin_write(engine) as connection:
        draft = lock_change_set(connection, change_set)
        require(actor, "approve", referential=draft.referential)
        require_step(draft, "approved")
        if revision is not None and revision != draft.revision:
            raise StaleRevision(change_set, revision, draft.revision)
        require_head(connection, draft)
        _require_looked_at(connection, draft, content_root.strip().lower())
        _require_snapshot(root, draft)
        worked = authors(connection, draft)
        alone = actor.id in worked or _made_by(connection, actor, worked, draft.created_at)
        if alone and not settings.single_person:
            raise OwnWork(
                f"{actor.name} worked on the change set {change_set}, or got their account or role from "
                "somebody who did since it was opened; somebody else has to approve it."
            )
        return take_step(
            connection,
            actor,
            draft,
            "approved",
            "change-set-approved",
            note=note,
            status="approved",
            approved_by=actor.id,
            approved_at=now(),
            single_person=alone,
        )


def _require_looked_at(connection: Connection, draft: ChangeSetView, content_root: str) -> None:
    """Raises BadValue for what no submission had as its root, and Conflict for the root of an earlier one."""
    if not _ROOT.fullmatch(content_root):
        raise BadValue("content_root", content_root, "64 hexadecimal digits, as the submission told them")
    if content_root == draft.content_root:
        return
    earlier = select(ReviewStep.id).where(
        ReviewStep.change_set == draft.id, ReviewStep.content_root == content_root
    )
    if connection.execute(earlier.limit(1)).first() is None:
        raise Conflict(
            f"The change set {draft.id} never had the content root {content_root}: it is mistyped, or of "
            f"another change set. What is submitted has {draft.content_root}.",
            content_root=draft.content_root,
        )
    raise Conflict(
        f"The change set {draft.id} has the content root {draft.content_root}, not {content_root}: "
        "it was submitted anew since.",
        content_root=draft.content_root,
    )


def authors(connection: Connection, draft: ChangeSetView) -> frozenset[str]:
    """The ids of those who opened, edited or submitted a change set."""
    steps = select(ReviewStep.actor).where(ReviewStep.change_set == draft.id, ReviewStep.step.in_(WORKED_ON))
    known = set(connection.execute(steps.distinct()).scalars())
    return frozenset(known | {each for each in (draft.author, draft.submitted_by) if each is not None})


def _made_by(connection: Connection, actor: Actor, authors: frozenset[str], since: str) -> bool:
    """Whether an author gave somebody their account, password or roles since a moment: four eyes of one."""
    given = select(AuditEntry.id).where(
        AuditEntry.subject_kind == "person",
        AuditEntry.subject == actor.id,
        AuditEntry.actor.in_(authors - {actor.id}),
        AuditEntry.at >= since,
    )
    return connection.execute(given.limit(1)).first() is not None


def _require_snapshot(root: Path, draft: ChangeSetView) -> None:
    """Raises Conflict where what was submitted is no longer on the disk to be looked at."""
    try:
        found = open_content(private_snapshot(root, draft.id) / "content").root
    except DamagedSnapshot:
        found = None
    if found != draft.content_root:
        raise Conflict(f"What was submitted of the change set {draft.id} is not there; submit it anew.")
