"""Records: the canonical facts that a version consists of.

A version's content is a sorted set of records of four families. A record's canonical bytes are JSON with
sorted keys, no blanks, UTF-8 in NFC and integral numbers without a fraction (the subset of RFC 8785 that this
data needs), so that the same facts give the same bytes on any machine and from either database. What is not
known, or empty, is left out: a million items need not say a million times that they have no end.
"""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

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


def _said(payload: dict[str, JSON]) -> bytes:
    return canonical({name: value for name, value in payload.items() if value is not None and value != {}})


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
