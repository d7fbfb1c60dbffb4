"""Writes and reads the changes of a change set: records that it adds, keys that it withdraws (D4)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Select, func, select

from referentials.records import FAMILIES, Record, RecordKey
from registry.models import Base
from registry.publishing.bulk import CHUNK, Value, analyse, chunks, insert_rows

CHANGE = Base.metadata.tables["change"]

_COLUMNS = ("change_set", "position", "action", "family", "key", "payload")


class Digest:
    """Tells two passes over records apart where any byte or the order of them differs."""

    def __init__(self) -> None:
        self._hash = sha256()

    @property
    def value(self) -> bytes:
        """The digest of what has passed so far."""
        return self._hash.digest()

    def over(self, records: Iterable[Record]) -> Iterator[Record]:
        """The same records, each taken into the digest as it passes."""
        for record in records:
            # The lengths keep the boundaries: nothing can pass from one text to the next.
            head = f"{record.family} {len(record.key)} {len(record.payload)} {record.key}"
            self._hash.update(head.encode())
            self._hash.update(record.payload)
            yield record


def write_changes(
    connection: Connection,
    change_set: uuid.UUID,
    added: Iterable[Record],
    withdrawn: Iterable[RecordKey],
) -> int:
    """Append changes to a change set, in any order; how many there were.

    Raises SQLAlchemy's IntegrityError where it adds, or withdraws, one key twice, and where the change set is
    neither a draft nor sent back for changes.
    """
    newest = select(func.max(CHANGE.c.position)).where(CHANGE.c.change_set == change_set)
    highest = connection.execute(newest).scalar()
    first = position = 0 if highest is None else highest + 1
    for chunk in chunks(_actions(added, withdrawn)):
        rows = [(change_set.hex, place, *change) for place, change in enumerate(chunk, position)]
        insert_rows(connection, CHANGE, _COLUMNS, rows)
        position += len(chunk)
    if position - first >= CHUNK:
        analyse(connection, [CHANGE])
    return position - first


def read_added(connection: Connection, change_set: uuid.UUID) -> Iterator[Record]:
    """The records that a change set adds, in content order (family, then key by code point), streamed."""
    for family in FAMILIES:
        chosen = _chosen(change_set, "add", family).execution_options(yield_per=CHUNK)
        with connection.execute(chosen) as result:
            for change in result:
                yield Record(family, change.key, change.payload)


def read_withdrawn(connection: Connection, change_set: uuid.UUID) -> list[RecordKey]:
    """The keys that a change set withdraws, in content order."""
    return [
        RecordKey(family, change.key)
        for family in FAMILIES
        for change in connection.execute(_chosen(change_set, "withdraw", family))
    ]


def _actions(added: Iterable[Record], withdrawn: Iterable[RecordKey]) -> Iterator[tuple[Value, ...]]:
    for gone in withdrawn:
        yield "withdraw", gone.family, gone.key, None
    for record in added:
        yield "add", record.family, record.key, record.payload


def _chosen(change_set: uuid.UUID, action: str, family: str) -> Select[Any]:
    return (
        select(CHANGE.c.key, CHANGE.c.payload)
        .where(CHANGE.c.change_set == change_set, CHANGE.c.family == family, CHANGE.c.action == action)
        .order_by(CHANGE.c.key)
    )
