"""Consultations on change sets, and what is said in them; comments stay with the version that comes of it."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, delete, insert, select

from referentials.canonical import JSON
from registry.accounts import audit
from registry.accounts.actors import Actor, require
from registry.clock import now
from registry.errors import BadValue, Conflict
from registry.models import Administration, Comment, ConsultedAdministration, Version
from registry.publishing.drafts.access import require_reader
from registry.publishing.drafts.opening import CLOSED, ChangeSetView, lock_change_set, read_change_set
from registry.publishing.outbox import tell
from registry.publishing.review.notice import utc_today
from registry.publishing.review.steps import required_text, take_step, told_of

OPEN_TO = ("everyone", "administrations")
LONGEST_COMMENT = 10_000
LONGEST_CODE = 200


@dataclass(frozen=True, slots=True)
class CommentView:
    """A remark on a change set, or an answer to one; `author` is a person's id, None for the public."""

    id: int
    change_set: uuid.UUID
    answers: int | None
    author: str | None
    administration: str | None
    code: str | None
    body: str
    at: str


_COLUMNS = tuple(Comment.__table__.c[each.name] for each in dataclasses.fields(CommentView))


def open_consultation(
    connection: Connection,
    actor: Actor,
    change_set: uuid.UUID,
    to: str,
    administrations: Collection[str] = (),
    until: date | None = None,
    *,
    today: date | None = None,
) -> ChangeSetView:
    """Open a change set to everyone, or to the members of some administrations, to the end of a day.

    Nothing that was submitted or approved changes by it. Raises UnknownChangeSet; NotSignedIn and NotAllowed
    without the capability `edit`; Conflict where it is published or withdrawn; BadValue for whom it cannot be
    opened to, and for a day that is over.
    """
    draft = lock_change_set(connection, change_set)
    require(actor, "edit", referential=draft.referential)
    _require_open(draft)
    if to not in OPEN_TO:
        raise BadValue("to", to, " or ".join(OPEN_TO))
    chosen = sorted(set(administrations))
    if (to == "administrations") != bool(chosen):
        raise BadValue("administrations", ", ".join(chosen), f"some for 'administrations', none for {to!r}")
    known = set(connection.execute(select(Administration.id).where(Administration.id.in_(chosen))).scalars())
    for unknown in sorted(set(chosen) - known):
        raise BadValue("administrations", unknown, "ids of administrations")
    if until is not None and until < (today or utc_today()):
        raise BadValue("until", until.isoformat(), "a day that is not over")
    of_change_set = ConsultedAdministration.change_set == change_set
    asked_before = connection.execute(
        select(ConsultedAdministration.administration)
        .where(of_change_set)
        .order_by(ConsultedAdministration.administration)
    ).scalars()
    before = _asked(draft.consultation, asked_before.all(), draft.consultation_until)
    connection.execute(delete(ConsultedAdministration).where(of_change_set))
    if chosen:
        rows = [{"change_set": change_set, "administration": each} for each in chosen]
        connection.execute(insert(ConsultedAdministration), rows)
    return take_step(
        connection,
        actor,
        draft,
        "consultation_opened",
        "consultation-opened",
        audited=(before, _asked(to, chosen, until)),
        consultation=to,
        consultation_until=until,
    )


def comment(
    connection: Connection,
    actor: Actor,
    change_set: uuid.UUID,
    body: str,
    code: str | None = None,
    answers: int | None = None,
    *,
    today: date | None = None,
) -> CommentView:
    """Say something about a change set, or about a code of it, or in answer to another comment.

    Open to those who work on the referential, and to those to whom a consultation is open. Raises
    UnknownChangeSet; NotSignedIn and NotAllowed for all others; Conflict where it is published or withdrawn;
    BadValue for a body that is empty or too long, and for an answer to no comment of this change set.
    """
    draft = lock_change_set(connection, change_set)
    require_reader(connection, actor, draft, today or utc_today())
    _require_open(draft)
    said = required_text("body", body, LONGEST_COMMENT)
    about = None if code is None else required_text("code", code, LONGEST_CODE)
    if answers is not None:
        asked = select(Comment.id).where(Comment.id == answers, Comment.change_set == change_set)
        if connection.execute(asked).first() is None:
            raise BadValue("answers", answers, "a comment on the same change set")
    written = connection.execute(
        insert(Comment)
        .values(
            change_set=change_set,
            answers=answers,
            author=None if actor.person is None else actor.id,
            administration=actor.administration,
            code=about,
            body=said,
            at=now(),
        )
        .returning(*_COLUMNS)
    ).one()
    view = CommentView(*written)
    audit.record(connection, actor, "commented", "change_set", change_set, after={"comment": view.id})
    tell(connection, "comment-added", {**told_of(draft), "comment": view.id, "code": about})
    return view


def comments_of(connection: Connection, change_set: uuid.UUID) -> list[CommentView]:
    """All comments on a change set, the oldest first; raises UnknownChangeSet."""
    read_change_set(connection, change_set)
    chosen = select(*_COLUMNS).where(Comment.change_set == change_set).order_by(Comment.id)
    return [CommentView(*row) for row in connection.execute(chosen)]


def comments_of_version(connection: Connection, referential: str, ordinal: int) -> list[CommentView]:
    """The comments on the change set that a version came of, the oldest first; none without one."""
    its_change_set = select(Version.change_set).where(
        Version.referential == referential, Version.ordinal == ordinal
    )
    change_set = connection.execute(its_change_set).scalar()
    return [] if change_set is None else comments_of(connection, change_set)


def _asked(to: str | None, administrations: Sequence[str], until: date | None) -> dict[str, JSON]:
    """Whom a consultation is open to, and how long, as the audit trail keeps it."""
    return {
        "consultation": to,
        "administrations": list(administrations),
        "consultation_until": None if until is None else until.isoformat(),
    }


def _require_open(draft: ChangeSetView) -> None:
    if draft.status in CLOSED:
        raise Conflict(f"The change set {draft.id} is {draft.status}; the consultation on it is over.")
