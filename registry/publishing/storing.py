"""Writes the records that a version adds as rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from sqlalchemy import Connection

from referentials.canonical import canonical
from referentials.parsing import parse
from referentials.records import ChangeEvent, Designation, Fact, Observation, Record, State
from registry.errors import DomainError
from registry.models import Base
from registry.publishing.bulk import Value, analyse, chunks, insert_rows

TABLES = Base.metadata.tables

# A smaller publication leaves the planner's statistics as good as they were.
_ANALYSED_FROM = 5_000
# Point … GeometryCollection, in two dimensions: what PostGIS' column takes, checked on SQLite too.
_WKB_STARTS = frozenset(bytes((1, kind, 0, 0, 0)) for kind in range(1, 8))

# The columns of each table, without those that say by which version of what a row is introduced.
_STATE = ("item", "code", "level", "parent", "names", "attributes", "shape", "valid_from", "valid_to")
_DESIGNATION = ("item", "text", "language", "script", "use", "source", "valid_from", "valid_to")
_OBSERVATION = ("item", "measure", "observed_on", "value", "unit", "source")
_EVENT = ("id", "type", "effective_on", "earliest_on", "latest_on", "basis", "note")
_LINK = ("event", "position", "role", "item", "code", "level", "share", "share_basis")


class UnstorableRecord(DomainError):
    """A record whose value the database cannot give back as it is."""

    slug = "bad-file"

    def __init__(self, record: str, value: object, why: str) -> None:
        super().__init__(f"{record}: {value!r} {why}")
        self.record = record
        self.value = value
        self.why = why


def write_records(connection: Connection, referential: str, ordinal: int, records: Iterable[Record]) -> int:
    """Write the records that a version adds, in content order (states first); how many there were.

    Items that are new get their row, too. Write them before the version's own row, and after what it
    withdraws. Raises UnstorableRecord, MalformedRecord, or SQLAlchemy's IntegrityError where a guard refuses.
    """
    writer = _Writer(connection, referential, ordinal)
    count = 0
    for chunk in chunks(records):
        writer.write([_read(record) for record in chunk])
        count += len(chunk)
    if count >= _ANALYSED_FROM:
        names = ("item", "item_state", "designation", "observation", "change_event", "change_link")
        analyse(connection, (TABLES[name] for name in names))
    return count


def _read(record: Record) -> Fact:
    if b"\\u0000" in record.payload:
        raise UnstorableRecord(f"{record.family} {record.key!r}", record.payload[:120], "holds a NUL")
    return parse(record.payload)


class _Writer:
    """Turns facts into rows of one version."""

    def __init__(self, connection: Connection, referential: str, ordinal: int) -> None:
        self._connection = connection
        self._version = (referential, ordinal)
        self._postgresql = connection.dialect.name == "postgresql"

    def write(self, facts: Sequence[Fact]) -> None:
        states = [fact for fact in facts if isinstance(fact, State)]
        designations = [fact for fact in facts if isinstance(fact, Designation)]
        observations = [fact for fact in facts if isinstance(fact, Observation)]
        events = [fact for fact in facts if isinstance(fact, ChangeEvent)]
        self._introduce([state.item.hex for state in states])
        self._insert("item_state", _STATE, map(self._state, states))
        self._insert("designation", _DESIGNATION, map(_designation, designations))
        self._insert("observation", _OBSERVATION, map(_observation, observations))
        self._insert("change_event", _EVENT, map(_event, events))
        self._insert("change_link", _LINK, (link for event in events for link in _links(event)))

    def _insert(self, table: str, columns: Sequence[str], rows: Iterable[tuple[Value, ...]]) -> None:
        columns = (*columns, "referential", "introduced_in")
        insert_rows(self._connection, TABLES[table], columns, ((*row, *self._version) for row in rows))

    def _introduce(self, items: list[str]) -> None:
        """Give a row to each item that has none yet."""
        if items and self._postgresql:
            self._connection.exec_driver_sql(
                "INSERT INTO item (id, referential, introduced_in)"
                " SELECT unnest(%s::uuid[]), %s, %s ON CONFLICT DO NOTHING",
                (items, *self._version),
            )
        elif items:
            self._connection.exec_driver_sql(
                "INSERT INTO item (id, referential, introduced_in) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                [(item, *self._version) for item in items],
            )

    def _state(self, state: State) -> tuple[Value, ...]:
        return (
            state.item.hex,
            state.code,
            state.level,
            None if state.parent is None else state.parent.hex,
            canonical(state.names).decode(),
            canonical(state.attributes).decode(),
            None if state.shape is None else self._shape(state, state.shape),
            _day(state.valid_from),
            _day(state.valid_to),
        )

    def _shape(self, state: State, wkb: bytes) -> Value:
        if wkb[:5] not in _WKB_STARTS:
            why = "does not begin little-endian WKB in two dimensions"
            raise UnstorableRecord(f"state {state.key}", wkb[:5].hex(), why)
        # PostGIS reads WKB as hexadecimal text.
        return wkb.hex() if self._postgresql else wkb


def _designation(designation: Designation) -> tuple[Value, ...]:
    return (
        designation.item.hex,
        designation.text,
        designation.language,
        designation.script,
        designation.use,
        designation.source,
        _day(designation.valid_from),
        _day(designation.valid_to),
    )


def _observation(observation: Observation) -> tuple[Value, ...]:
    return (
        observation.item.hex,
        observation.measure,
        _day(observation.observed_on),
        float(observation.value),
        observation.unit,
        observation.source,
    )


def _event(event: ChangeEvent) -> tuple[Value, ...]:
    return (
        event.id.hex,
        event.type,
        _day(event.effective_on),
        _day(event.earliest_on),
        _day(event.latest_on),
        event.basis,
        event.note,
    )


def _links(event: ChangeEvent) -> Iterator[tuple[Value, ...]]:
    for position, link in enumerate(event.links):
        yield (
            event.id.hex,
            position,
            link.role,
            link.item.hex,
            link.code,
            link.level,
            link.share,
            link.share_basis,
        )


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
