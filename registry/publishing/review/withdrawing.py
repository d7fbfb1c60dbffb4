"""Gives a change set up, and takes a published version back by a successor (D2)."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from sqlalchemy import Connection, select

from referentials.differing import difference
from registry.accounts.actors import Actor, require
from registry.errors import Conflict, UnknownReferential, UnknownVersion
from registry.models import Referential, Version
from registry.publishing.change_sets import head
from registry.publishing.compilation import base_content
from registry.publishing.drafts.opening import ChangeSetView, NewDraft, lock_change_set, open_draft
from registry.publishing.review.classes import class_of_contents
from registry.publishing.review.steps import require_step, required_text, take_step
from registry.publishing.rows import write_changes


def withdraw(connection: Connection, actor: Actor, change_set: uuid.UUID, note: str) -> ChangeSetView:
    """Give a change set up, for a stated reason; it stays readable and is never published.

    Raises UnknownChangeSet; NotSignedIn and NotAllowed without the capability `edit`; Conflict where it is
    published or withdrawn; BadValue without a note.
    """
    draft = lock_change_set(connection, change_set)
    require(actor, "edit", referential=draft.referential)
    require_step(draft, "withdrawn")
    return take_step(
        connection,
        actor,
        draft,
        "withdrawn",
        "change-set-withdrawn",
        note=required_text("note", note),
        status="withdrawn",
        publish_at=None,
    )


def propose_withdrawal(
    connection: Connection, root: Path, actor: Actor, referential: str, label: str, why: str
) -> uuid.UUID:
    """Open a change set that takes the newest version back: its successor says what the one before said.

    `label` is the version's, `why` the basis of the change set. It goes the way of every change set; when it
    is published, the version is marked withdrawn and stays readable. Raises UnknownReferential,
    UnknownVersion; Conflict for a version that is not the newest, or that nothing comes before; BadValue
    without a reason; NotSignedIn and NotAllowed without the capability `edit`.
    """
    known = select(Referential.id).where(Referential.id == referential)
    if connection.execute(known).first() is None:
        raise UnknownReferential(referential)
    require(actor, "edit", referential=referential)
    why = required_text("why", why)
    its_versions = select(Version.label, Version.ordinal).where(Version.referential == referential)
    rows = connection.execute(its_versions.order_by(Version.ordinal))
    labels = {row.label: row.ordinal for row in rows}
    if label not in labels:
        raise UnknownVersion(referential, label, list(labels))
    ordinal = labels[label]
    if ordinal != head(connection, referential):
        raise Conflict(
            f"{referential} {label} is not the newest version; put right what is wrong with it in a new one."
        )
    if ordinal == 1:
        raise Conflict(f"{referential} {label} is the first version: there is none to go back to.")
    before, taken_back = (base_content(root, referential, each) for each in (ordinal - 1, ordinal))
    if before is None or taken_back is None:
        raise Conflict(f"{referential} {label} cannot be read.")
    draft = open_draft(
        connection,
        actor,
        NewDraft(
            referential,
            _free_label(label, labels),
            datetime.now(UTC).date(),
            mode="changes",
            basis=why,
            change_class=class_of_contents(taken_back, before),
            notice_reason=why,
        ),
        withdraws=ordinal,
    )
    back = difference(taken_back, before)
    write_changes(connection, draft.id, back.added, [record.record_key for record in back.removed])
    return draft.id


def _free_label(label: str, taken: dict[str, int]) -> str:
    """The label of a successor: "2024" gives "2024.1", "2024.1" gives "2024.2"."""
    stem, dot, last = label.rpartition(".")
    stem, first = (stem, int(last) + 1) if dot and last.isdecimal() else (label, 1)
    return next(found for number in count(first) if (found := f"{stem}.{number}") not in taken)
