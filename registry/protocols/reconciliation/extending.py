"""Data extension: values of properties for items that a client has reconciled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from registry.errors import BadValue, TooLarge
from registry.protocols.reconciliation.properties import (
    ABOVE,
    Entity,
    Property,
    Value,
    property_of,
    require_property,
    values_of,
)
from registry.protocols.reconciliation.queries import clean
from registry.protocols.reconciliation.service import Service, root_of
from registry.protocols.reconciliation.telling import Type, type_of

MOST_IDS = 1000
MOST_COLUMNS = 50


@dataclass(frozen=True, slots=True)
class Column:
    """A property that is wanted; `type` and the address of the `service` where its values are items."""

    property: Property
    type: Type | None
    service: str | None


@dataclass(frozen=True, slots=True)
class Extension:
    """For each id, as it was given, the values of each property."""

    columns: tuple[Column, ...]
    rows: Mapping[str, Mapping[str, Sequence[Value]]]


def extend(service: Service, document: object) -> Extension:
    """The answer to a data extension query; an id that nothing has gets no values.

    Raises BadValue, and TooLarge for too much at once.
    """
    ids, properties = _read(service, document)
    rows: dict[str, dict[str, list[Value]]] = {}
    for id in ids:
        row = service.row_of(clean(id))
        rows[id] = {name: [] for name in properties} if row is None else values_of(service, row, properties)
    columns = tuple(_column(service, name, rows) for name in properties)
    return Extension(columns, rows)


def _read(service: Service, document: object) -> tuple[list[str], list[str]]:
    if not isinstance(document, Mapping):
        raise BadValue("extend", document, "an object")
    ids, properties = document.get("ids"), document.get("properties")
    if not isinstance(ids, list) or not all(isinstance(id, str) for id in ids):
        raise BadValue("extend.ids", ids, "a list of ids")
    if not isinstance(properties, list) or not all(isinstance(each, Mapping) for each in properties):
        raise BadValue("extend.properties", properties, "a list of objects with an id")
    if len(ids) > MOST_IDS:
        raise TooLarge("extend.ids", MOST_IDS, "ids at once")
    if len(properties) > MOST_COLUMNS:
        raise TooLarge("extend.properties", MOST_COLUMNS, "properties at once")
    names = [
        require_property(service, f"extend.properties.{number}.id", each.get("id"))
        for number, each in enumerate(properties)
    ]
    return ids, list(dict.fromkeys(names))


def _column(service: Service, name: str, rows: Mapping[str, dict[str, list[Value]]]) -> Column:
    kind = type_of(service, name.removeprefix(ABOVE)) if name.startswith(ABOVE) else None
    values = [value for row in rows.values() for value in row[name]]
    elsewhere = {value.referential for value in values if isinstance(value, Entity)} - {None}
    address = None
    if len(elsewhere) == 1 and elsewhere <= set(service.library.catalogue.referentials):
        address = service.public + root_of(str(*elsewhere), None)
    elif elsewhere:  # the specification knows one other service for a whole column
        for row in rows.values():
            row[name] = [_as_text(value) for value in row[name]]
    return Column(property_of(service, name), kind, address)


def _as_text(value: Value) -> Value:
    return f"{value.referential}/{value.id}" if isinstance(value, Entity) else value
