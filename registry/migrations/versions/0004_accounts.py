"""People, roles, tokens and the audit trail."""

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
    partial_index,
)

revision = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Create the tables; the audit trail only ever grows."""
    op.create_table(
        "person",
        must("id", sa.Uuid),
        must("email", TEXT),
        must("name", TEXT),
        may("administration", TEXT),
        may("password", TEXT),
        may("subject", TEXT),
        must("created_at", MOMENT),
        may("disabled_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("email", name="uq_person_email"),
        sa.UniqueConstraint("subject", name="uq_person_subject"),
        sa.ForeignKeyConstraint(["administration"], ["administration.id"], name="fk_person_administration"),
        sa.CheckConstraint("email = lower(email) AND email LIKE '%_@_%'", name="ck_person_email"),
        sa.CheckConstraint("name <> ''", name="ck_person_name"),
    )
    op.create_table(
        "role_grant",
        must("id", ROW_NUMBER, autoincrement=True),
        must("person", sa.Uuid),
        must("role", TEXT),
        may("referential", TEXT),
        must("granted_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_role_grant"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_role_grant_person"),
        sa.ForeignKeyConstraint(["referential"], ["referential.id"], name="fk_role_grant_referential"),
        sa.CheckConstraint(
            "role IN ('administrator', 'editor', 'approver', 'administration_officer', 'data_manager')",
            name="ck_role_grant_role",
        ),
        sa.CheckConstraint(
            "referential IS NULL OR role IN ('editor', 'approver')", name="ck_role_grant_referential"
        ),
    )
    op.create_index("uq_role_grant_of", "role_grant", ["person", "role", "referential"], unique=True)
    nowhere = sa.text("referential IS NULL")
    partial_index("uq_role_grant_everywhere", "role_grant", ["person", "role"], nowhere, unique=True)
    op.create_table(
        "token",
        must("id", sa.Uuid),
        must("person", sa.Uuid),
        must("label", TEXT),
        must("secret", sa.LargeBinary),
        must("scopes", JSON),
        must("created_at", MOMENT),
        must("expires_at", MOMENT),
        may("revoked_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_token"),
        sa.UniqueConstraint("secret", name="uq_token_secret"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_token_person"),
    )
    op.create_index("ix_token_person", "token", ["person"])
    op.create_table(
        "audit_entry",
        must("id", ROW_NUMBER, autoincrement=True),
        must("at", MOMENT),
        must("actor", TEXT),
        must("action", TEXT),
        must("subject_kind", TEXT),
        must("subject", TEXT),
        may("before", JSON),
        may("after", JSON),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entry"),
    )
    op.create_index("ix_audit_entry_subject", "audit_entry", ["subject_kind", "subject"])
    append_only("audit_entry")
