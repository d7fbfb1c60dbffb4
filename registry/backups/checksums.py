"""Checksums of tables: the same for the same rows, whichever copy of the database they are in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, Table, inspect, select

from registry.models import Base

ROWS = 5_000  # fetched at once


@dataclass(frozen=True, slots=True)
class Checksum:
    """How many rows a table has, and the SHA-256 (hex) over them in the order of their key."""

    rows: int
    sha256: str


def checksums(connection: Connection) -> Mapping[str, Checksum]:
    """The checksums of all tables of the schema that the database has, by name; rows are streamed."""
    there = set(inspect(connection).get_table_names())
    return {
        name: _checksum(connection, table)
        for name, table in sorted(Base.metadata.tables.items())
        if name in there
    }


def _checksum(connection: Connection, table: Table) -> Checksum:
    known = {column["name"] for column in inspect(connection).get_columns(table.name)}
    columns = [column for column in table.columns if column.name in known]  # of an older schema, too
    ordered = select(*columns).order_by(*table.primary_key.columns)
    digest, rows = sha256(), 0
    result = connection.execution_options(stream_results=True).execute(ordered)
    for batch in result.partitions(ROWS):
        rows += len(batch)
        digest.update(repr([tuple(map(_plain, row)) for row in batch]).encode())
    return Checksum(rows, digest.hexdigest())


def _plain(value: Any) -> object:  # noqa: ANN401  # whatever a column holds
    if isinstance(value, BaseGeometry):
        return shapely.to_wkb(value, byte_order=1)
    if isinstance(value, memoryview):
        return bytes(value)
    return value
