"""Change events, and their links to the items before and after (D3)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Double, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import Base, CodePoints

_CURRENT = text("withdrawn_in IS NULL")


class ChangeEvent(Base):
    """What happened to n source states, giving m target states.

    A later version may withdraw an event and state it anew under the same id.
    """

    __tablename__ = "change_event"
    __table_args__ = (
        CheckConstraint("withdrawn_in > introduced_in", name="withdrawn"),
        CheckConstraint("earliest_on <= latest_on", name="dates"),
        Index(
            "uq_change_event_current",
            "referential",
            "id",
            unique=True,
            sqlite_where=_CURRENT,
            postgresql_where=_CURRENT,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    introduced_in: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    referential: Mapped[str] = mapped_column(CodePoints, ForeignKey("referential.id"))
    type: Mapped[str] = mapped_column(CodePoints)
    effective_on: Mapped[date]
    earliest_on: Mapped[date | None]
    latest_on: Mapped[date | None]
    basis: Mapped[str] = mapped_column(CodePoints)
    note: Mapped[str | None] = mapped_column(CodePoints)
    withdrawn_in: Mapped[int | None]


class ChangeLink(Base):
    """One end of a change event; known for as long as its event is."""

    __tablename__ = "change_link"
    __table_args__ = (
        ForeignKeyConstraint(
            ["event", "introduced_in"],
            ["change_event.id", "change_event.introduced_in"],
            name="fk_change_link_event",
        ),
        ForeignKeyConstraint(
            ["item", "referential"], ["item.id", "item.referential"], name="fk_change_link_item"
        ),
        CheckConstraint("role IN ('source', 'target')", name="role"),
        CheckConstraint("share BETWEEN 0 AND 1", name="share"),
    )

    event: Mapped[UUID] = mapped_column(primary_key=True)
    introduced_in: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    referential: Mapped[str] = mapped_column(CodePoints)
    role: Mapped[str] = mapped_column(CodePoints)
    item: Mapped[UUID]
    code: Mapped[str] = mapped_column(CodePoints)
    level: Mapped[str] = mapped_column(CodePoints)
    share: Mapped[float | None] = mapped_column(Double)
    share_basis: Mapped[str | None] = mapped_column(CodePoints)
