"""What a client asks, read from JSON that may be anything; said wrong, it is refused with where and why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from matching.matcher import LONGEST
from registry.api.blueprint import BadBody
from registry.errors import BadValue, TooLarge
from registry.protocols.reconciliation.properties import CODE, NAME, is_above, require_property
from registry.protocols.reconciliation.service import Service
from registry.serving.finding import DEFAULT_CANDIDATES, MOST_CANDIDATES

BATCH = 200
"""Queries of one batch."""
MOST_CHARACTERS = 40_000
"""Of all texts of a batch, each counted up to where matching cuts it: matching takes as long as they are."""
MOST_READINGS = 600
"""Names of a batch, each as often as it may lie in another parent: each is matched by itself."""
MOST_PROPERTIES = 20
MOST_VALUES = 20

Quantifier = Literal["any", "all", "none"]
Key = TypeVar("Key", str, int)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A value that a property should have: a text, or an item that the client has reconciled before."""

    text: str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A property with the values that it should have; a `required` one decides who is a candidate."""

    property: str
    values: tuple[Wanted, ...]
    quantifier: Quantifier = "any"
    required: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One query: names of which any may be meant, levels to keep, and what else is known."""

    texts: tuple[str, ...]
    levels: tuple[str, ...]
    impossible: bool
    """Whether several types must all be met: an item has one."""
    limit: int
    conditions: tuple[Condition, ...]

    @property
    def characters(self) -> int:
        """How many letters are compared: every text with every value that may be its parent."""
        values = [value.text for one in self.conditions for value in one.values]
        return self._parents * _letters(self.texts) + _letters(values)

    @property
    def readings(self) -> int:
        """How often a name is matched, within one parent or another."""
        return self._parents * len(self.texts)

    @property
    def _parents(self) -> int:
        return max((len(one.values) for one in self.conditions if is_above(one.property)), default=1)


def _letters(texts: Iterable[str]) -> int:
    return sum(min(len(text), LONGEST) for text in texts)


def read_json(name: str, text: str | bytes) -> object:
    """A JSON document; raises BadBody, naming the form field or the body."""
    try:
        document: object = json.loads(text)
    except RecursionError as error:
        raise BadBody(f"{name} is nested too deeply.") from error
    except ValueError as error:
        raise BadBody(f"{name} is not JSON: {error}.") from error
    return document


def read_batch(service: Service, document: object) -> dict[str, Asked]:
    """A batch of version 0.2: queries by their keys. Raises BadValue, and TooLarge for too much at once."""
    batch = _mapping("queries", document)
    _require_size("queries", batch)
    return _checked({key: _query(service, f"queries.{key}", given) for key, given in batch.items()})


def read_draft_batch(service: Service, document: object) -> list[Asked]:
    """A batch of the draft of 1.0: queries in a list. Raises as `read_batch` does."""
    batch = _list("queries", _mapping("body", document).get("queries"))
    _require_size("queries", batch)
    asked = [
        _draft_query(service, f"queries.{number}", _mapping(f"queries.{number}", given))
        for number, given in enumerate(batch)
    ]
    return list(_checked(dict(enumerate(asked))).values())


def clean(text: str) -> str:
    """The text without halves of characters, which JSON may have and no encoding can write."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _checked(asked: dict[Key, Asked]) -> dict[Key, Asked]:
    if sum(one.characters for one in asked.values()) > MOST_CHARACTERS:
        raise TooLarge("Texts of a batch", MOST_CHARACTERS, "characters in all")
    if sum(one.readings for one in asked.values()) > MOST_READINGS:
        raise TooLarge("Names of a batch within each of their parents", MOST_READINGS, "in all")
    return asked


def _require_size(where: str, batch: Mapping[str, object] | list[object]) -> None:
    if len(batch) > BATCH:
        raise TooLarge(where, BATCH, "queries in one batch")


def _query(service: Service, where: str, document: object) -> Asked:
    given = _mapping(where, document)
    text = given.get("query")
    properties = _list(f"{where}.properties", given.get("properties"))
    if text is None and not properties:
        raise BadValue(where, given, "a query, or properties")
    types = _levels(service, f"{where}.type", given.get("type"))
    strict = given.get("type_strict") or "should"
    if strict not in ("any", "should", "all"):
        raise BadValue(f"{where}.type_strict", strict, "any, should or all")
    conditions = [
        _property(service, f"{where}.properties.{number}", each) for number, each in enumerate(properties)
    ]
    return Asked(
        texts=() if text is None else (_text(f"{where}.query", text),),
        levels=types,
        impossible=strict == "all" and len(types) > 1,
        limit=_limit(f"{where}.limit", given.get("limit")),
        conditions=_few(where, conditions),
    )


def _property(service: Service, where: str, document: object) -> Condition:
    given = _mapping(where, document)
    name = require_property(service, f"{where}.pid", given.get("pid"))
    return Condition(name, _values(f"{where}.v", given.get("v")))


def _draft_query(service: Service, where: str, given: Mapping[str, Any]) -> Asked:
    documents = _list(f"{where}.conditions", given.get("conditions"))
    if not documents:
        raise BadValue(f"{where}.conditions", documents, "a list of one condition at least")
    conditions = [
        _condition(service, f"{where}.conditions.{number}", _mapping(f"{where}.conditions.{number}", each))
        for number, each in enumerate(documents)
    ]
    # Names are what is matched; one that must not be, or must be too, is looked at afterwards.
    named = next((one for one in conditions if one.property == NAME and one.quantifier != "none"), None)
    texts: tuple[str, ...] = ()
    if named is not None:
        conditions.remove(named)
        texts = tuple(value.text for value in named.values)
        if named.quantifier == "all" and len(texts) > 1:
            conditions.append(Condition(NAME, named.values[1:], "all", required=named.required))
            texts = texts[:1]
    kind = given.get("type")
    if kind is not None and not isinstance(kind, str):
        raise BadValue(f"{where}.type", kind, "one type")
    return Asked(
        texts=texts,
        levels=_levels(service, f"{where}.type", kind),
        impossible=False,
        limit=_limit(f"{where}.limit", given.get("limit")),
        conditions=_few(where, conditions),
    )


def _condition(service: Service, where: str, given: Mapping[str, Any]) -> Condition:
    kind = given.get("matchType")
    if kind == "property":
        name = require_property(service, f"{where}.propertyId", given.get("propertyId"))
    elif kind in ("name", "id"):
        name = NAME if kind == "name" else CODE
    else:
        raise BadValue(f"{where}.matchType", kind, "name, id or property")
    quantifier = given.get("matchQuantifier", "any")
    if quantifier not in ("any", "all", "none"):
        raise BadValue(f"{where}.matchQuantifier", quantifier, "any, all or none")
    if given.get("matchQualifier") is not None:
        raise BadValue(f"{where}.matchQualifier", given["matchQualifier"], "none: no property has qualifiers")
    required = given.get("required", False)
    if not isinstance(required, bool):
        raise BadValue(f"{where}.required", required, "true or false")
    return Condition(
        name, _values(f"{where}.propertyValue", given.get("propertyValue")), quantifier, required
    )


def _few(where: str, conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    found = tuple(conditions)
    if len(found) > MOST_PROPERTIES:
        raise TooLarge(where, MOST_PROPERTIES, "properties of one query")
    return found


def _values(where: str, document: object) -> tuple[Wanted, ...]:
    given = document if isinstance(document, list) else [document]
    if len(given) > MOST_VALUES:
        raise TooLarge(where, MOST_VALUES, "values of one property")
    return tuple(_value(where, each) for each in given)


def _value(where: str, given: object) -> Wanted:
    if isinstance(given, Mapping) and isinstance(given.get("id"), str):
        name = given.get("name")
        return Wanted(clean(name) if isinstance(name, str) else clean(given["id"]), clean(given["id"]))
    if isinstance(given, bool):
        return Wanted("true" if given else "false")
    if isinstance(given, str | int | float):
        return Wanted(clean(str(given)))
    raise BadValue(where, given, "a text, a number, true, false, an object with an id, or a list of these")


def _levels(service: Service, where: str, document: object) -> tuple[str, ...]:
    if document is None:
        return ()
    given = document if isinstance(document, list) else [document]
    levels = [each for each in given if isinstance(each, str)]
    if len(levels) < len(given):
        raise BadValue(where, document, "a type, or a list of types")
    return tuple(dict.fromkeys(service.require_level(where, each) for each in levels))


def _limit(where: str, given: object) -> int:
    if given is None:
        return DEFAULT_CANDIDATES
    return min(positive(where, given), MOST_CANDIDATES)


def positive(where: str, given: object) -> int:
    """A whole number from 1 on, however JSON writes it; raises BadValue."""
    whole = isinstance(given, int | float) and not isinstance(given, bool) and given >= 1 and given % 1 == 0
    if not whole or not isinstance(given, int | float):
        raise BadValue(where, given, "a whole number from 1 on")
    return int(given)


def _text(where: str, given: object) -> str:
    if not isinstance(given, str):
        raise BadValue(where, given, "a text")
    return clean(given)


def _mapping(where: str, given: object) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise BadValue(where, given, "an object")
    return given


def _list(where: str, given: object) -> list[Any]:
    if given is None:
        return []
    if not isinstance(given, list):
        raise BadValue(where, given, "a list")
    return given
