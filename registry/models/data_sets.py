"""The inventory of public data, as small as adoption needs it: data sets and their bound columns."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import Base, CodePoints, Json, Moment


class DataSet(Base):
    """A data set that an administration keeps."""

    __tablename__ = "data_set"
    __table_args__ = (UniqueConstraint("administration", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    administration: Mapped[str] = mapped_column(
        CodePoints, ForeignKey("administration.id", name="fk_data_set_administration")
    )
    # What its administration calls it by, for ever; the titles may change.
    name: Mapped[str] = mapped_column(CodePoints)
    titles: Mapped[dict[str, str]] = mapped_column(Json)
    source: Mapped[str | None] = mapped_column(CodePoints)
    periodicity: Mapped[str | None] = mapped_column(CodePoints)
    collection: Mapped[str | None] = mapped_column(CodePoints)
    changed_at: Mapped[str] = mapped_column(Moment)


class ColumnBinding(Base):
    """A column of a data set whose values are codes of a referential, of a version where that is known."""

    __tablename__ = "column_binding"

    data_set: Mapped[UUID] = mapped_column(
        ForeignKey("data_set.id", name="fk_column_binding_data_set"), primary_key=True
    )
    column: Mapped[str] = mapped_column(CodePoints, primary_key=True)
    referential: Mapped[str] = mapped_column(
        CodePoints, ForeignKey("referential.id", name="fk_column_binding_referential"), index=True
    )
    level: Mapped[str | None] = mapped_column(CodePoints)
    version: Mapped[str | None] = mapped_column(CodePoints)
