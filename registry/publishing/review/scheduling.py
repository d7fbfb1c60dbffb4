"""From an approved change set to a version: at once, or when its moment has come."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select

from registry.accounts.actors import Actor, require
from registry.catalogue import NAME
from registry.clock import now, text_of
from registry.database import begin_write
from registry.errors import BadValue, Conflict
from registry.models import ChangeSet, ReviewStep
from registry.publishing.drafts.opening import ChangeSetView, lock_change_set, read_change_set
from registry.publishing.publish import ITSELF, publish
from registry.publishing.review.notice import NOTICE_DAYS, require_notice
from registry.publishing.review.private import tidy
from registry.publishing.review.steps import require_step, take_step
from registry.publishing.shelving import flip_catalogue

# Steps after which the catalogue announces something else.
ANNOUNCED = ("scheduled", "unscheduled", "reopened", "not_published", "withdrawn")


@dataclass(frozen=True, slots=True)
class Due:
    """A change set whose moment had come: the version's ordinal, or why it could not be published."""

    change_set: uuid.UUID
    referential: str
    ordinal: int | None
    problem: str | None = None


def schedule(
    connection: Connection,
    actor: Actor,
    change_set: uuid.UUID,
    publish_at: str | None,
    *,
    notice_days: int = NOTICE_DAYS,
) -> ChangeSetView:
    """Let an approved change set be published at a moment (RFC 3339 text with a zone); with None, no more.

    The catalogue announces it as soon as `flip_catalogue` is called after the commit, else with the worker's
    next round. Raises UnknownChangeSet; NotSignedIn and NotAllowed without the capability `approve`; BadValue
    for what is no moment to come; Conflict where it is not approved, and for a breaking change that would
    come without notice.
    """
    draft = lock_change_set(connection, change_set)
    require(actor, "approve", referential=draft.referential)
    if publish_at is None:
        require_step(draft, "unscheduled")
        return take_step(connection, actor, draft, "unscheduled", None, publish_at=None)
    require_step(draft, "scheduled")
    moment = _moment(publish_at)
    require_notice(draft, moment, notice_days)
    return take_step(connection, actor, draft, "scheduled", "version-scheduled", publish_at=text_of(moment))


def publish_approved(
    engine: Engine, root: Path, actor: Actor, change_set: uuid.UUID, *, notice_days: int = NOTICE_DAYS
) -> int:
    """Publish an approved change set now; the version's ordinal.

    Raises UnknownChangeSet; NotSignedIn and NotAllowed without the capability `approve`; Conflict for a
    breaking change without notice; and what `registry.publishing.publish.publish` raises.
    """
    with engine.connect() as connection:
        draft = read_change_set(connection, change_set)
        require(actor, "approve", referential=draft.referential)
        require_step(draft, "published")
        require_notice(draft, datetime.now(UTC), notice_days)
    ordinal = publish(engine, root, change_set, actor=actor)
    tidy(engine, root)
    return ordinal


def publish_due(engine: Engine, root: Path) -> list[Due]:
    """Publish what was scheduled until now; what became of each. For the worker process, again and again.

    What cannot be published, because another version came between, is no longer scheduled; people are told,
    and it has to be rebased. Another failure, as of the database or the disk, is raised when the others are
    done; it is tried again in the next round.
    """
    with engine.connect() as connection:
        waiting = connection.execute(
            select(ChangeSet.id, ChangeSet.referential)
            .where(ChangeSet.status == "approved", ChangeSet.publish_at <= now())
            .order_by(ChangeSet.publish_at, ChangeSet.approved_at)
        ).all()
    done: list[Due] = []
    failures: list[Exception] = []
    for change_set, referential in waiting:
        try:
            done.append(Due(change_set, referential, publish(engine, root, change_set)))
        except Conflict as error:
            _give_up(engine, change_set, error.detail)
            done.append(Due(change_set, referential, None, error.detail))
        except Exception as error:  # whatever is wrong with one does not keep the others waiting
            failures.append(error)
    if done:
        tidy(engine, root)
    if _announces_something_else(engine, root):
        flip_catalogue(engine, root)
    if failures:
        raise failures[0]
    return done


def _give_up(engine: Engine, change_set: uuid.UUID, why: str) -> None:
    with begin_write(engine) as connection:
        draft = lock_change_set(connection, change_set)
        if draft.status == "approved" and draft.publish_at is not None:
            take_step(
                connection, ITSELF, draft, "not_published", "publication-refused", note=why, publish_at=None
            )


def _announces_something_else(engine: Engine, root: Path) -> bool:
    """Whether a step that the catalogue tells of was taken since it was written."""
    newest = select(func.max(ReviewStep.at)).where(ReviewStep.step.in_(ANNOUNCED))
    with engine.connect() as connection:
        step = connection.execute(newest).scalar()
    if step is None:
        return False
    try:
        written = text_of(datetime.fromtimestamp((root / NAME).stat().st_mtime, UTC))
    except FileNotFoundError:
        return True
    return bool(step >= written)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        moment = None
    if moment is None or moment.tzinfo is None or moment < datetime.now(UTC) - timedelta(minutes=1):
        raise BadValue("publish_at", text, "a moment to come with its zone, as 2027-01-01T00:00:00Z")
    return moment
