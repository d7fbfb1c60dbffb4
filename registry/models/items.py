"""Items and what versions know about them: states, designations, observations (D3, D4).

A row is known to the versions from `introduced_in` up to, not including, `withdrawn_in`. Triggers, made by
the migrations, let a row come with the version that is being published only, and later gain its withdrawal
only. They check what a million foreign keys would check too slowly on PostgreSQL: parents, and that an item's
referential exists.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from shapely.geometry.base import BaseGeometry
from sqlalchemy import CheckConstraint, Double, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.database import Shape
from registry.models.base import Base, CodePoints, Json, RowNumber

_CURRENT = text("withdrawn_in IS NULL")
_CURRENT_OPEN = text("withdrawn_in IS NULL AND valid_to IS NULL")
_CURRENT_CLOSED = text("withdrawn_in IS NULL AND valid_to IS NOT NULL")
_CURRENT_SINCE = text("withdrawn_in IS NULL AND valid_from IS NOT NULL")
_CURRENT_UNKNOWN_START = text("withdrawn_in IS NULL AND valid_from IS NULL")


class Item(Base):
    """An identity that outlives its states (ISO 19135 register item); never changed, never reused."""

    __tablename__ = "item"
    __table_args__ = ({"sqlite_with_rowid": False},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    # In the key so that what refers to an item is bound to the item's own referential.
    referential: Mapped[str] = mapped_column(CodePoints, primary_key=True)
    introduced_in: Mapped[int]


class ItemState(Base):
    """What an item was during `[valid_from, valid_to)`; NULL is an unknown start or an open end.

    The unique index on open states gives a code one owner; `overlaps` in publishing looks at the rest.
    """

    __tablename__ = "item_state"
    __table_args__ = (
        ForeignKeyConstraint(
            ["item", "referential"], ["item.id", "item.referential"], name="fk_item_state_item"
        ),
        CheckConstraint("withdrawn_in > introduced_in", name="withdrawn"),
        CheckConstraint("valid_from < valid_to", name="validity"),
        CheckConstraint("code <> ''", name="code"),
        Index(
            "uq_item_state_open_code",
            "referential",
            "code",
            unique=True,
            sqlite_where=_CURRENT_OPEN,
            postgresql_where=_CURRENT_OPEN,
        ),
        Index(
            "ix_item_state_closed_code",
            "referential",
            "code",
            sqlite_where=_CURRENT_CLOSED,
            postgresql_where=_CURRENT_CLOSED,
        ),
        # One state of an item from a given day; two indexes because NULLs never equal each other.
        Index(
            "uq_item_state_since",
            "item",
            "valid_from",
            unique=True,
            sqlite_where=_CURRENT_SINCE,
            postgresql_where=_CURRENT_SINCE,
        ),
        Index(
            "uq_item_state_unknown_start",
            "item",
            unique=True,
            sqlite_where=_CURRENT_UNKNOWN_START,
            postgresql_where=_CURRENT_UNKNOWN_START,
        ),
        Index("ix_item_state_introduced", "referential", "introduced_in"),
        Index("ix_item_state_shape", "shape", postgresql_using="gist").ddl_if(dialect="postgresql"),
    )

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    item: Mapped[UUID]
    referential: Mapped[str] = mapped_column(CodePoints)
    code: Mapped[str] = mapped_column(CodePoints)
    level: Mapped[str] = mapped_column(CodePoints)
    # An item of the same referential; checked for all of a version's states at once, when its row is written.
    parent: Mapped[UUID | None]
    names: Mapped[dict[str, str]] = mapped_column(Json)
    attributes: Mapped[dict[str, Any]] = mapped_column(Json)
    shape: Mapped[BaseGeometry | None] = mapped_column(Shape)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    introduced_in: Mapped[int]
    withdrawn_in: Mapped[int | None]


class Designation(Base):
    """A text, other than a preferred name, that leads to an item."""

    __tablename__ = "designation"
    __table_args__ = (
        ForeignKeyConstraint(
            ["item", "referential"], ["item.id", "item.referential"], name="fk_designation_item"
        ),
        CheckConstraint("withdrawn_in > introduced_in", name="withdrawn"),
        CheckConstraint("use IN ('alternative', 'hidden', 'entry', 'exclusion')", name="use"),
        Index("ix_designation_item", "referential", "item"),
    )

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    item: Mapped[UUID]
    referential: Mapped[str] = mapped_column(CodePoints)
    text: Mapped[str] = mapped_column(CodePoints)
    language: Mapped[str | None] = mapped_column(CodePoints)
    script: Mapped[str] = mapped_column(CodePoints)
    use: Mapped[str] = mapped_column(CodePoints)
    source: Mapped[str] = mapped_column(CodePoints)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    introduced_in: Mapped[int]
    withdrawn_in: Mapped[int | None]


class Observation(Base):
    """A figure about an item that holds on a day (population …): dated, not part of a state."""

    __tablename__ = "observation"
    __table_args__ = (
        ForeignKeyConstraint(
            ["item", "referential"], ["item.id", "item.referential"], name="fk_observation_item"
        ),
        CheckConstraint("withdrawn_in > introduced_in", name="withdrawn"),
        Index(
            "uq_observation_measured",
            "referential",
            "item",
            "measure",
            "observed_on",
            unique=True,
            sqlite_where=_CURRENT,
            postgresql_where=_CURRENT,
        ),
    )

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    item: Mapped[UUID]
    referential: Mapped[str] = mapped_column(CodePoints)
    measure: Mapped[str] = mapped_column(CodePoints)
    observed_on: Mapped[date]
    value: Mapped[float] = mapped_column(Double)
    unit: Mapped[str] = mapped_column(CodePoints)
    source: Mapped[str] = mapped_column(CodePoints)
    introduced_in: Mapped[int]
    withdrawn_in: Mapped[int | None]
