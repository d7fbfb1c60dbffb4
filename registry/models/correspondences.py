"""Correspondences between two versions, two referentials, or a referential and another code system (XKOS)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Double, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import Base, CodePoints, Json, Moment

RELATIONS = ("exact", "close", "broad", "narrow", "related")


class Correspondence(Base):
    """One publication of a map from a source to a target; written last, after its associations.

    `source` and `target` are ids of referentials, or names of code systems kept elsewhere ("iso-3166-2");
    their versions are labels.
    """

    __tablename__ = "correspondence"
    __table_args__ = (CheckConstraint("ordinal >= 1", name="ordinal"),)

    id: Mapped[str] = mapped_column(CodePoints, primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    source: Mapped[str] = mapped_column(CodePoints)
    source_version: Mapped[str | None] = mapped_column(CodePoints)
    target: Mapped[str] = mapped_column(CodePoints)
    target_version: Mapped[str | None] = mapped_column(CodePoints)
    basis: Mapped[str] = mapped_column(CodePoints)
    licence: Mapped[str] = mapped_column(CodePoints)
    attribution: Mapped[str] = mapped_column(CodePoints)
    notes: Mapped[dict[str, Any]] = mapped_column(Json)
    published_at: Mapped[str] = mapped_column(Moment)


class Association(Base):
    """One line of a correspondence: n sources to m targets, listed as its members."""

    __tablename__ = "association"
    __table_args__ = (
        ForeignKeyConstraint(
            ["correspondence", "ordinal"],
            ["correspondence.id", "correspondence.ordinal"],
            name="fk_association_correspondence",
            deferrable=True,
            initially="DEFERRED",
        ),
        CheckConstraint("relation IN ('exact', 'close', 'broad', 'narrow', 'related')", name="relation"),
    )

    correspondence: Mapped[str] = mapped_column(CodePoints, primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    relation: Mapped[str] = mapped_column(CodePoints)
    note: Mapped[str | None] = mapped_column(CodePoints)


class AssociationMember(Base):
    """A code on one side of an association; `item` where the code is one of a referential hosted here."""

    __tablename__ = "association_member"
    __table_args__ = (
        ForeignKeyConstraint(
            ["correspondence", "ordinal", "position"],
            ["association.correspondence", "association.ordinal", "association.position"],
            name="fk_association_member_association",
        ),
        CheckConstraint("side IN ('source', 'target')", name="side"),
        CheckConstraint("share BETWEEN 0 AND 1", name="share"),
    )

    correspondence: Mapped[str] = mapped_column(CodePoints, primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    side: Mapped[str] = mapped_column(CodePoints, primary_key=True)
    code: Mapped[str] = mapped_column(CodePoints, primary_key=True)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    item: Mapped[UUID | None]
    share: Mapped[float | None] = mapped_column(Double)
