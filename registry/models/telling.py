"""Who is told of publications, and what became of each telling."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import Base, CodePoints, Moment, RowNumber

_WAITING = text("status = 'waiting'")


class Subscription(Base):
    """Somebody to tell: a webhook's address or a mail address; of one referential, or of all."""

    __tablename__ = "subscription"
    __table_args__ = (CheckConstraint("channel IN ('webhook', 'mail')", name="channel"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person: Mapped[UUID] = mapped_column(ForeignKey("person.id", name="fk_subscription_person"), index=True)
    channel: Mapped[str] = mapped_column(CodePoints)
    address: Mapped[str] = mapped_column(CodePoints)
    # The webhook's signing secret (Standard Webhooks, "whsec_…"); it is shown once.
    secret: Mapped[str | None] = mapped_column(CodePoints)
    referential: Mapped[str | None] = mapped_column(
        CodePoints, ForeignKey("referential.id", name="fk_subscription_referential")
    )
    created_at: Mapped[str] = mapped_column(Moment)
    ended_at: Mapped[str | None] = mapped_column(Moment)


class Delivery(Base):
    """One entry of the outbox for one subscription; tried again until it is delivered or given up."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("outbox_entry", "subscription"),
        CheckConstraint("status IN ('waiting', 'delivered', 'failed')", name="status"),
        Index("ix_delivery_waiting", "next_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    outbox_entry: Mapped[int] = mapped_column(ForeignKey("outbox.id", name="fk_delivery_outbox_entry"))
    subscription: Mapped[UUID] = mapped_column(
        ForeignKey("subscription.id", name="fk_delivery_subscription"), index=True
    )
    status: Mapped[str] = mapped_column(CodePoints)
    tries: Mapped[int]
    next_at: Mapped[str] = mapped_column(Moment)
    # What the last try answered, for its owner.
    answer: Mapped[str | None] = mapped_column(CodePoints)
