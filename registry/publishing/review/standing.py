"""Who did what on a change set's way and why, for those who work on it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from registry.accounts.actors import Actor
from registry.models import Comment, Person, ReviewStep
from registry.publishing.drafts.opening import ChangeSetView


@dataclass(frozen=True, slots=True)
class Standing:
    """The latest of each step: who took it and what was said; names for those who work on the referential.

    `wanted` is what is to be changed, by whom it was asked for; None unless the change set waits for that.
    """

    submitted_by: str | None
    submission_note: str | None
    wanted_by: str | None
    wanted: str | None
    approved_by: str | None
    approval_note: str | None
    comments: int


@dataclass(frozen=True, slots=True)
class _Step:
    actor: str
    note: str | None


def standing_of(connection: Connection, actor: Actor, draft: ChangeSetView) -> Standing:
    """How a change set that the actor may read stands; its comments are counted."""
    steps = _latest_steps(connection, draft)
    submitted = steps.get("submitted") if draft.submitted_by is not None else None
    wanted = steps.get("changes_requested") if draft.status == "changes_requested" else None
    approved = steps.get("approved") if draft.approved_by is not None else None
    names: Mapping[str, str] = {}
    if actor.may("read-drafts", referential=draft.referential):
        names = _names(connection, (step.actor for step in (submitted, wanted, approved) if step is not None))

    def who(step: _Step | None) -> str | None:
        return None if step is None else names.get(step.actor)

    counted = select(func.count()).select_from(Comment).where(Comment.change_set == draft.id)
    return Standing(
        submitted_by=who(submitted),
        submission_note=None if submitted is None else submitted.note,
        wanted_by=who(wanted),
        wanted=None if wanted is None else wanted.note,
        approved_by=who(approved),
        approval_note=None if approved is None else approved.note,
        comments=connection.execute(counted).scalar_one(),
    )


def _latest_steps(connection: Connection, draft: ChangeSetView) -> dict[str, _Step]:
    taken = select(ReviewStep.step, ReviewStep.actor, ReviewStep.note).where(
        ReviewStep.change_set == draft.id
    )
    return {row.step: _Step(row.actor, row.note) for row in connection.execute(taken.order_by(ReviewStep.id))}


def _names(connection: Connection, actors: Iterable[str]) -> dict[str, str]:
    """The names of people by their ids as steps have them; the service itself is no person."""
    ids = []
    for actor in actors:
        try:
            ids.append(uuid.UUID(actor))
        except ValueError:
            continue
    people = select(Person.id, Person.name).where(Person.id.in_(ids))
    return {str(row.id): row.name for row in connection.execute(people)} if ids else {}
