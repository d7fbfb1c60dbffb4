"""Copies a database while it is in use, and puts a copy back: SQLite's own backup, pg_dump and pg_restore."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import make_conninfo
from sqlalchemy import Engine, inspect

from registry.backups.checksums import Checksum, checksums
from registry.database import open_engine
from registry.errors import Conflict, Unavailable
from registry.models import Base

SQLITE_FILE = "marjaa.sqlite"
POSTGRESQL_FILE = "marjaa.dump"


@dataclass(frozen=True, slots=True)
class Dump:
    """A copied database: the file's name, and the checksums of its tables as they are in it."""

    file: str
    checksums: Mapping[str, Checksum]


def dump_database(engine: Engine, folder: Path) -> Dump:
    """Copy a database into a folder as it is at one moment; raises Unavailable where that fails."""
    if engine.dialect.name == "sqlite":
        return _dump_sqlite(engine, folder)
    return _dump_postgresql(engine, folder)


def load_database(engine: Engine, dump: Path) -> None:
    """Put a copy back into an empty database.

    Raises Conflict where it is not empty, or where the copy is of the other kind of database; Unavailable
    where it cannot be read back.
    """
    wanted = SQLITE_FILE if engine.dialect.name == "sqlite" else POSTGRESQL_FILE
    if dump.name != wanted:
        raise Conflict(f"{dump.name} is not a copy of a {engine.dialect.name} database.")
    require_empty(engine)
    if engine.dialect.name == "sqlite":
        _load_sqlite(engine, dump)
    else:
        # Other roles, and comments on extensions, are the new server's own affair.
        others = ("--no-owner", "--no-privileges", "--no-comments")
        _run("pg_restore", engine, "--exit-on-error", "--single-transaction", *others, str(dump))


def require_empty(engine: Engine) -> None:
    """Raises Conflict where the database has tables of ours."""
    found = sorted(set(inspect(engine).get_table_names()) & {*Base.metadata.tables, "alembic_version"})
    if found:
        address = engine.url.render_as_string(hide_password=True)
        raise Conflict(f"The database {address} is not empty: it has the table {found[0]}.")


def _dump_sqlite(engine: Engine, folder: Path) -> Dump:
    path = folder / SQLITE_FILE
    with engine.connect() as connection:
        source = connection.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)
        with closing(sqlite3.connect(path)) as target:
            source.backup(target)
    copy = open_engine(f"sqlite:///{path}")
    with copy.connect() as connection:
        summed = checksums(connection)
    copy.dispose()
    with closing(sqlite3.connect(path)) as target:
        target.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
    return Dump(SQLITE_FILE, summed)


def _load_sqlite(engine: Engine, dump: Path) -> None:
    with engine.connect() as connection:
        target = connection.connection.driver_connection
        assert isinstance(target, sqlite3.Connection)
        with closing(sqlite3.connect(f"file:{dump}?mode=ro", uri=True)) as source:
            try:
                source.backup(target)
            except sqlite3.DatabaseError as error:
                raise Unavailable(f"{dump} cannot be read: {error}.") from error


def _dump_postgresql(engine: Engine, folder: Path) -> Dump:
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        # What is summed up is what is dumped, whoever writes meanwhile.
        moment = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        summed = checksums(connection)
        target = f"--file={folder / POSTGRESQL_FILE}"
        _run("pg_dump", engine, "--format=custom", "--no-owner", f"--snapshot={moment}", target)
    return Dump(POSTGRESQL_FILE, summed)


def _run(program: str, engine: Engine, *arguments: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise Unavailable(f"{program} is not installed here; it comes with PostgreSQL's client programs.")
    _, given = engine.dialect.create_connect_args(engine.url)
    given.pop("context", None)  # psycopg's, not the server's
    password = given.pop("password", None)  # not for everyone who lists processes
    environment = os.environ | ({} if password is None else {"PGPASSWORD": str(password)})
    command = [found, f"--dbname={make_conninfo(**given)}", *arguments]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  # our own words
    if ran.returncode:
        raise Unavailable(f"{program} failed: {' '.join(ran.stderr.split())[:500]}")
