"""Reads canonical bytes back: the record that they are, or the fact that they state."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import date

import orjson

from referentials.canonical import JSON
from referentials.events import EVENTS
from referentials.records import (
    ChangeEvent,
    ChangeLink,
    Designation,
    Fact,
    MalformedRecord,
    Observation,
    Record,
    State,
)


def parse(payload: bytes) -> Fact:
    """The fact that canonical bytes state; raises MalformedRecord."""
    try:
        fields = orjson.loads(payload)
        return _PARSERS[fields["family"]](fields)
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedRecord(f"not a record: {payload[:120]!r} ({error})") from error


def record_of(payload: bytes) -> Record:
    """Canonical bytes with their family and key, without building the fact; raises MalformedRecord."""
    try:
        fields = orjson.loads(payload)
        family = fields["family"]
        return Record(family, _KEYS[family](fields), payload)
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedRecord(f"not a record: {payload[:120]!r} ({error})") from error


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _uuid(text: str | None) -> uuid.UUID | None:
    return None if text is None else uuid.UUID(text)


def _state(fields: dict[str, JSON]) -> State:
    shape = fields.get("shape")
    return State(
        item=uuid.UUID(fields["item"]),
        code=fields["code"],
        level=fields["level"],
        parent=_uuid(fields.get("parent")),
        names=fields.get("names", {}),
        attributes=fields.get("attributes", {}),
        shape=None if shape is None else bytes.fromhex(shape),
        valid_from=_date(fields.get("valid_from")),
        valid_to=_date(fields.get("valid_to")),
    )


def _designation(fields: dict[str, JSON]) -> Designation:
    return Designation(
        item=uuid.UUID(fields["item"]),
        text=fields["text"],
        language=fields.get("language"),
        script=fields["script"],
        use=fields["use"],
        source=fields["source"],
        valid_from=_date(fields.get("valid_from")),
        valid_to=_date(fields.get("valid_to")),
    )


def _observation(fields: dict[str, JSON]) -> Observation:
    return Observation(
        item=uuid.UUID(fields["item"]),
        measure=fields["measure"],
        observed_on=date.fromisoformat(fields["observed_on"]),
        value=fields["value"],
        unit=fields["unit"],
        source=fields["source"],
    )


def _event(fields: dict[str, JSON]) -> ChangeEvent:
    if fields["type"] not in EVENTS:
        raise ValueError(f"{fields['type']!r} is no change event")
    return ChangeEvent(
        id=uuid.UUID(fields["id"]),
        type=fields["type"],
        effective_on=date.fromisoformat(fields["effective_on"]),
        earliest_on=_date(fields.get("earliest_on")),
        latest_on=_date(fields.get("latest_on")),
        basis=fields["basis"],
        note=fields.get("note"),
        links=tuple(ChangeLink(**{**link, "item": uuid.UUID(link["item"])}) for link in fields["links"]),
    )


def _state_key(fields: dict[str, JSON]) -> str:
    return f"{fields['item']} {fields.get('valid_from', '')}"


def _designation_key(fields: dict[str, JSON]) -> str:
    item, use, text = fields["item"], fields["use"], fields["text"]
    return f"{item} {use} {fields.get('language', '')} {fields.get('valid_from', '')} {text}"


def _observation_key(fields: dict[str, JSON]) -> str:
    return f"{fields['item']} {fields['measure']} {fields['observed_on']}"


def _event_key(fields: dict[str, JSON]) -> str:
    return str(fields["id"])


_PARSERS: Mapping[str, Callable[[dict[str, JSON]], Fact]] = {
    "state": _state,
    "designation": _designation,
    "observation": _observation,
    "event": _event,
}
_KEYS: Mapping[str, Callable[[dict[str, JSON]], str]] = {
    "state": _state_key,
    "designation": _designation_key,
    "observation": _observation_key,
    "event": _event_key,
}
