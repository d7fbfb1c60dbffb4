"""Referentials, versions, what versions know, and change sets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

from registry.migrations.spelling import (
    JSON,
    MOMENT,
    ROW_NUMBER,
    TEXT,
    known,
    may,
    must,
    of_item,
    on_postgresql,
    partial_index,
)

revision = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None

# Lower case letters, digits and single hyphens between them; spelt with what both databases have.
ID = (
    "length(id) BETWEEN 1 AND 50 AND ltrim(id, 'abcdefghijklmnopqrstuvwxyz0123456789-') = ''"
    " AND ltrim(id, '-') = id AND rtrim(id, '-') = id AND replace(id, '--', '') = id"
)
# Letters, digits, '.', '_' and '-', a letter or digit first.
LABEL = (
    "length(label) BETWEEN 1 AND 40 AND ltrim(label, '._-') = label"
    " AND ltrim(label, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-') = ''"
)
CURRENT = sa.text("withdrawn_in IS NULL")
CURRENT_OPEN = sa.text("withdrawn_in IS NULL AND valid_to IS NULL")
CURRENT_CLOSED = sa.text("withdrawn_in IS NULL AND valid_to IS NOT NULL")
CURRENT_SINCE = sa.text("withdrawn_in IS NULL AND valid_from IS NOT NULL")
CURRENT_UNKNOWN_START = sa.text("withdrawn_in IS NULL AND valid_from IS NULL")


def upgrade() -> None:
    """Create the tables; their guards come with a later revision."""
    if on_postgresql():
        op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    _referentials()
    _items()
    _events()
    _changes()


def _referentials() -> None:
    op.create_table(
        "referential",
        must("id", TEXT),
        must("kind", TEXT),
        must("names", JSON),
        must("description", JSON),
        must("owner", TEXT),
        must("licence", TEXT),
        must("attribution", TEXT),
        must("periodicity", TEXT),
        must("levels", JSON),
        must("languages", JSON),
        must("stage", TEXT),
        may("records_from", sa.Date),
        may("records_basis", TEXT),
        sa.PrimaryKeyConstraint("id", name="pk_referential"),
        sa.CheckConstraint(ID, name="ck_referential_id"),
    )
    op.create_table(
        "change_set",
        must("id", sa.Uuid),
        must("referential", TEXT),
        may("base_ordinal", sa.Integer),
        must("label", TEXT),
        must("effective_on", sa.Date),
        must("basis", TEXT),
        must("notes", JSON),
        must("provenance", JSON),
        must("status", TEXT),
        may("content_root", TEXT),
        may("author", TEXT),
        must("created_at", MOMENT),
        must("changed_at", MOMENT),
        must("revision", sa.Integer),
        must("mode", TEXT),
        may("change_class", TEXT),
        may("legal_basis", TEXT),
        may("notice_reason", TEXT),
        may("mapping", JSON),
        may("consultation", TEXT),
        may("consultation_until", sa.Date),
        may("submitted_by", TEXT),
        may("submitted_at", MOMENT),
        may("approved_by", TEXT),
        may("approved_at", MOMENT),
        must("single_person", sa.Boolean),
        may("publish_at", MOMENT),
        may("withdraws", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_change_set"),
        sa.ForeignKeyConstraint(["referential"], ["referential.id"], name="fk_change_set_referential"),
        sa.CheckConstraint(
            "status IN ('draft', 'submitted', 'changes_requested', 'approved', 'published', 'withdrawn')",
            name="ck_change_set_status",
        ),
        sa.CheckConstraint(LABEL, name="ck_change_set_label"),
        sa.CheckConstraint("mode IN ('full', 'changes')", name="ck_change_set_mode"),
        sa.CheckConstraint(
            "change_class IN ('editorial', 'additive', 'breaking')", name="ck_change_set_change_class"
        ),
        sa.CheckConstraint(
            "consultation IN ('administrations', 'everyone')", name="ck_change_set_consultation"
        ),
        sa.CheckConstraint("approved_by <> submitted_by OR single_person", name="ck_change_set_four_eyes"),
    )
    op.create_index("ix_change_set_referential", "change_set", ["referential"])
    op.create_table(
        "version",
        must("referential", TEXT),
        must("ordinal", sa.Integer),
        must("label", TEXT),
        must("effective_on", sa.Date),
        must("status", TEXT),
        must("content_root", TEXT),
        may("base_ordinal", sa.Integer),
        must("published_at", MOMENT),
        must("basis", TEXT),
        must("notes", JSON),
        must("provenance", JSON),
        must("counts", JSON),
        may("change_set", sa.Uuid),
        may("change_class", TEXT),
        may("legal_basis", TEXT),
        must("review", TEXT),
        may("approval", TEXT),
        sa.PrimaryKeyConstraint("referential", "ordinal", name="pk_version"),
        sa.UniqueConstraint("referential", "label", name="uq_version_referential_label"),
        sa.ForeignKeyConstraint(["referential"], ["referential.id"], name="fk_version_referential"),
        sa.ForeignKeyConstraint(
            ["referential", "base_ordinal"],
            ["version.referential", "version.ordinal"],
            name="fk_version_base",
        ),
        sa.ForeignKeyConstraint(["change_set"], ["change_set.id"], name="fk_version_change_set"),
        sa.CheckConstraint(
            "status IN ('scheduled', 'published', 'superseded', 'withdrawn')", name="ck_version_status"
        ),
        sa.CheckConstraint(LABEL, name="ck_version_label"),
        sa.CheckConstraint("ordinal >= 1", name="ck_version_ordinal"),
        sa.CheckConstraint("base_ordinal < ordinal", name="ck_version_base"),
        sa.CheckConstraint("review IN ('four-eyes', 'single-person', 'seed')", name="ck_version_review"),
    )


def _items() -> None:
    op.create_table(
        "item",
        must("id", sa.Uuid),
        must("referential", TEXT),
        must("introduced_in", sa.Integer),
        sa.PrimaryKeyConstraint("id", "referential", name="pk_item"),
        sqlite_with_rowid=False,
    )
    shape = Geometry("GEOMETRY", 4326, spatial_index=False) if on_postgresql() else sa.LargeBinary()
    op.create_table(
        "item_state",
        must("id", ROW_NUMBER, autoincrement=True),
        must("item", sa.Uuid),
        must("referential", TEXT),
        must("code", TEXT),
        must("level", TEXT),
        may("parent", sa.Uuid),
        must("names", JSON),
        must("attributes", JSON),
        may("shape", shape),
        may("valid_from", sa.Date),
        may("valid_to", sa.Date),
        *known("item_state"),
        sa.PrimaryKeyConstraint("id", name="pk_item_state"),
        of_item("item_state"),
        sa.CheckConstraint("valid_from < valid_to", name="ck_item_state_validity"),
        sa.CheckConstraint("code <> ''", name="ck_item_state_code"),
    )
    code, item = ["referential", "code"], "item"
    partial_index("uq_item_state_open_code", "item_state", code, CURRENT_OPEN, unique=True)
    partial_index("ix_item_state_closed_code", "item_state", code, CURRENT_CLOSED, unique=False)
    partial_index("uq_item_state_since", "item_state", [item, "valid_from"], CURRENT_SINCE, unique=True)
    partial_index("uq_item_state_unknown_start", "item_state", [item], CURRENT_UNKNOWN_START, unique=True)
    op.create_index("ix_item_state_introduced", "item_state", ["referential", "introduced_in"])
    if on_postgresql():
        op.create_index("ix_item_state_shape", "item_state", ["shape"], postgresql_using="gist")
    op.create_table(
        "designation",
        must("id", ROW_NUMBER, autoincrement=True),
        must("item", sa.Uuid),
        must("referential", TEXT),
        must("text", TEXT),
        may("language", TEXT),
        must("script", TEXT),
        must("use", TEXT),
        must("source", TEXT),
        may("valid_from", sa.Date),
        may("valid_to", sa.Date),
        *known("designation"),
        sa.PrimaryKeyConstraint("id", name="pk_designation"),
        of_item("designation"),
        sa.CheckConstraint(
            "use IN ('alternative', 'hidden', 'entry', 'exclusion')", name="ck_designation_use"
        ),
    )
    op.create_index("ix_designation_item", "designation", ["referential", "item"])
    op.create_table(
        "observation",
        must("id", ROW_NUMBER, autoincrement=True),
        must("item", sa.Uuid),
        must("referential", TEXT),
        must("measure", TEXT),
        must("observed_on", sa.Date),
        must("value", sa.Double),
        must("unit", TEXT),
        must("source", TEXT),
        *known("observation"),
        sa.PrimaryKeyConstraint("id", name="pk_observation"),
        of_item("observation"),
    )
    measured = ["referential", "item", "measure", "observed_on"]
    partial_index("uq_observation_measured", "observation", measured, CURRENT, unique=True)


def _events() -> None:
    op.create_table(
        "change_event",
        must("id", sa.Uuid),
        must("introduced_in", sa.Integer),
        must("referential", TEXT),
        must("type", TEXT),
        must("effective_on", sa.Date),
        may("earliest_on", sa.Date),
        may("latest_on", sa.Date),
        must("basis", TEXT),
        may("note", TEXT),
        may("withdrawn_in", sa.Integer),
        sa.PrimaryKeyConstraint("id", "introduced_in", name="pk_change_event"),
        sa.ForeignKeyConstraint(["referential"], ["referential.id"], name="fk_change_event_referential"),
        sa.CheckConstraint("withdrawn_in > introduced_in", name="ck_change_event_withdrawn"),
        sa.CheckConstraint("earliest_on <= latest_on", name="ck_change_event_dates"),
    )
    partial_index("uq_change_event_current", "change_event", ["referential", "id"], CURRENT, unique=True)
    op.create_table(
        "change_link",
        must("event", sa.Uuid),
        must("introduced_in", sa.Integer),
        must("position", sa.Integer),
        must("referential", TEXT),
        must("role", TEXT),
        must("item", sa.Uuid),
        must("code", TEXT),
        must("level", TEXT),
        may("share", sa.Double),
        may("share_basis", TEXT),
        sa.PrimaryKeyConstraint("event", "introduced_in", "position", name="pk_change_link"),
        sa.ForeignKeyConstraint(
            ["event", "introduced_in"],
            ["change_event.id", "change_event.introduced_in"],
            name="fk_change_link_event",
        ),
        of_item("change_link"),
        sa.CheckConstraint("role IN ('source', 'target')", name="ck_change_link_role"),
        sa.CheckConstraint("share BETWEEN 0 AND 1", name="ck_change_link_share"),
    )


def _changes() -> None:
    op.create_table(
        "change",
        must("change_set", sa.Uuid),
        must("position", sa.Integer),
        must("action", TEXT),
        must("family", TEXT),
        must("key", TEXT),
        may("payload", sa.LargeBinary),
        sa.PrimaryKeyConstraint("change_set", "position", name="pk_change"),
        sa.UniqueConstraint(
            "change_set", "family", "key", "action", name="uq_change_change_set_family_key_action"
        ),
        sa.ForeignKeyConstraint(["change_set"], ["change_set.id"], name="fk_change_change_set"),
        sa.CheckConstraint("action IN ('add', 'withdraw')", name="ck_change_action"),
        sa.CheckConstraint(
            "family IN ('state', 'designation', 'observation', 'event')", name="ck_change_family"
        ),
        sa.CheckConstraint("(action = 'add') = (payload IS NOT NULL)", name="ck_change_payload"),
    )
