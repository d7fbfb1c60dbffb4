"""Public bodies, in a tree."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import Base, CodePoints, Json


class Administration(Base):
    """A public body during `[valid_from, valid_to)`; NULL is an unknown start or an open end."""

    __tablename__ = "administration"
    __table_args__ = (
        CheckConstraint("parent <> id", name="parent"),
        CheckConstraint("valid_from < valid_to", name="validity"),
    )

    id: Mapped[str] = mapped_column(CodePoints, primary_key=True)
    parent: Mapped[str | None] = mapped_column(CodePoints, ForeignKey("administration.id"), index=True)
    category: Mapped[str] = mapped_column(CodePoints)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
