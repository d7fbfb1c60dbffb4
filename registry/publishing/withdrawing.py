"""Gives published rows their withdrawal, the one change that they may have (D4)."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table, bindparam, func, select, update
from sqlalchemy.sql.elements import ColumnElement

from referentials.records import RecordKey
from registry.errors import Conflict
from registry.models import Base
from registry.publishing.bulk import chunks

STATE = Base.metadata.tables["item_state"]
DESIGNATION = Base.metadata.tables["designation"]
OBSERVATION = Base.metadata.tables["observation"]
EVENT = Base.metadata.tables["change_event"]

Parameters = Mapping[str, object]


class NotCurrent(Conflict):
    """A record is to be withdrawn that no current row states."""

    def __init__(self, referential: str, key: RecordKey) -> None:
        super().__init__(f"{referential}: there is no current {key.family} {key.key!r} to withdraw")
        self.referential = referential
        self.key = key


def withdraw_records(
    connection: Connection, referential: str, ordinal: int, keys: Iterable[RecordKey]
) -> int:
    """Withdraw the current rows of these records by a version; how many there were.

    Do it before the version's own records are written. Raises NotCurrent for the first key without a row.
    """
    by_condition: defaultdict[str, list[tuple[RecordKey, Parameters]]] = defaultdict(list)
    for key in keys:
        try:
            condition, parameters = _READERS[key.family](key.key)
        except (KeyError, ValueError) as error:
            raise NotCurrent(referential, key) from error
        by_condition[condition].append((key, parameters))
    for condition, withdrawn in by_condition.items():
        for chunk in chunks(withdrawn):
            _withdraw(connection, referential, ordinal, condition, chunk)
    return sum(map(len, by_condition.values()))


def _withdraw(
    connection: Connection,
    referential: str,
    ordinal: int,
    condition: str,
    withdrawn: list[tuple[RecordKey, Parameters]],
) -> None:
    table, its_key = _CONDITIONS[condition]
    of_referential = table.c.referential == referential
    current = update(table).where(of_referential, table.c.withdrawn_in.is_(None), *its_key)
    changed = connection.execute(
        current.values(withdrawn_in=ordinal), [dict(parameters) for _, parameters in withdrawn]
    )
    if changed.rowcount == len(withdrawn):
        return
    found = select(func.count()).where(of_referential, table.c.withdrawn_in == ordinal, *its_key)
    seen: set[RecordKey] = set()
    for key, parameters in withdrawn:
        if key in seen or not connection.execute(found, dict(parameters)).scalar_one():
            raise NotCurrent(referential, key)
        seen.add(key)


def _state(key: str) -> tuple[str, Parameters]:
    item, since = key.split(" ")
    if not since:
        return "state of unknown start", {"its_item": uuid.UUID(item)}
    return "state", {"its_item": uuid.UUID(item), "since": date.fromisoformat(since)}


def _designation(key: str) -> tuple[str, Parameters]:
    item, use, language, since, text = key.split(" ", 4)
    return "designation", {
        "its_item": uuid.UUID(item),
        "its_use": use,
        "its_language": language or None,
        "since": date.fromisoformat(since) if since else None,
        "its_text": text,
    }


def _observation(key: str) -> tuple[str, Parameters]:
    item, measured = key.split(" ", 1)
    measure, day = measured.rsplit(" ", 1)
    return "observation", {
        "its_item": uuid.UUID(item),
        "its_measure": measure,
        "day": date.fromisoformat(day),
    }


def _event(key: str) -> tuple[str, Parameters]:
    return "event", {"its_id": uuid.UUID(key)}


def _same(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    return column.is_not_distinct_from(bindparam(name, type_=column.type))


_READERS: Mapping[str, Callable[[str], tuple[str, Parameters]]] = {
    "state": _state,
    "designation": _designation,
    "observation": _observation,
    "event": _event,
}

# Each key's columns; a state's are two cases, so that each has its partial index.
_CONDITIONS: Mapping[str, tuple[Table, list[ColumnElement[bool]]]] = {
    "state": (
        STATE,
        [
            STATE.c.item == bindparam("its_item"),
            STATE.c.valid_from == bindparam("since"),
            STATE.c.valid_from.is_not(None),
        ],
    ),
    "state of unknown start": (
        STATE,
        [STATE.c.item == bindparam("its_item"), STATE.c.valid_from.is_(None)],
    ),
    "designation": (
        DESIGNATION,
        [
            DESIGNATION.c.item == bindparam("its_item"),
            DESIGNATION.c.use == bindparam("its_use"),
            _same(DESIGNATION.c.language, "its_language"),
            _same(DESIGNATION.c.valid_from, "since"),
            DESIGNATION.c.text == bindparam("its_text"),
        ],
    ),
    "observation": (
        OBSERVATION,
        [
            OBSERVATION.c.item == bindparam("its_item"),
            OBSERVATION.c.measure == bindparam("its_measure"),
            OBSERVATION.c.observed_on == bindparam("day"),
        ],
    ),
    "event": (EVENT, [EVENT.c.id == bindparam("its_id")]),
}
