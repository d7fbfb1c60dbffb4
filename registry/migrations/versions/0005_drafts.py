"""Working rows of drafts, and their review."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from registry.migrations.spelling import (
    JSON,
    MOMENT,
    ROW_NUMBER,
    TEXT,
    append_only,
    may,
    must,
    only_while_editable,
)

revision = "0005"
down_revision: str | None = "0004"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Create the tables; drafts are closed when they are submitted, comments and steps only ever added."""
    _working_rows()
    _review()
    for table in ("draft_item", "draft_event"):
        only_while_editable(table)
    for table in ("review_step", "comment"):
        append_only(table)


def _of_change_set(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["change_set"], ["change_set.id"], name=f"fk_{table}_change_set")


def _keyed(table: str, *key: str) -> list[Any]:
    return [sa.PrimaryKeyConstraint("change_set", *key, name=f"pk_{table}"), _of_change_set(table)]


def _working_rows() -> None:
    op.create_table(
        "draft_item",
        must("change_set", sa.Uuid),
        must("position", sa.Integer),
        must("code", TEXT),
        must("action", TEXT),
        may("source_row", sa.Integer),
        may("payload", sa.LargeBinary),
        *_keyed("draft_item", "position"),
        sa.CheckConstraint("action IN ('set', 'remove')", name="ck_draft_item_action"),
        sa.CheckConstraint("(action = 'set') = (payload IS NOT NULL)", name="ck_draft_item_payload"),
    )
    op.create_index("ix_draft_item_code", "draft_item", ["change_set", "code"])
    op.create_table(
        "draft_event",
        must("change_set", sa.Uuid),
        must("position", sa.Integer),
        must("status", TEXT),
        may("confidence", sa.Double),
        may("reason", TEXT),
        must("payload", sa.LargeBinary),
        *_keyed("draft_event", "position"),
        sa.CheckConstraint("status IN ('proposed', 'confirmed', 'rejected')", name="ck_draft_event_status"),
        sa.CheckConstraint("confidence BETWEEN 0 AND 1", name="ck_draft_event_confidence"),
    )
    op.create_table(
        "draft_check",
        must("change_set", sa.Uuid),
        must("source", TEXT),
        must("revision", sa.Integer),
        must("checked_at", MOMENT),
        must("counts", JSON),
        *_keyed("draft_check", "source"),
        sa.CheckConstraint("source IN ('reading', 'rules')", name="ck_draft_check_source"),
    )
    op.create_table(
        "draft_finding",
        must("change_set", sa.Uuid),
        must("source", TEXT),
        must("position", sa.Integer),
        must("rule", TEXT),
        must("severity", TEXT),
        may("source_row", sa.Integer),
        must("code", TEXT),
        must("field", TEXT),
        must("value", TEXT),
        must("message", TEXT),
        sa.PrimaryKeyConstraint("change_set", "source", "position", name="pk_draft_finding"),
        sa.ForeignKeyConstraint(
            ["change_set", "source"],
            ["draft_check.change_set", "draft_check.source"],
            name="fk_draft_finding_draft_check",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("severity IN ('error', 'warning')", name="ck_draft_finding_severity"),
    )
    op.create_table(
        "draft_word",
        must("change_set", sa.Uuid),
        must("rule", TEXT),
        must("word", TEXT),
        must("given_by", TEXT),
        must("given_at", MOMENT),
        *_keyed("draft_word", "rule"),
        sa.CheckConstraint("word <> ''", name="ck_draft_word_word"),
    )


def _review() -> None:
    op.create_table(
        "review_step",
        must("id", ROW_NUMBER, autoincrement=True),
        must("change_set", sa.Uuid),
        must("step", TEXT),
        must("actor", TEXT),
        must("at", MOMENT),
        may("note", TEXT),
        may("content_root", TEXT),
        sa.PrimaryKeyConstraint("id", name="pk_review_step"),
        _of_change_set("review_step"),
    )
    op.create_index("ix_review_step_change_set", "review_step", ["change_set"])
    op.create_table(
        "consulted_administration",
        must("change_set", sa.Uuid),
        must("administration", TEXT),
        *_keyed("consulted_administration", "administration"),
        sa.ForeignKeyConstraint(
            ["administration"], ["administration.id"], name="fk_consulted_administration_administration"
        ),
    )
    op.create_table(
        "comment",
        must("id", ROW_NUMBER, autoincrement=True),
        must("change_set", sa.Uuid),
        may("answers", ROW_NUMBER),
        may("author", TEXT),
        may("administration", TEXT),
        may("code", TEXT),
        must("body", TEXT),
        must("at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_comment"),
        _of_change_set("comment"),
        sa.ForeignKeyConstraint(["answers"], ["comment.id"], name="fk_comment_answers"),
        sa.CheckConstraint("body <> ''", name="ck_comment_body"),
    )
    op.create_index("ix_comment_change_set", "comment", ["change_set"])
    op.create_table(
        "error_report",
        must("id", ROW_NUMBER, autoincrement=True),
        must("referential", TEXT),
        must("version", TEXT),
        must("code", TEXT),
        must("body", TEXT),
        may("suggestion", JSON),
        may("author", TEXT),
        must("at", MOMENT),
        must("status", TEXT),
        may("answer", TEXT),
        may("answered_by", TEXT),
        may("answered_at", MOMENT),
        may("change_set", sa.Uuid),
        sa.PrimaryKeyConstraint("id", name="pk_error_report"),
        sa.ForeignKeyConstraint(["referential"], ["referential.id"], name="fk_error_report_referential"),
        _of_change_set("error_report"),
        sa.CheckConstraint("status IN ('open', 'accepted', 'declined')", name="ck_error_report_status"),
        sa.CheckConstraint("body <> ''", name="ck_error_report_body"),
    )
    op.create_index("ix_error_report_referential", "error_report", ["referential"])
