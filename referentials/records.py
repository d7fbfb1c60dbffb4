"""Records: the canonical facts that a version consists of.

A version's content is a sorted set of records of four families. A record's canonical bytes are JSON with
sorted keys, no blanks, UTF-8 in NFC and integral numbers without a fraction (the subset of RFC 8785 that this
data needs), so that the same facts give the same bytes on any machine and from either database. What is not
known, or empty, is left out: a million items need not say a million times that they have no end.
"""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import orjson

from referentials.canonical import JSON, canonical, plain
from referentials.events import EVENTS

FAMILIES = ("state", "designation", "observation", "event")
FAMILY_RANK: Mapping[str, int] = {family: rank for rank, family in enumerate(FAMILIES)}

EVENT_TYPES = tuple(EVENTS)

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:marjaa:id")


class RecordKey(NamedTuple):
    """What a record is sorted and withdrawn by; keys compare by family rank, then code point."""

    family: str
    key: str


class Record(NamedTuple):
    """One canonical fact: its family, its key within the family, and its canonical bytes."""

    family: str
    key: str
    payload: bytes

    @property
    def record_key(self) -> RecordKey:
        """The part that identifies the record."""
        return RecordKey(self.family, self.key)

    @property
    def order(self) -> tuple[int, str]:
        """The position of the record in a content: family rank, then key by code point."""
        return FAMILY_RANK[self.family], self.key


class MalformedRecord(ValueError):
    """Bytes that are not a record of a known family."""


def derived_id(*parts: object) -> uuid.UUID:
    """An identifier that is derived, not drawn: UUIDv5 of its parts (RFC 9562)."""
    return uuid.uuid5(_NAMESPACE, "\x1f".join("" if part is None else str(part) for part in parts))


def item_id(referential: str, level: str, code: str, valid_from: date | None, ordinal: int) -> uuid.UUID:
    """The id of an item first seen with this level, code and start, in the version of this ordinal (D3)."""
    return derived_id("item", referential, level, code, valid_from, ordinal)


@dataclass(frozen=True, slots=True)
class State:
    """What an item was during a period `[valid_from, valid_to)`; `None` is an unknown start or an open end.

    `parent` is the parent's item id, so that a parent's new code does not touch its children.
    `shape` is little-endian WKB, WGS 84, coordinates rounded to seven decimals.
    """

    item: uuid.UUID
    code: str
    level: str
    parent: uuid.UUID | None
    names: Mapping[str, str]
    attributes: Mapping[str, JSON]
    shape: bytes | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def key(self) -> str:
        """Unique within a version: an item has one state from a given day."""
        return f"{self.item} {self.valid_from or ''}"

    def record(self) -> Record:
        """The state as canonical bytes."""
        payload = {
            "family": "state",
            "item": str(self.item),
            "code": self.code,
            "level": self.level,
            "parent": None if self.parent is None else str(self.parent),
            "names": dict(self.names),
            "attributes": plain(self.attributes) if self.attributes else {},
            "shape": None if self.shape is None else self.shape.hex(),
            "valid_from": _iso(self.valid_from),
            "valid_to": _iso(self.valid_to),
        }
        return Record("state", self.key, _said(payload))


@dataclass(frozen=True, slots=True)
class Designation:
    """A text, other than a preferred name, that leads to an item."""

    item: uuid.UUID
    text: str
    language: str | None
    script: str
    use: str
    source: str
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def key(self) -> str:
        """Unique within a version."""
        text = unicodedata.normalize("NFC", self.text)
        return f"{self.item} {self.use} {self.language or ''} {self.valid_from or ''} {text}"

    def record(self) -> Record:
        """The designation as canonical bytes."""
        payload = {
            "family": "designation",
            "item": str(self.item),
            "text": self.text,
            "language": self.language,
            "script": self.script,
            "use": self.use,
            "source": self.source,
            "valid_from": _iso(self.valid_from),
            "valid_to": _iso(self.valid_to),
        }
        return Record("designation", self.key, _said(payload))


@dataclass(frozen=True, slots=True)
class Observation:
    """A figure about an item that holds on a day (population …): dated, not part of a state."""

    item: uuid.UUID
    measure: str
    observed_on: date
    value: int | float
    unit: str
    source: str

    @property
    def key(self) -> str:
        """Unique within a version."""
        return f"{self.item} {self.measure} {self.observed_on}"

    def record(self) -> Record:
        """The observation as canonical bytes."""
        payload = {
            "family": "observation",
            "item": str(self.item),
            "measure": self.measure,
            "observed_on": self.observed_on.isoformat(),
            "value": plain(self.value),
            "unit": self.unit,
            "source": self.source,
        }
        return Record("observation", self.key, _said(payload))


@dataclass(frozen=True, slots=True)
class ChangeLink:
    """One end of a change event: the item and the code it had (source) or got (target)."""

    role: str
    item: uuid.UUID
    code: str
    level: str
    share: float | None = None
    share_basis: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeEvent:
    """What happened to n source states, giving m target states (D3).

    The true date lies in `[earliest_on, latest_on]` where that is known; `effective_on` is the one used.
    """

    id: uuid.UUID
    type: str
    effective_on: date
    basis: str
    links: tuple[ChangeLink, ...]
    note: str | None = None
    earliest_on: date | None = None
    latest_on: date | None = None

    @property
    def key(self) -> str:
        """Unique within a version."""
        return str(self.id)

    @property
    def sources(self) -> tuple[ChangeLink, ...]:
        """The links to what was before."""
        return tuple(link for link in self.links if link.role == "source")

    @property
    def targets(self) -> tuple[ChangeLink, ...]:
        """The links to what came after."""
        return tuple(link for link in self.links if link.role == "target")

    def record(self) -> Record:
        """The event as canonical bytes, its links in the order source, target, then code."""
        links = sorted(self.links, key=lambda link: (link.role, link.code, str(link.item)))
        payload = {
            "family": "event",
            "id": str(self.id),
            "type": self.type,
            "effective_on": self.effective_on.isoformat(),
            "earliest_on": _iso(self.earliest_on),
            "latest_on": _iso(self.latest_on),
            "basis": self.basis,
            "note": self.note,
            "links": [
                {
                    "role": link.role,
                    "item": str(link.item),
                    "code": link.code,
                    "level": link.level,
                    **({} if link.share is None else {"share": plain(link.share)}),
                    **({} if link.share_basis is None else {"share_basis": link.share_basis}),
                }
                for link in links
            ],
        }
        return Record("event", self.key, _said(payload))


Fact = State | Designation | Observation | ChangeEvent


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


def _said(payload: dict[str, JSON]) -> bytes:
    return canonical({name: value for name, value in payload.items() if value is not None and value != {}})


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


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
