"""The outbox: what a transaction promises to do once it is committed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import Base, CodePoints, Json, Moment, RowNumber

_UNDONE = text("done_at IS NULL")


class OutboxEntry(Base):
    """One thing to do after the commit, as swapping a snapshot in; `done_at` is NULL until it is done."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_undone", "id", sqlite_where=_UNDONE, postgresql_where=_UNDONE),)

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    kind: Mapped[str] = mapped_column(CodePoints)
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[str] = mapped_column(Moment)
    done_at: Mapped[str | None] = mapped_column(Moment)
