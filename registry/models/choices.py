"""What administrations settled for texts that they have in their files."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import Base, CodePoints, Moment, RowNumber


class Choice(Base):
    """What a text means to an administration; rows are only added, and the one with the highest number holds.

    `folded` and `within_folded` are what texts are compared by (`matching.text.fold`); "" is no parent, and a
    `data_set` of "" is all of them. A code that is empty says: not in the referential.
    """

    __tablename__ = "choice"
    __table_args__ = (
        UniqueConstraint(
            "administration",
            "referential",
            "data_set",
            "folded",
            "within_folded",
            "number",
            # The convention's name is longer than what PostgreSQL keeps.
            name="uq_choice_number",
        ),
        CheckConstraint("status IN ('settled', 'withdrawn')", name="status"),
        CheckConstraint("number >= 1", name="number"),
    )

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    administration: Mapped[str] = mapped_column(
        CodePoints, ForeignKey("administration.id", name="fk_choice_administration")
    )
    referential: Mapped[str] = mapped_column(
        CodePoints, ForeignKey("referential.id", name="fk_choice_referential")
    )
    data_set: Mapped[str] = mapped_column(CodePoints)
    text: Mapped[str] = mapped_column(CodePoints)
    folded: Mapped[str] = mapped_column(CodePoints)
    within: Mapped[str | None] = mapped_column(CodePoints)
    within_folded: Mapped[str] = mapped_column(CodePoints)
    # 1, 2 … of the same text: a later one supersedes.
    number: Mapped[int]
    status: Mapped[str] = mapped_column(CodePoints)
    code: Mapped[str | None] = mapped_column(CodePoints)
    # A person's id; or what acted by itself, as "marjaa choices import".
    chosen_by: Mapped[str] = mapped_column(CodePoints)
    chosen_at: Mapped[str] = mapped_column(Moment)
    # The name of the file that it was settled for.
    source: Mapped[str | None] = mapped_column(CodePoints)
