"""How the migrations spell columns; what a released migration uses here never changes."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.Text()
JSON = sa.JSON()
EDITABLE = "('draft', 'changes_requested')"
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


def append_only(table: str) -> None:
    """Rows of a table are only ever added; the database refuses anything else."""
    if on_postgresql():
        for event in ("UPDATE", "DELETE OR TRUNCATE"):
            op.execute(
                f"CREATE TRIGGER {table}_{event.split()[0].lower()} BEFORE {event} ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION marjaa_refuse('rows are only added')"
            )
        return
    for event in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_{event.lower()} BEFORE {event} ON {table} FOR EACH ROW"
            f" BEGIN SELECT RAISE(ABORT, 'rows of {table} are only added'); END"
        )


def only_while_editable(table: str) -> None:
    """Rows of a change set come, change and go only while it is a draft or sent back for changes."""
    if on_postgresql():
        for name, event, moved in (
            ("comes", "INSERT", "NEW"),
            ("changes_from", "UPDATE", "OLD"),
            ("changes_to", "UPDATE", "NEW"),
            ("goes", "DELETE", "OLD"),
        ):
            op.execute(
                f"CREATE TRIGGER {table}_{name} AFTER {event} ON {table} REFERENCING {moved} TABLE AS moved"
                " FOR EACH STATEMENT EXECUTE FUNCTION marjaa_change_moves()"
            )
        return
    for event, rows in (("INSERT", ("NEW",)), ("UPDATE", ("OLD", "NEW")), ("DELETE", ("OLD",))):
        ours = " OR ".join(f"c.id = {row}.change_set" for row in rows)
        fixed = f"SELECT 1 FROM change_set c WHERE ({ours}) AND c.status NOT IN {EDITABLE}"  # noqa: S608  # our own names
        op.execute(
            f"CREATE TRIGGER {table}_{event.lower()} BEFORE {event} ON {table} FOR EACH ROW"
            f" WHEN EXISTS ({fixed})"
            " BEGIN SELECT RAISE(ABORT, 'a change set changes only while it is a draft or sent back'); END"
        )
