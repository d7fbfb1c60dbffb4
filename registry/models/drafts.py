"""What a draft is worked on as: listed items and events by code, and what was found about them.

They are rows beside the change set; its `change` rows are made of them when it is submitted.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Double, ForeignKey, ForeignKeyConstraint, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import Base, CodePoints, Json, Moment, RowNumber


class DraftItem(Base):
    """An item as the draft lists it (`set`), or a code that it lets go (`remove`).

    `position` is the order of the file; a code may come twice until validation has said so.
    """

    __tablename__ = "draft_item"
    __table_args__ = (
        CheckConstraint("action IN ('set', 'remove')", name="action"),
        CheckConstraint("(action = 'set') = (payload IS NOT NULL)", name="payload"),
        Index("ix_draft_item_code", "change_set", "code"),
    )

    change_set: Mapped[UUID] = mapped_column(
        ForeignKey("change_set.id", name="fk_draft_item_change_set"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(CodePoints)
    action: Mapped[str] = mapped_column(CodePoints)
    # The row of the file, from 1; empty for what was entered by hand.
    source_row: Mapped[int | None]
    # Canonical JSON of a ListedItem (`referentials.listing`).
    payload: Mapped[bytes | None] = mapped_column(LargeBinary)


class DraftEvent(Base):
    """A change event of the draft: proposed from the comparison, or stated; the editor decides."""

    __tablename__ = "draft_event"
    __table_args__ = (
        CheckConstraint("status IN ('proposed', 'confirmed', 'rejected')", name="status"),
        CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence"),
    )

    change_set: Mapped[UUID] = mapped_column(
        ForeignKey("change_set.id", name="fk_draft_event_change_set"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    status: Mapped[str] = mapped_column(CodePoints)
    # How sure the proposal is (0..1), and why; empty for what a person stated.
    confidence: Mapped[float | None] = mapped_column(Double)
    reason: Mapped[str | None] = mapped_column(CodePoints)
    # Canonical JSON of a ListedChange.
    payload: Mapped[bytes] = mapped_column(LargeBinary)


class DraftCheck(Base):
    """What was looked at last, and how much was found: the file when it was read, the list by the rules.

    `revision` is the draft's then: findings of an earlier one may no longer be true.
    """

    __tablename__ = "draft_check"
    __table_args__ = (CheckConstraint("source IN ('reading', 'rules')", name="source"),)

    change_set: Mapped[UUID] = mapped_column(
        ForeignKey("change_set.id", name="fk_draft_check_change_set"), primary_key=True
    )
    source: Mapped[str] = mapped_column(CodePoints, primary_key=True)
    revision: Mapped[int]
    checked_at: Mapped[str] = mapped_column(Moment)
    # [[rule, severity, how many]], of all that was found; the findings kept may be fewer.
    counts: Mapped[list[list[Any]]] = mapped_column(Json)


class DraftFinding(Base):
    """What a check of a draft found, one after the other."""

    __tablename__ = "draft_finding"
    __table_args__ = (
        ForeignKeyConstraint(
            ["change_set", "source"],
            ["draft_check.change_set", "draft_check.source"],
            name="fk_draft_finding_draft_check",
            ondelete="CASCADE",
        ),
        CheckConstraint("severity IN ('error', 'warning')", name="severity"),
    )

    change_set: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(CodePoints, primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rule: Mapped[str] = mapped_column(CodePoints)
    severity: Mapped[str] = mapped_column(CodePoints)
    source_row: Mapped[int | None]
    code: Mapped[str] = mapped_column(CodePoints)
    field: Mapped[str] = mapped_column(CodePoints)
    value: Mapped[str] = mapped_column(CodePoints)
    message: Mapped[str] = mapped_column(CodePoints)


class DraftWord(Base):
    """The word that an editor gave for the warnings of one rule."""

    __tablename__ = "draft_word"
    __table_args__ = (CheckConstraint("word <> ''", name="word"),)

    change_set: Mapped[UUID] = mapped_column(
        ForeignKey("change_set.id", name="fk_draft_word_change_set"), primary_key=True
    )
    rule: Mapped[str] = mapped_column(CodePoints, primary_key=True)
    word: Mapped[str] = mapped_column(CodePoints)
    given_by: Mapped[str] = mapped_column(CodePoints)
    given_at: Mapped[str] = mapped_column(Moment)


class ReviewStep(Base):
    """A step on a change set's way (submitted, approved …), with the content that it was about."""

    __tablename__ = "review_step"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    change_set: Mapped[UUID] = mapped_column(
        ForeignKey("change_set.id", name="fk_review_step_change_set"), index=True
    )
    step: Mapped[str] = mapped_column(CodePoints)
    actor: Mapped[str] = mapped_column(CodePoints)
    at: Mapped[str] = mapped_column(Moment)
    note: Mapped[str | None] = mapped_column(CodePoints)
    content_root: Mapped[str | None] = mapped_column(CodePoints)


class ConsultedAdministration(Base):
    """An administration to which a draft is open."""

    __tablename__ = "consulted_administration"

    change_set: Mapped[UUID] = mapped_column(
        ForeignKey("change_set.id", name="fk_consulted_administration_change_set"), primary_key=True
    )
    administration: Mapped[str] = mapped_column(
        CodePoints,
        ForeignKey("administration.id", name="fk_consulted_administration_administration"),
        primary_key=True,
    )


class Comment(Base):
    """A remark on a change set, or an answer to one; it stays with the version that comes of it."""

    __tablename__ = "comment"
    __table_args__ = (CheckConstraint("body <> ''", name="body"),)

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    change_set: Mapped[UUID] = mapped_column(
        ForeignKey("change_set.id", name="fk_comment_change_set"), index=True
    )
    answers: Mapped[int | None] = mapped_column(ForeignKey("comment.id", name="fk_comment_answers"))
    # A person's id; empty where an open consultation was answered without an account.
    author: Mapped[str | None] = mapped_column(CodePoints)
    administration: Mapped[str | None] = mapped_column(CodePoints)
    code: Mapped[str | None] = mapped_column(CodePoints)
    body: Mapped[str] = mapped_column(CodePoints)
    at: Mapped[str] = mapped_column(Moment)


class ErrorReport(Base):
    """An error that somebody reports in a published item; accepted, it becomes a proposal."""

    __tablename__ = "error_report"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'accepted', 'declined')", name="status"),
        CheckConstraint("body <> ''", name="body"),
    )

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    referential: Mapped[str] = mapped_column(
        CodePoints, ForeignKey("referential.id", name="fk_error_report_referential"), index=True
    )
    version: Mapped[str] = mapped_column(CodePoints)
    code: Mapped[str] = mapped_column(CodePoints)
    body: Mapped[str] = mapped_column(CodePoints)
    # What the reporter thinks is right: fields of the item.
    suggestion: Mapped[dict[str, Any] | None] = mapped_column(Json)
    # A person's id; empty for somebody without an account.
    author: Mapped[str | None] = mapped_column(CodePoints)
    at: Mapped[str] = mapped_column(Moment)
    status: Mapped[str] = mapped_column(CodePoints)
    answer: Mapped[str | None] = mapped_column(CodePoints)
    answered_by: Mapped[str | None] = mapped_column(CodePoints)
    answered_at: Mapped[str | None] = mapped_column(Moment)
    change_set: Mapped[UUID | None] = mapped_column(
        ForeignKey("change_set.id", name="fk_error_report_change_set")
    )
