"""Change sets: proposals over a base version, as rows of changes that are in no version's range (D4)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import LABEL_PATTERN, Base, CodePoints, Json, Moment

CHANGE_SET_STATUSES = ("draft", "submitted", "changes_requested", "approved", "published", "withdrawn")
CHANGE_CLASSES = ("editorial", "additive", "breaking")


class ChangeSet(Base):
    """A proposal for the next version (ISO 19135 proposal); no base where it is the first."""

    __tablename__ = "change_set"
    __table_args__ = (
        CheckConstraint(
            "status IN ('draft', 'submitted', 'changes_requested', 'approved', 'published', 'withdrawn')",
            name="status",
        ),
        CheckConstraint(LABEL_PATTERN, name="label"),
        CheckConstraint("mode IN ('full', 'changes')", name="mode"),
        CheckConstraint("change_class IN ('editorial', 'additive', 'breaking')", name="change_class"),
        CheckConstraint("consultation IN ('administrations', 'everyone')", name="consultation"),
        # Four eyes, whatever the code above does: `single_person` is the only way round, and stays visible.
        CheckConstraint("approved_by <> submitted_by OR single_person", name="four_eyes"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    referential: Mapped[str] = mapped_column(CodePoints, ForeignKey("referential.id"), index=True)
    base_ordinal: Mapped[int | None]
    label: Mapped[str] = mapped_column(CodePoints)
    effective_on: Mapped[date]
    basis: Mapped[str] = mapped_column(CodePoints)
    notes: Mapped[dict[str, str]] = mapped_column(Json)
    provenance: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    status: Mapped[str] = mapped_column(CodePoints)
    # What was submitted, and is approved: the root of its private snapshot.
    content_root: Mapped[str | None] = mapped_column(CodePoints)
    author: Mapped[str | None] = mapped_column(CodePoints)
    created_at: Mapped[str] = mapped_column(Moment)
    changed_at: Mapped[str] = mapped_column(Moment)
    # Counts the edits: who edits says which one was read, and the second of two editors is told.
    revision: Mapped[int] = mapped_column(default=1)
    # Whether its listed items are the whole list, or only what changes.
    mode: Mapped[str] = mapped_column(CodePoints, default="full")
    change_class: Mapped[str | None] = mapped_column(CodePoints)
    legal_basis: Mapped[str | None] = mapped_column(CodePoints)
    # Why a breaking change comes with less notice than is due.
    notice_reason: Mapped[str | None] = mapped_column(CodePoints)
    # How the columns of the imported file were read, kept for the next file.
    mapping: Mapped[dict[str, Any] | None] = mapped_column(Json)
    consultation: Mapped[str | None] = mapped_column(CodePoints)
    consultation_until: Mapped[date | None]
    submitted_by: Mapped[str | None] = mapped_column(CodePoints)
    submitted_at: Mapped[str | None] = mapped_column(Moment)
    approved_by: Mapped[str | None] = mapped_column(CodePoints)
    approved_at: Mapped[str | None] = mapped_column(Moment)
    single_person: Mapped[bool] = mapped_column(default=False)
    # When an approved change set is to be published; at once where it is empty and somebody asks.
    publish_at: Mapped[str | None] = mapped_column(Moment)
    # The ordinal of the version that this one takes back.
    withdraws: Mapped[int | None]


class Change(Base):
    """One record that a change set adds, or the key of one that it withdraws."""

    __tablename__ = "change"
    __table_args__ = (
        UniqueConstraint("change_set", "family", "key", "action"),
        CheckConstraint("action IN ('add', 'withdraw')", name="action"),
        CheckConstraint("family IN ('state', 'designation', 'observation', 'event')", name="family"),
        CheckConstraint("(action = 'add') = (payload IS NOT NULL)", name="payload"),
    )

    change_set: Mapped[UUID] = mapped_column(
        ForeignKey("change_set.id", name="fk_change_change_set"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    action: Mapped[str] = mapped_column(CodePoints)
    family: Mapped[str] = mapped_column(CodePoints)
    key: Mapped[str] = mapped_column(CodePoints)
    payload: Mapped[bytes | None] = mapped_column(LargeBinary)
