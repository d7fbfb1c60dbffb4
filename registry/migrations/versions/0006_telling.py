"""Data sets with their bound columns, and who is told of publications."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from registry.migrations.spelling import JSON, MOMENT, ROW_NUMBER, TEXT, may, must, partial_index

revision = "0006"
down_revision: str | None = "0005"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Create the tables."""
    _data_sets()
    _telling()


def _data_sets() -> None:
    op.create_table(
        "data_set",
        must("id", sa.Uuid),
        must("administration", TEXT),
        must("name", TEXT),
        must("titles", JSON),
        may("source", TEXT),
        may("periodicity", TEXT),
        may("collection", TEXT),
        must("changed_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_data_set"),
        sa.UniqueConstraint("administration", "name", name="uq_data_set_administration_name"),
        sa.ForeignKeyConstraint(["administration"], ["administration.id"], name="fk_data_set_administration"),
    )
    op.create_table(
        "column_binding",
        must("data_set", sa.Uuid),
        must("column", TEXT),
        must("referential", TEXT),
        may("level", TEXT),
        may("version", TEXT),
        sa.PrimaryKeyConstraint("data_set", "column", name="pk_column_binding"),
        sa.ForeignKeyConstraint(["data_set"], ["data_set.id"], name="fk_column_binding_data_set"),
        sa.ForeignKeyConstraint(["referential"], ["referential.id"], name="fk_column_binding_referential"),
    )
    op.create_index("ix_column_binding_referential", "column_binding", ["referential"])


def _telling() -> None:
    op.create_table(
        "subscription",
        must("id", sa.Uuid),
        must("person", sa.Uuid),
        must("channel", TEXT),
        must("address", TEXT),
        may("secret", TEXT),
        may("referential", TEXT),
        must("created_at", MOMENT),
        may("ended_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_subscription"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_subscription_person"),
        sa.ForeignKeyConstraint(["referential"], ["referential.id"], name="fk_subscription_referential"),
        sa.CheckConstraint("channel IN ('webhook', 'mail')", name="ck_subscription_channel"),
    )
    op.create_index("ix_subscription_person", "subscription", ["person"])
    op.create_table(
        "delivery",
        must("id", ROW_NUMBER, autoincrement=True),
        must("outbox_entry", ROW_NUMBER),
        must("subscription", sa.Uuid),
        must("status", TEXT),
        must("tries", sa.Integer),
        must("next_at", MOMENT),
        may("answer", TEXT),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("outbox_entry", "subscription", name="uq_delivery_outbox_entry_subscription"),
        sa.ForeignKeyConstraint(["outbox_entry"], ["outbox.id"], name="fk_delivery_outbox_entry"),
        sa.ForeignKeyConstraint(["subscription"], ["subscription.id"], name="fk_delivery_subscription"),
        sa.CheckConstraint("status IN ('waiting', 'delivered', 'failed')", name="ck_delivery_status"),
    )
    op.create_index("ix_delivery_subscription", "delivery", ["subscription"])
    partial_index("ix_delivery_waiting", "delivery", ["next_at"], sa.text("status = 'waiting'"), unique=False)
