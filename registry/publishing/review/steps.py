"""The steps of a change set's way: which may follow which, and what each one leaves behind.

draft → submitted → changes_requested or approved → (scheduled) → published; withdrawn from anywhere before
that. The only ways back are an edit, which makes a draft again (`registry.publishing.drafts.opening.touch`),
and submitting anew what was sent back.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import Connection, insert, update

from referentials.canonical import JSON
from registry.accounts import audit
from registry.accounts.actors import Actor
from registry.clock import now
from registry.errors import BadValue, Conflict
from registry.models import ChangeSet, ReviewStep
from registry.publishing.drafts.details import LONGEST_TEXT
from registry.publishing.drafts.opening import ChangeSetView, read_change_set
from registry.publishing.outbox import tell

# For each step the statuses that it may follow.
FOLLOWS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "submitted": frozenset({"draft", "changes_requested"}),
        "changes_requested": frozenset({"submitted"}),
        "approved": frozenset({"submitted"}),
        "scheduled": frozenset({"approved"}),
        "unscheduled": frozenset({"approved"}),
        "published": frozenset({"approved"}),
        "withdrawn": frozenset({"draft", "submitted", "changes_requested", "approved"}),
    }
)


def require_step(draft: ChangeSetView, step: str) -> None:
    """Raises Conflict where the step may not follow the change set's status."""
    if draft.status not in FOLLOWS[step]:
        raise Conflict(
            f"The change set {draft.id} of {draft.referential} is {draft.status}; "
            f"{step.replace('_', ' ')} comes only after {' or '.join(sorted(FOLLOWS[step]))}.",
            standing=draft.status,
        )


def take_step(
    connection: Connection,
    actor: Actor | str,
    draft: ChangeSetView,
    step: str,
    kind: str | None,
    *,
    note: str | None = None,
    audited: tuple[Mapping[str, JSON], Mapping[str, JSON]] = ({}, {}),
    **values: object,
) -> ChangeSetView:
    """Take a step in the caller's transaction, which holds the change set; the change set after it.

    `values` are its columns' new values; `kind` is what people are told, with None nobody is. A row of the
    review and an entry of the audit trail say who did it; `audited` is what was and what is besides these.
    """
    named = actor if isinstance(actor, str) else actor.id
    connection.execute(update(ChangeSet).where(ChangeSet.id == draft.id).values(changed_at=now(), **values))
    after = read_change_set(connection, draft.id)
    connection.execute(
        insert(ReviewStep).values(
            change_set=draft.id,
            step=step,
            actor=named,
            at=now(),
            note=note,
            # What was sent back is no longer what the change set says.
            content_root=after.content_root or draft.content_root,
        )
    )
    audit.record(
        connection,
        actor,
        step,
        "change_set",
        draft.id,
        before={"status": draft.status, **audited[0]},
        after={
            "status": after.status,
            "content_root": after.content_root,
            "publish_at": after.publish_at,
            **audited[1],
        },
    )
    if kind is not None:
        tell(connection, kind, {**told_of(after), "note": note})
    return after


def told_of(draft: ChangeSetView) -> dict[str, JSON]:
    """What people are told of a change set."""
    return {
        "referential": draft.referential,
        "change_set": str(draft.id),
        "label": draft.label,
        "status": draft.status,
        "change_class": draft.change_class,
        "effective_on": draft.effective_on.isoformat(),
        "publish_at": draft.publish_at,
    }


def required_text(name: str, text: str | None, longest: int = LONGEST_TEXT) -> str:
    """The text without blanks around it; raises BadValue where it is empty, too long or cannot be kept."""
    said = (text or "").strip()
    if not said or len(said) > longest or "\0" in said:
        raise BadValue(name, said, f"a text of 1 to {longest} characters")
    return said
