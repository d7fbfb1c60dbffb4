"""How the migrations spell columns; what a released migration uses here never changes."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.Text()
JSON = sa.JSON()
ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def on_postgresql() -> bool:
    """Whether the migration runs on PostgreSQL."""
    return op.get_bind().dialect.name == "postgresql"


def must(name: str, kind: Any, **options: Any) -> sa.Column[Any]:  # noqa: ANN401  # as sa.Column takes them
    """A column that is always filled."""
    return sa.Column(name, kind, nullable=False, **options)


def may(name: str, kind: Any) -> sa.Column[Any]:  # noqa: ANN401  # as sa.Column takes it
    """A column that may be empty."""
    return sa.Column(name, kind, nullable=True)


def partial_index(name: str, table: str, columns: list[str], where: sa.TextClause, *, unique: bool) -> None:
    """An index over the rows that `where` selects."""
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)


def of_item(table: str) -> sa.ForeignKeyConstraint:
    """A row's reference to its item."""
    return sa.ForeignKeyConstraint(
        ["item", "referential"], ["item.id", "item.referential"], name=f"fk_{table}_item"
    )


def known(table: str) -> list[Any]:
    """The versions that know a row."""
    return [
        must("introduced_in", sa.Integer),
        may("withdrawn_in", sa.Integer),
        sa.CheckConstraint("withdrawn_in > introduced_in", name=f"ck_{table}_withdrawn"),
    ]
