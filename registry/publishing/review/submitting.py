"""Submits a draft: what it comes to is compiled apart, and its content root is what will be approved (D4)."""

from __future__ import annotations

import shutil
import uuid
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, Engine

from referentials.snapshot import ContentHeader
from registry.accounts.actors import Actor, require
from registry.clock import now
from registry.database import begin_write
from registry.errors import Conflict
from registry.locks import file_lock
from registry.publishing.compilation import (
    PRIVATE,
    STAGING,
    Staged,
    base_content,
    compile_version,
    merged,
    private_snapshot,
)
from registry.publishing.drafts.checking import check
from registry.publishing.drafts.opening import ChangeSetView, lock_change_set, read_change_set
from registry.publishing.recipes import recipe_of
from registry.publishing.review.notice import NOTICE_DAYS, utc_today
from registry.publishing.review.readiness import NotReady, build_or_name, require_head
from registry.publishing.review.steps import require_step, take_step
from registry.publishing.rows import read_added, read_withdrawn


def submit(
    engine: Engine,
    root: Path,
    actor: Actor,
    change_set: uuid.UUID,
    note: str | None = None,
    *,
    today: date | None = None,
    notice_days: int = NOTICE_DAYS,
) -> ChangeSetView:
    """Check a draft, compile it into its private snapshot, and hand it to the approvers; what it is then.

    `root` is the snapshots' root; `notice_days` is how long before its effect a breaking change that gives no
    reason has to be submitted, counted from `today`. Raises UnknownChangeSet; NotSignedIn and NotAllowed
    without the capability `edit`; Conflict where the step may not follow, another version came between, or
    somebody edits meanwhile; NotReady with everything that is missing. In each case it stays a draft.
    """
    with engine.connect() as connection:
        referential = read_change_set(connection, change_set).referential
    with file_lock(root, f"{referential}.drafts.lock"):
        with engine.connect() as connection:
            _require_submittable(connection, actor, change_set)
        check(engine, root, change_set)  # kept, whatever comes of it
        with begin_write(engine) as connection:
            draft = _require_submittable(connection, actor, change_set)
            missing = build_or_name(
                connection, root, draft, today=today or utc_today(), notice_days=notice_days
            )
            if missing:
                raise NotReady(change_set, missing)
        with engine.connect() as connection:
            staged = _compile(connection, root, draft)
        try:
            with begin_write(engine) as connection:
                current = lock_change_set(connection, change_set)
                if (current.revision, current.status) != (draft.revision, draft.status):
                    raise Conflict(
                        f"The change set {change_set} was edited, or given up, while it was being submitted."
                    )
                # Before the commit: what is found there without one is submitted anew.
                _put_in_place(root, staged, change_set)
                return take_step(
                    connection,
                    actor,
                    draft,
                    "submitted",
                    "change-set-submitted",
                    note=note,
                    status="submitted",
                    content_root=staged.written.root,
                    submitted_by=actor.id,
                    submitted_at=now(),
                )
        finally:
            shutil.rmtree(_staging(root, change_set), ignore_errors=True)


def _require_submittable(connection: Connection, actor: Actor, change_set: uuid.UUID) -> ChangeSetView:
    draft = lock_change_set(connection, change_set)
    require(actor, "edit", referential=draft.referential)
    require_step(draft, "submitted")
    require_head(connection, draft)
    return draft


def _compile(connection: Connection, root: Path, draft: ChangeSetView) -> Staged:
    base = draft.base_ordinal or 0
    header = ContentHeader(draft.referential, base + 1, draft.label, draft.effective_on)
    records = merged(
        base_content(root, draft.referential, base),
        read_added(connection, draft.id),
        read_withdrawn(connection, draft.id),
    )
    folder = _staging(root, draft.id)
    shutil.rmtree(folder, ignore_errors=True)  # what an interruption left
    return compile_version(root, header, recipe_of(connection, draft.referential), records, folder=folder)


def _staging(root: Path, change_set: uuid.UUID) -> Path:
    """Apart from the referential's: a publication clears that."""
    return root / STAGING / PRIVATE / str(change_set)


def _put_in_place(root: Path, staged: Staged, change_set: uuid.UUID) -> None:
    place = private_snapshot(root, change_set)
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        shutil.rmtree(place)
    staged.folder.rename(place)
