"""Change sets: drafts of versions, kept as rows of changes over a base version (D4)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, func, insert, select

from referentials.canonical import JSON, canonical
from referentials.drafting import Draft
from registry.clock import now
from registry.errors import Conflict
from registry.models import Change, ChangeSet, Version
from registry.naming import version_label
from registry.publishing.rows import write_changes

Review = Literal["four-eyes", "single-person", "seed"]


@dataclass(frozen=True, slots=True)
class Approval:
    """Who stands behind a version: `digest` is the hash of the approval, `content_root` what it is of.

    The seeds are approved by nobody, and marked so.
    """

    review: Review = "seed"
    digest: str | None = None
    content_root: str | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a change set says of the version to be; `base` is the ordinal it starts from, 0 for none.

    `withdraws` is the ordinal of a version that it takes back.
    """

    referential: str
    base: int
    label: str
    effective_on: date
    basis: str
    notes: Mapping[str, str]
    provenance: Sequence[Mapping[str, JSON]]
    change_class: str | None = None
    legal_basis: str | None = None
    withdraws: int | None = None
    approval: Approval = Approval()

    @property
    def ordinal(self) -> int:
        """The ordinal that the version gets: versions form one line."""
        return self.base + 1


def save_change_set(
    connection: Connection, proposal: Proposal, draft: Draft, author: str | None = None
) -> uuid.UUID:
    """Keep a draft, in the caller's transaction; the id of the change set.

    Raises BadName for a label that a version cannot have.
    """
    identity, moment = uuid.uuid4(), now()
    connection.execute(
        insert(ChangeSet).values(
            id=identity,
            referential=proposal.referential,
            base_ordinal=proposal.base or None,
            label=version_label(proposal.label),
            effective_on=proposal.effective_on,
            basis=proposal.basis,
            notes=dict(proposal.notes),
            provenance=[dict(source) for source in proposal.provenance],
            status="draft",
            author=author,
            created_at=moment,
            changed_at=moment,
            change_class=proposal.change_class,
            legal_basis=proposal.legal_basis,
        )
    )
    write_changes(connection, identity, draft.added, draft.withdrawn)
    return identity


def discard_drafts(connection: Connection, referential: str, author: str) -> None:
    """Delete an author's drafts of a referential; what was submitted, or published, stays."""
    drafts = select(ChangeSet.id).where(
        ChangeSet.referential == referential, ChangeSet.author == author, ChangeSet.status == "draft"
    )
    identities = connection.execute(drafts).scalars().all()
    connection.execute(delete(Change).where(Change.change_set.in_(identities)))
    connection.execute(delete(ChangeSet).where(ChangeSet.id.in_(identities)))


def read_proposal(connection: Connection, change_set: uuid.UUID, review: Review | None = None) -> Proposal:
    """What an approved change set proposes; with the review "seed", what a draft does.

    Raises Conflict where it cannot be published (any more, or yet).
    """
    row = connection.execute(select(ChangeSet.__table__).where(ChangeSet.id == change_set)).one_or_none()
    if row is None:
        raise Conflict(f"There is no change set {change_set}.")
    publishable = "draft" if review == "seed" else "approved"
    if row.status != publishable:
        raise Conflict(
            f"The change set {change_set} of {row.referential} is {row.status}; only one that is "
            f"{publishable} can be published."
        )
    return Proposal(
        referential=row.referential,
        base=row.base_ordinal or 0,
        label=row.label,
        effective_on=row.effective_on,
        basis=row.basis,
        notes=row.notes,
        provenance=row.provenance,
        change_class=row.change_class,
        legal_basis=row.legal_basis,
        withdraws=row.withdraws,
        approval=Approval() if review == "seed" else _approval(row),
    )


def _approval(row: Row[Any]) -> Approval:
    """The approval of a change set; its digest is the SHA-256 (hex) of its canonical JSON (RFC 8785)."""
    approval = {
        "change_set": str(row.id),
        "content_root": row.content_root,
        "submitted_by": row.submitted_by,
        "submitted_at": row.submitted_at,
        "approved_by": row.approved_by,
        "approved_at": row.approved_at,
        "single_person": row.single_person,
        "base": row.base_ordinal,
        "withdraws": row.withdraws,
        "label": row.label,
        "effective_on": row.effective_on.isoformat(),
        "change_class": row.change_class,
        "basis": row.basis,
        "legal_basis": row.legal_basis,
        "notice_reason": row.notice_reason,
        "notes": row.notes,
    }
    return Approval(
        review="single-person" if row.single_person else "four-eyes",
        digest=sha256(canonical(approval)).hexdigest(),
        content_root=row.content_root,
    )


def head(connection: Connection, referential: str) -> int:
    """The newest ordinal of a referential; 0 where nothing is published."""
    newest = select(func.max(Version.ordinal)).where(Version.referential == referential)
    return connection.execute(newest).scalar() or 0
