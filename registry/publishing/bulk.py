"""Many rows into one table at the speed of the database: COPY on PostgreSQL, executemany on SQLite."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError

CHUNK = 20_000

Value = str | int | float | bytes | None
T = TypeVar("T")


def chunks(things: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The things in lists of at most `size`."""
    source = iter(things)
    while chunk := list(islice(source, size)):
        yield chunk


def insert_rows(
    connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[tuple[Value, ...]]
) -> None:
    """Insert rows in the connection's transaction; values as both databases read them.

    UUIDs are 32 hexadecimal digits, days and JSON are text. Raises SQLAlchemy's DBAPIError.
    """
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    rows = chain([first], rows)
    names = ", ".join(columns)
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {table.name} ({names}) FROM STDIN", rows)
    else:
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608  # our own names
        connection.exec_driver_sql(statement, list(rows))


def analyse(connection: Connection, tables: Iterable[Table]) -> None:
    """Refresh the planner's statistics: after a bulk load it would choose badly for minutes."""
    if connection.dialect.name == "sqlite":
        # Rows read per index, instead of all.
        connection.exec_driver_sql("PRAGMA analysis_limit = 1000")
    for table in tables:
        connection.exec_driver_sql(f"ANALYZE {table.name}")


def _copy(connection: Connection, statement: str, rows: Iterable[tuple[Value, ...]]) -> None:
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        # Callers see the same exceptions as from any other statement.
        raise DBAPIError.instance(
            statement, None, error, psycopg.Error, dialect=connection.dialect
        ) from error
