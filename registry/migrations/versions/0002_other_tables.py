"""Correspondences, administrations, the outbox and the log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from registry.migrations.spelling import JSON, MOMENT, ROW_NUMBER, TEXT, may, must, partial_index

revision = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Create the tables; their guards come with the next revision."""
    _correspondences()
    _administrations()
    _outbox_and_log()


def _correspondences() -> None:
    op.create_table(
        "correspondence",
        must("id", TEXT),
        must("ordinal", sa.Integer),
        must("names", JSON),
        must("source", TEXT),
        may("source_version", TEXT),
        must("target", TEXT),
        may("target_version", TEXT),
        must("basis", TEXT),
        must("licence", TEXT),
        must("attribution", TEXT),
        must("notes", JSON),
        must("published_at", MOMENT),
        sa.PrimaryKeyConstraint("id", "ordinal", name="pk_correspondence"),
        sa.CheckConstraint("ordinal >= 1", name="ck_correspondence_ordinal"),
    )
    op.create_table(
        "association",
        must("correspondence", TEXT),
        must("ordinal", sa.Integer),
        must("position", sa.Integer),
        must("relation", TEXT),
        may("note", TEXT),
        sa.PrimaryKeyConstraint("correspondence", "ordinal", "position", name="pk_association"),
        sa.ForeignKeyConstraint(
            ["correspondence", "ordinal"],
            ["correspondence.id", "correspondence.ordinal"],
            name="fk_association_correspondence",
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.CheckConstraint(
            "relation IN ('exact', 'close', 'broad', 'narrow', 'related')", name="ck_association_relation"
        ),
    )
    member = ["correspondence", "ordinal", "position"]
    op.create_table(
        "association_member",
        *(must(name, kind) for name, kind in zip(member, (TEXT, sa.Integer, sa.Integer), strict=True)),
        must("side", TEXT),
        must("code", TEXT),
        must("names", JSON),
        may("item", sa.Uuid),
        may("share", sa.Double),
        sa.PrimaryKeyConstraint(*member, "side", "code", name="pk_association_member"),
        sa.ForeignKeyConstraint(
            member, [f"association.{name}" for name in member], name="fk_association_member_association"
        ),
        sa.CheckConstraint("side IN ('source', 'target')", name="ck_association_member_side"),
        sa.CheckConstraint("share BETWEEN 0 AND 1", name="ck_association_member_share"),
    )


def _administrations() -> None:
    op.create_table(
        "administration",
        must("id", TEXT),
        may("parent", TEXT),
        must("category", TEXT),
        must("names", JSON),
        may("valid_from", sa.Date),
        may("valid_to", sa.Date),
        sa.PrimaryKeyConstraint("id", name="pk_administration"),
        sa.ForeignKeyConstraint(["parent"], ["administration.id"], name="fk_administration_parent"),
        sa.CheckConstraint("parent <> id", name="ck_administration_parent"),
        sa.CheckConstraint("valid_from < valid_to", name="ck_administration_validity"),
    )
    op.create_index("ix_administration_parent", "administration", ["parent"])


def _outbox_and_log() -> None:
    op.create_table(
        "outbox",
        must("id", ROW_NUMBER, autoincrement=True),
        must("kind", TEXT),
        must("payload", JSON),
        must("created_at", MOMENT),
        may("done_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    partial_index("ix_outbox_undone", "outbox", ["id"], sa.text("done_at IS NULL"), unique=False)
    op.create_table(
        "log_leaf",
        must("position", sa.Integer),
        must("leaf", sa.LargeBinary),
        must("leaf_hash", sa.LargeBinary),
        sa.PrimaryKeyConstraint("position", name="pk_log_leaf"),
        sa.UniqueConstraint("leaf_hash", name="uq_log_leaf_leaf_hash"),
    )
