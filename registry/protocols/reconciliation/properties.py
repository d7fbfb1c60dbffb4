"""What is known of an item besides its name: properties to compare with, and to add as columns."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from matching.store import Store
from registry.errors import BadValue
from registry.protocols.reconciliation.service import Service

CODE, NAME, LEVEL, PARENT = "code", "name", "level", "parent"
ABOVE, IN_LANGUAGE, ATTRIBUTE, MEASURE = "parent-", "name-", "attribute-", "measure-"
_LOOKED_AT = 1000
"""Rows whose attributes and measures are proposed: no list is worth reading a million items."""
_LONGEST = 200

# In French, Arabic and English; what is called otherwise is called by its own name.
_CALLED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        CODE: {"fr": "Code", "ar": "الرمز", "en": "Code"},
        NAME: {"fr": "Nom", "ar": "الاسم", "en": "Name"},
        LEVEL: {"fr": "Niveau", "ar": "المستوى", "en": "Level"},
        PARENT: {"fr": "Supérieur", "ar": "التابع له", "en": "Parent"},
        "other-names": {"fr": "Autres noms", "ar": "أسماء أخرى", "en": "Other names"},
        "status": {"fr": "Statut", "ar": "الحالة", "en": "Status"},
        "valid-from": {"fr": "Valide depuis", "ar": "صالح منذ", "en": "Valid from"},
        "valid-to": {"fr": "Valide jusqu'au", "ar": "صالح إلى", "en": "Valid to"},
        "successors": {"fr": "Successeurs", "ar": "ما حل محله", "en": "Successors"},
        "name-fr": {"fr": "Nom français", "ar": "الاسم بالفرنسية", "en": "French name"},
        "name-ar": {"fr": "Nom arabe", "ar": "الاسم بالعربية", "en": "Arabic name"},
        "name-en": {"fr": "Nom anglais", "ar": "الاسم بالإنجليزية", "en": "English name"},
        "name-zgh": {"fr": "Nom amazighe", "ar": "الاسم بالأمازيغية", "en": "Tamazight name"},
    }
)
_BASIC = (CODE, NAME, LEVEL, PARENT)
_DATED = ("other-names", "status", "valid-from", "valid-to", "successors")


@dataclass(frozen=True, slots=True)
class Property:
    """A property, and what it is called in the service's language."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Entity:
    """A value that is an item; `referential` where it is one of another referential."""

    id: str
    name: str
    referential: str | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """A value that is a day in ISO 8601."""

    text: str


Value = str | int | float | bool | Day | Entity


def is_above(id: str) -> bool:
    """Whether a property is what an item lies in."""
    return id == PARENT or id.startswith(ABOVE)


def property_of(service: Service, id: str) -> Property:
    """A property with its name."""
    words = _CALLED.get(id)
    if words is not None:
        return Property(id, words[service.language])
    if id.startswith(ABOVE):
        return Property(id, service.level_name(id.removeprefix(ABOVE)))
    return Property(id, id.partition("-")[2].replace("_", " ").capitalize())


def properties_of(service: Service, level: str | None = None) -> list[Property]:
    """The properties that items have, at one level or at any."""
    place = len(service.levels) if level is None else service.levels.index(level)
    above = [ABOVE + each for each in service.levels[:place]]
    names = [IN_LANGUAGE + each for each in service.snapshot.referential.languages]
    ids = [*_BASIC, *above, *names, *_DATED, *_seen(service, level)]
    return [property_of(service, id) for id in ids]


def require_property(service: Service, where: str, id: object) -> str:
    """The id of a property that items may have; raises BadValue with those that there are."""
    if isinstance(id, str) and len(id) <= _LONGEST:
        if id in _CALLED or (id.startswith(ABOVE) and id.removeprefix(ABOVE) in service.levels):
            return id
        if any(id.startswith(kind) and id != kind for kind in (ATTRIBUTE, MEASURE, IN_LANGUAGE)):
            return id
    known = ", ".join(each.id for each in properties_of(service))
    raise BadValue(where, id, f"one of the properties {known}")


def values_of(service: Service, row: int, ids: list[str]) -> dict[str, list[Value]]:
    """The values that an item has for these properties, [] where it has none. Raises DamagedStore."""
    with service.reading(row) as item:
        return {id: list(_values(service, row, item, id)) for id in ids}


def _values(service: Service, row: int, item: Mapping[str, Any], id: str) -> Iterator[Value]:
    tell = _TELLERS.get(id)
    if tell is not None:
        yield from tell(service, row, item)
    elif id.startswith(ABOVE):
        wanted = id.removeprefix(ABOVE)
        yield from (
            _entity(service, above)
            for above in service.ancestors(row)
            if service.store.level(above) == wanted
        )
    elif id.startswith(IN_LANGUAGE):
        name = item["names"].get(id.removeprefix(IN_LANGUAGE))
        if name is not None:
            yield str(name)
    elif id.startswith(ATTRIBUTE):
        yield from _plain(item["attributes"].get(id.removeprefix(ATTRIBUTE)))
    else:
        yield from _plain(_latest(item, id.removeprefix(MEASURE), service.at.text))


def _entity(service: Service, row: int) -> Entity:
    return Entity(service.store.code(row), service.row_name(row))


def _parents(service: Service, row: int, _item: Mapping[str, Any]) -> Iterator[Value]:
    yield from (_entity(service, above) for above in service.ancestors(row)[:1])


def _successors(service: Service, row: int, _item: Mapping[str, Any]) -> Iterator[Value]:
    for code in service.store.successors(row):
        found = service.row_of(code)
        yield Entity(code, code if found is None else service.row_name(found))


def _day(item: Mapping[str, Any], name: str) -> Iterator[Value]:
    if isinstance(item.get(name), str):
        yield Day(item[name])


_Teller = Callable[[Service, int, Mapping[str, Any]], Iterator[Value]]
_TELLERS: Mapping[str, _Teller] = MappingProxyType(
    {
        CODE: lambda service, row, _item: iter([service.store.code(row)]),
        NAME: lambda service, row, _item: iter([service.row_name(row)]),
        LEVEL: lambda service, row, _item: iter([service.store.level(row)]),
        PARENT: _parents,
        "other-names": lambda _service, _row, item: (str(name["text"]) for name in item["other_names"]),
        "status": lambda service, row, _item: iter([service.store.status(row, service.at.number)]),
        "valid-from": lambda _service, _row, item: _day(item, "valid_from"),
        "valid-to": lambda _service, _row, item: _day(item, "valid_to"),
        "successors": _successors,
    }
)


def _plain(value: object) -> Iterator[Value]:
    if isinstance(value, str | int | float):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _plain(each)
    elif isinstance(value, Mapping):
        code, referential = value.get("code"), value.get("referential")
        if isinstance(code, str) and isinstance(referential, str):
            yield Entity(code, str(value.get("name") or code), referential)
        else:
            yield json.dumps(value, ensure_ascii=False, sort_keys=True)


def _latest(item: Mapping[str, Any], measure: str, day: str) -> object:
    """The last figure of a measure that was known on the day, else the first one after it."""
    told = sorted(
        (str(one["observed_on"]), one["value"])
        for one in item.get("observations", ())
        if one["measure"] == measure
    )
    known = [value for observed, value in told if observed <= day]
    return known[-1] if known else (told[0][1] if told else None)


_seen_before: WeakKeyDictionary[Store, dict[str | None, tuple[str, ...]]] = WeakKeyDictionary()


def _seen(service: Service, level: str | None) -> tuple[str, ...]:
    """Attributes and measures that items of a level have, as a sample of them shows."""
    known = _seen_before.setdefault(service.store, {})
    if level not in known:
        rows = service.store.select(at=None, level=() if level is None else (level,))
        places = np.unique(np.linspace(0, len(rows) - 1, _LOOKED_AT).astype(int)) if len(rows) else rows
        attributes: set[str] = set()
        measures: set[str] = set()
        for place in places:
            with service.reading(int(rows[place])) as item:
                attributes |= item["attributes"].keys()
                measures |= {str(one["measure"]) for one in item.get("observations", ())}
        known[level] = (
            *(ATTRIBUTE + name for name in sorted(attributes)),
            *(MEASURE + name for name in sorted(measures)),
        )
    return known[level]
