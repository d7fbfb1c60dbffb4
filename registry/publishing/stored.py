"""Reads back, as records, all that a version knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, LargeBinary, Row, Select, func, or_, select, type_coerce
from sqlalchemy.sql.elements import ColumnElement

from referentials.records import ChangeEvent, ChangeLink, Designation, Observation, Record, State
from registry import models
from registry.publishing.bulk import CHUNK


def stored_records(connection: Connection, referential: str, ordinal: int) -> Iterator[Record]:
    """All records that a version knows, in content order (family, then key by code point), streamed.

    The bytes are those that were written, from either database.
    """
    yield from _of_items(connection, _states(connection.dialect.name), referential, ordinal, _state)
    yield from _of_items(connection, select(models.Designation.__table__), referential, ordinal, _designation)
    yield from _of_items(connection, select(models.Observation.__table__), referential, ordinal, _observation)
    yield from _events(connection, referential, ordinal)


def _known(table: Any, referential: str, ordinal: int) -> list[ColumnElement[bool]]:  # noqa: ANN401  # a mapped class
    """The condition that a version knows a row."""
    return [
        table.referential == referential,
        table.introduced_in <= ordinal,
        or_(table.withdrawn_in.is_(None), table.withdrawn_in > ordinal),
    ]


def _states(dialect: str) -> Select[Any]:
    """States with their shapes as WKB, without building geometries."""
    table = models.ItemState.__table__.c
    shape: ColumnElement[bytes]
    if dialect == "postgresql":
        shape = func.ST_AsBinary(table.shape, "NDR", type_=LargeBinary)
    else:
        shape = type_coerce(table.shape, LargeBinary)
    return select(*(column for column in table if column.name != "shape"), shape.label("shape"))


def _of_items(
    connection: Connection,
    rows: Select[Any],
    referential: str,
    ordinal: int,
    record: Callable[[Row[Any]], Record],
) -> Iterator[Record]:
    table = rows.selected_columns
    statement = rows.where(*_known(table, referential, ordinal)).order_by(table.item)
    with connection.execute(statement.execution_options(yield_per=CHUNK)) as result:
        # The database orders by item; a key goes on with texts that only Python compares as the content does.
        for _, about_one in groupby(result, key=attrgetter("item")):
            yield from sorted(map(record, about_one), key=attrgetter("key"))


def _state(row: Row[Any]) -> Record:
    return State(
        item=row.item,
        code=row.code,
        level=row.level,
        parent=row.parent,
        names=row.names,
        attributes=row.attributes,
        shape=row.shape,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    ).record()


def _designation(row: Row[Any]) -> Record:
    return Designation(
        item=row.item,
        text=row.text,
        language=row.language,
        script=row.script,
        use=row.use,
        source=row.source,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    ).record()


def _observation(row: Row[Any]) -> Record:
    return Observation(
        item=row.item,
        measure=row.measure,
        observed_on=row.observed_on,
        value=row.value,
        unit=row.unit,
        source=row.source,
    ).record()


def _events(connection: Connection, referential: str, ordinal: int) -> Iterator[Record]:
    event, link = models.ChangeEvent.__table__.c, models.ChangeLink.__table__.c
    statement = (
        select(
            *(column.label(f"event_{column.name}") for column in event),
            *(column.label(f"link_{column.name}") for column in link),
        )
        .join_from(
            models.ChangeEvent.__table__,
            models.ChangeLink.__table__,
            (link.event == event.id) & (link.introduced_in == event.introduced_in),
            isouter=True,
        )
        .where(*_known(event, referential, ordinal))
        .order_by(event.id, link.position)
    )
    with connection.execute(statement.execution_options(yield_per=CHUNK)) as result:
        for _, rows in groupby(result, key=attrgetter("event_id")):
            yield _event(list(rows))


def _event(rows: list[Row[Any]]) -> Record:
    first = rows[0]
    return ChangeEvent(
        id=first.event_id,
        type=first.event_type,
        effective_on=first.event_effective_on,
        earliest_on=first.event_earliest_on,
        latest_on=first.event_latest_on,
        basis=first.event_basis,
        note=first.event_note,
        links=tuple(
            ChangeLink(
                role=row.link_role,
                item=row.link_item,
                code=row.link_code,
                level=row.link_level,
                share=row.link_share,
                share_basis=row.link_share_basis,
            )
            for row in rows
            if row.link_event is not None
        ),
    ).record()
