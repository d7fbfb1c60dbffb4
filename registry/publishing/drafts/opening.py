"""Opens change sets, reads them, and is the gate that every edit of one passes (D4)."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection, delete, insert, select, update

from referentials.canonical import JSON
from registry.accounts import audit
from registry.accounts.actors import Actor, require
from registry.clock import now
from registry.errors import Conflict, DomainError, UnknownReferential
from registry.models import Change, ChangeSet, Referential, ReviewStep, Version
from registry.publishing.change_sets import head
from registry.publishing.drafts.details import DETAILS, require_accepted

CLOSED = ("published", "withdrawn")
EDITABLE = ("draft", "changes_requested")
# An edit takes back what was said of the content before it.
NOTHING_SUBMITTED: Mapping[str, JSON] = {
    "content_root": None,
    "submitted_by": None,
    "submitted_at": None,
    "approved_by": None,
    "approved_at": None,
    "single_person": False,
    "publish_at": None,
}

_CHANGE_SET = ChangeSet.__table__


class UnknownChangeSet(DomainError):
    """There is no change set with this id."""

    slug = "unknown-change-set"

    def __init__(self, change_set: uuid.UUID) -> None:
        super().__init__(f"There is no change set {change_set}.", change_set=str(change_set))


class StaleRevision(DomainError):
    """Somebody else edited the change set since it was read; `revision` is the current one."""

    slug = "stale-revision"

    def __init__(self, change_set: uuid.UUID, given: int, current: int) -> None:
        super().__init__(
            f"The change set {change_set} has revision {current} by now; the edit is of revision {given}.",
            revision=current,
        )


@dataclass(frozen=True, slots=True)
class NewDraft:
    """What a change set starts with; `mode` says whether its items are the whole list ("full") or changes."""

    referential: str
    label: str
    effective_on: date
    mode: str = "full"
    basis: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)
    legal_basis: str | None = None
    change_class: str | None = None
    provenance: Sequence[Mapping[str, JSON]] = ()
    notice_reason: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeSetView:
    """A change set as it stands: every column of it (`registry.models.ChangeSet`)."""

    id: uuid.UUID
    referential: str
    base_ordinal: int | None
    label: str
    effective_on: date
    basis: str
    notes: Mapping[str, str]
    provenance: Sequence[Mapping[str, JSON]]
    status: str
    content_root: str | None
    author: str | None
    created_at: str
    changed_at: str
    revision: int
    mode: str
    change_class: str | None
    legal_basis: str | None
    notice_reason: str | None
    mapping: Mapping[str, JSON] | None
    consultation: str | None
    consultation_until: date | None
    submitted_by: str | None
    submitted_at: str | None
    approved_by: str | None
    approved_at: str | None
    single_person: bool
    publish_at: str | None
    withdraws: int | None


_COLUMNS = tuple(_CHANGE_SET.c[each.name] for each in dataclasses.fields(ChangeSetView))


def open_draft(
    connection: Connection, actor: Actor, new: NewDraft, *, withdraws: int | None = None
) -> ChangeSetView:
    """Start a change set over the newest version; `withdraws` is the ordinal of one that it takes back.

    Raises UnknownReferential, BadName for a label that a version cannot have, Conflict for one that a version
    has, BadValue(s), NotSignedIn and NotAllowed.
    """
    known = select(Referential.id).where(Referential.id == new.referential)
    if connection.execute(known).first() is None:
        raise UnknownReferential(new.referential)
    require(actor, "edit", referential=new.referential)
    values = {name: value for name, value in dataclasses.asdict(new).items() if name != "referential"}
    require_accepted(values)
    _require_free(connection, new.referential, new.label)
    identity, moment = uuid.uuid4(), now()
    connection.execute(
        insert(ChangeSet).values(
            id=identity,
            referential=new.referential,
            base_ordinal=head(connection, new.referential) or None,
            status="draft",
            author=actor.id,
            created_at=moment,
            changed_at=moment,
            withdraws=withdraws,
            **values,
        )
    )
    after = {"referential": new.referential, "label": new.label, "status": "draft"}
    audit.record(connection, actor, "opened", "change_set", identity, after=after)
    draft = read_change_set(connection, identity)
    _leave_step(connection, actor, draft, "opened")
    return draft


def read_change_set(connection: Connection, change_set: uuid.UUID) -> ChangeSetView:
    """A change set as it stands; raises UnknownChangeSet."""
    row = connection.execute(select(*_COLUMNS).where(ChangeSet.id == change_set)).one_or_none()
    if row is None:
        raise UnknownChangeSet(change_set)
    return ChangeSetView(*row)


def lock_change_set(connection: Connection, change_set: uuid.UUID) -> ChangeSetView:
    """The same, held by the caller's transaction to its end; raises UnknownChangeSet."""
    connection.execute(select(ChangeSet.id).where(ChangeSet.id == change_set).with_for_update())
    return read_change_set(connection, change_set)


def list_change_sets(
    connection: Connection, *, referential: str | None = None, statuses: Sequence[str] = ()
) -> list[ChangeSetView]:
    """Change sets, the newest first; of a referential, and with one of the statuses, where they are named."""
    chosen = select(*_COLUMNS).order_by(ChangeSet.created_at.desc(), ChangeSet.id)
    if referential is not None:
        chosen = chosen.where(ChangeSet.referential == referential)
    if statuses:
        chosen = chosen.where(ChangeSet.status.in_(statuses))
    return [ChangeSetView(*row) for row in connection.execute(chosen)]


def edit_details(
    connection: Connection, actor: Actor, change_set: uuid.UUID, revision: int | None, **fields: JSON
) -> ChangeSetView:
    """Change what a change set says of its version: any of DETAILS. An edit as `touch` describes it.

    Raises what `touch` raises, BadName or Conflict for a label, BadValues for other fields and values.
    """
    require_accepted(fields)
    before = touch(connection, actor, change_set, revision)
    if "label" in fields:
        _require_free(connection, before.referential, str(fields["label"]))
    if fields:
        connection.execute(update(ChangeSet).where(ChangeSet.id == change_set).values(**fields))
    after = read_change_set(connection, change_set)
    then, since = _details(before), _details(after)
    changed = [name for name in sorted(DETAILS) if then[name] != since[name]]
    if changed:
        audit.record(
            connection,
            actor,
            "described",
            "change_set",
            change_set,
            before={name: then[name] for name in changed},
            after={name: since[name] for name in changed},
        )
    return after


def touch(
    connection: Connection,
    actor: Actor,
    change_set: uuid.UUID,
    revision: int | None,
    *,
    action: str = "edited",
    codes: Mapping[str, Sequence[str]] | None = None,
) -> ChangeSetView:
    """The gate of every edit: call it first, in the transaction of the edit; the change set as it is then.

    What was submitted or approved becomes a draft again, and has to be submitted and approved anew; what was
    sent back for changes stays so. The revision goes up by one. Raises UnknownChangeSet; NotSignedIn and
    NotAllowed without the capability `edit`; Conflict where it is published or withdrawn; StaleRevision where
    `revision` is given and is not the current one. `action` is the audit trail's verb,
    and `codes` the codes that the edit is about, by what comes of them ("set", "removed", "forgotten").
    """
    before = lock_change_set(connection, change_set)
    require(actor, "edit", referential=before.referential)
    if before.status in CLOSED:
        raise Conflict(f"The change set {change_set} is {before.status}; it can no longer be edited.")
    if revision is not None and revision != before.revision:
        raise StaleRevision(change_set, revision, before.revision)
    reopened = before.status in ("submitted", "approved")
    status = "draft" if reopened else before.status
    connection.execute(
        update(ChangeSet)
        .where(ChangeSet.id == change_set)
        .values(
            status=status,
            revision=before.revision + 1,
            changed_at=now(),
            **NOTHING_SUBMITTED,
        )
    )
    # With the new status the database lets them go.
    drop_changes(connection, before)
    if reopened:
        _leave_step(connection, actor, before, "reopened")
    count_as_author(connection, actor, before)
    audit.record(
        connection,
        actor,
        action,
        "change_set",
        change_set,
        before={"status": before.status, "revision": before.revision},
        after={
            "status": status,
            "revision": before.revision + 1,
            **{what: sorted(named) for what, named in (codes or {}).items() if named},
        },
    )
    return read_change_set(connection, change_set)


def count_as_author(connection: Connection, actor: Actor, draft: ChangeSetView) -> None:
    """Let a step of the review say, once, that somebody worked on a change set: they never approve it."""
    if not _has_edited(connection, actor, draft.id):
        _leave_step(connection, actor, draft, "edited")


def drop_changes(connection: Connection, draft: ChangeSetView) -> None:
    """Delete the change rows that a submission made; where a version is taken back they are the content."""
    if draft.withdraws is None:
        connection.execute(delete(Change).where(Change.change_set == draft.id))


def _require_free(connection: Connection, referential: str, label: str) -> None:
    """Raises Conflict where a version has the label. Of two drafts with one label the first is published."""
    its = select(Version.ordinal).where(Version.referential == referential, Version.label == label)
    if connection.execute(its).first() is not None:
        raise Conflict(f"{referential} has a version {label!r} already; choose another label.")


def _leave_step(connection: Connection, actor: Actor, draft: ChangeSetView, step: str) -> None:
    connection.execute(
        insert(ReviewStep).values(
            change_set=draft.id, step=step, actor=actor.id, at=now(), content_root=draft.content_root
        )
    )


def _has_edited(connection: Connection, actor: Actor, change_set: uuid.UUID) -> bool:
    """Whether a step says already that the actor worked on it: one is enough for the four eyes."""
    steps = select(ReviewStep.id).where(
        ReviewStep.change_set == change_set, ReviewStep.step == "edited", ReviewStep.actor == actor.id
    )
    return connection.execute(steps).first() is not None


def _details(draft: ChangeSetView) -> dict[str, JSON]:
    """What a change set says of its version, as the audit trail keeps it."""
    said = {name: getattr(draft, name) for name in DETAILS}
    return {**said, "effective_on": draft.effective_on.isoformat()}
