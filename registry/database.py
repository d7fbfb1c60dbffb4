"""The engine, the session factory, and the column type for shapes, on SQLite and on PostgreSQL (D6)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import shapely
from geoalchemy2 import Geometry
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, Engine, LargeBinary, create_engine, event
from sqlalchemy.engine import URL, Dialect, make_url
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator, TypeEngine

from referentials.canonical import canonical

WGS84 = 4326
# PostgreSQL would compile our bulk queries for seconds to run them for tenths; and a worker that waits for a
# server which is gone answers nobody.
POSTGRESQL_OPTIONS = {"options": "-c jit=off", "connect_timeout": 4}
# Kibibytes of pages kept per connection, and how long a writer waits for another one.
SQLITE_CACHE_KIB = 200_000
SQLITE_WAIT_SECONDS = 30
# What the write-ahead log keeps of the disk once a large publication is over.
SQLITE_LOG_BYTES = 64 * 2**20


class Shape(TypeDecorator[BaseGeometry]):
    """A shapely geometry in WGS 84: `geometry(GEOMETRY,4326)` on PostGIS, little-endian WKB on SQLite.

    SQLite checks neither the kind nor the bytes: callers validate shapes before they are stored.
    """

    impl = LargeBinary
    cache_ok = True
    # GeoAlchemy2 would otherwise add an index of its own beside the one that the migration makes.
    spatial_index = False

    def load_dialect_impl(self, dialect: Dialect | None) -> TypeEngine[Any]:
        """PostGIS' own type on PostgreSQL, bytes elsewhere."""
        if dialect is not None and dialect.name == "postgresql":
            return Geometry("GEOMETRY", WGS84, from_text="ST_GeomFromWKB", spatial_index=False)
        return LargeBinary()

    def process_bind_param(self, value: BaseGeometry | None, dialect: Dialect) -> bytes | None:
        """The geometry as little-endian WKB."""
        # An empty geometry is falsy, and is not the same as none.
        return None if value is None else shapely.to_wkb(value, byte_order=1)

    def process_result_value(self, value: Any, dialect: Dialect) -> BaseGeometry | None:  # noqa: ANN401  # bytes or a GeoAlchemy2 element
        """The stored geometry."""
        return None if value is None else shapely.from_wkb(bytes(getattr(value, "data", value)))


def open_engine(url: str | URL) -> Engine:
    """The engine for a database address; makes the folder of a SQLite file where it is missing.

    `postgresql://` addresses are read with psycopg 3. JSON columns hold canonical text on both databases.
    """
    address = make_url(url)
    if address.drivername in ("postgresql", "postgres"):
        address = address.set(drivername="postgresql+psycopg")
    sqlite = address.get_backend_name() == "sqlite"
    if sqlite and address.database not in (None, "", ":memory:"):
        Path(str(address.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        address,
        json_serializer=_json_text,
        json_deserializer=json.loads,
        # A connection that died with the server is replaced instead of failing a request.
        pool_pre_ping=not sqlite,
        connect_args={"timeout": SQLITE_WAIT_SECONDS} if sqlite else POSTGRESQL_OPTIONS,
    )
    if sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def sessions(engine: Engine) -> sessionmaker[Session]:
    """The factory of sessions; the caller owns the transaction (D7)."""
    return sessionmaker(engine, expire_on_commit=False)


@contextmanager
def begin_write(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that is committed at the end and rolled back by an exception.

    On SQLite it holds the write lock from its start (BEGIN IMMEDIATE), so that what it reads cannot change
    before it writes; on PostgreSQL the caller locks the rows that it depends on.
    """
    with engine.connect().execution_options(write=True) as connection, connection.begin():
        yield connection


def _json_text(value: object) -> str:
    return canonical(value).decode()


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    # The driver's own implicit BEGIN comes too late and leaks savepoints: SQLAlchemy's is emitted below.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")
    # Without it INSERT OR REPLACE deletes rows unseen by the triggers that refuse a deletion.
    connection.execute("PRAGMA recursive_triggers = ON")
    connection.execute(f"PRAGMA cache_size = -{SQLITE_CACHE_KIB}")
    connection.execute(f"PRAGMA journal_size_limit = {SQLITE_LOG_BYTES}")


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
