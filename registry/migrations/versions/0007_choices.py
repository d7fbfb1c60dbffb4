"""What administrations settled for texts; and, on PostgreSQL, the jobs (SQLite has a file for them)."""

from __future__ import annotations

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
    on_postgresql,
)

revision = "0007"
down_revision: str | None = "0006"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Create the tables."""
    _choices()
    if on_postgresql():
        _jobs()


def _choices() -> None:
    op.create_table(
        "choice",
        must("id", ROW_NUMBER, autoincrement=True),
        must("administration", TEXT),
        must("referential", TEXT),
        must("data_set", TEXT),
        must("text", TEXT),
        must("folded", TEXT),
        may("within", TEXT),
        must("within_folded", TEXT),
        must("number", sa.Integer),
        must("status", TEXT),
        may("code", TEXT),
        must("chosen_by", TEXT),
        must("chosen_at", MOMENT),
        may("source", TEXT),
        sa.PrimaryKeyConstraint("id", name="pk_choice"),
        sa.UniqueConstraint(
            "administration",
            "referential",
            "data_set",
            "folded",
            "within_folded",
            "number",
            name="uq_choice_number",
        ),
        sa.ForeignKeyConstraint(["administration"], ["administration.id"], name="fk_choice_administration"),
        sa.ForeignKeyConstraint(["referential"], ["referential.id"], name="fk_choice_referential"),
        sa.CheckConstraint("status IN ('settled', 'withdrawn')", name="ck_choice_status"),
        sa.CheckConstraint("number >= 1", name="ck_choice_number"),
    )
    append_only("choice")


def _jobs() -> None:
    op.create_table(
        "job",
        must("id", sa.Uuid),
        must("kind", TEXT),
        must("owner", TEXT),
        may("administration", TEXT),
        must("name", TEXT),
        must("state", TEXT),
        must("asked", JSON),
        must("revision", sa.Integer),
        must("attempt", sa.Integer),
        may("worker", TEXT),
        may("lease_until", sa.Float(53)),
        may("heartbeat", sa.Float(53)),
        may("phase", TEXT),
        must("done", sa.BigInteger),
        may("total", sa.BigInteger),
        may("error", JSON),
        must("created", sa.Float(53)),
        may("queued", sa.Float(53)),
        may("started", sa.Float(53)),
        may("finished", sa.Float(53)),
        must("expires", sa.Float(53)),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        sa.CheckConstraint(
            "state IN ('uploading', 'uploaded', 'queued', 'running', 'done', 'failed', 'cancelled')",
            name="ck_job_state",
        ),
        sa.CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="ck_job_lease"),
    )
    op.create_index("ix_job_owner", "job", ["owner", "created"])
    op.create_index("ix_job_state", "job", ["state", "queued"])
