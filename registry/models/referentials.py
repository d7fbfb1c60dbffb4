"""Referentials and their versions."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import ID_PATTERN, LABEL_PATTERN, Base, CodePoints, Json, Moment

VERSION_STATUSES = ("scheduled", "published", "superseded", "withdrawn")
REVIEWS = ("four-eyes", "single-person", "seed")


class Referential(Base):
    """A register: one list that one body is responsible for (ISO 19135)."""

    __tablename__ = "referential"
    __table_args__ = (CheckConstraint(ID_PATTERN, name="id"),)

    id: Mapped[str] = mapped_column(CodePoints, primary_key=True)
    kind: Mapped[str] = mapped_column(CodePoints)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    description: Mapped[dict[str, str]] = mapped_column(Json)
    owner: Mapped[str] = mapped_column(CodePoints)
    licence: Mapped[str] = mapped_column(CodePoints)
    attribution: Mapped[str] = mapped_column(CodePoints)
    periodicity: Mapped[str] = mapped_column(CodePoints)
    # [{"id": …, "names": {language: text}}], from the widest level to the narrowest.
    levels: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    languages: Mapped[list[str]] = mapped_column(Json)
    stage: Mapped[str] = mapped_column(CodePoints)
    records_from: Mapped[date | None]
    records_basis: Mapped[str | None] = mapped_column(CodePoints)


class Version(Base):
    """One publication of a referential: the transaction-time axis (D2). Only its status ever changes."""

    __tablename__ = "version"
    __table_args__ = (
        UniqueConstraint("referential", "label"),
        ForeignKeyConstraint(
            ["referential", "base_ordinal"],
            ["version.referential", "version.ordinal"],
            name="fk_version_base",
        ),
        CheckConstraint("status IN ('scheduled', 'published', 'superseded', 'withdrawn')", name="status"),
        CheckConstraint(LABEL_PATTERN, name="label"),
        CheckConstraint("ordinal >= 1", name="ordinal"),
        CheckConstraint("base_ordinal < ordinal", name="base"),
        CheckConstraint("review IN ('four-eyes', 'single-person', 'seed')", name="review"),
    )

    referential: Mapped[str] = mapped_column(CodePoints, ForeignKey("referential.id"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    label: Mapped[str] = mapped_column(CodePoints)
    effective_on: Mapped[date]
    status: Mapped[str] = mapped_column(CodePoints)
    content_root: Mapped[str] = mapped_column(CodePoints)
    base_ordinal: Mapped[int | None]
    published_at: Mapped[str] = mapped_column(Moment)
    basis: Mapped[str] = mapped_column(CodePoints)
    notes: Mapped[dict[str, str]] = mapped_column(Json)
    counts: Mapped[dict[str, Any]] = mapped_column(Json)
    # Where the facts come from: [{"title": …, "licence": …, "version": …, "url": …, "sha256": …}].
    provenance: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    change_set: Mapped[UUID | None] = mapped_column(ForeignKey("change_set.id", name="fk_version_change_set"))
    change_class: Mapped[str | None] = mapped_column(CodePoints)
    legal_basis: Mapped[str | None] = mapped_column(CodePoints)
    # Who stood behind it: two people, one (by configuration, marked for ever), or the seeds.
    review: Mapped[str] = mapped_column(CodePoints, default="seed")
    # The hash of the approval record, as the log's leaf has it.
    approval: Mapped[str | None] = mapped_column(CodePoints)
