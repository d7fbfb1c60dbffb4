"""Listed items and changes as canonical JSON and back: how a draft keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import orjson
import shapely

from referentials.canonical import JSON, canonical, plain
from referentials.listing import ListedChange, ListedItem, ListedLink, ListedObservation, OtherName
from referentials.records import MalformedRecord
from referentials.shapes import to_wkb


def item_bytes(item: ListedItem) -> bytes:
    """An item as canonical JSON; what it does not say is left out, a shape is WKB in hexadecimal digits.

    Raises ValueError for numbers that no reader keeps.
    """
    return _said(
        {
            "code": item.code,
            "level": item.level,
            "parent": item.parent,
            "names": dict(item.names),
            "attributes": plain(item.attributes),
            "shape": None if item.shape is None else to_wkb(item.shape).hex(),
            "other_names": [
                {
                    "text": other.text,
                    "language": other.language,
                    "script": other.script,
                    "use": other.use,
                    "source": other.source,
                }
                for other in item.other_names
            ],
            "observations": [
                {
                    "measure": seen.measure,
                    "observed_on": seen.observed_on.isoformat(),
                    "value": plain(seen.value),
                    "unit": seen.unit,
                    "source": seen.source,
                }
                for seen in item.observations
            ],
            "valid_from": _iso(item.valid_from),
        }
    )


def item_of(payload: bytes) -> ListedItem:
    """The item that such bytes state; raises MalformedRecord."""
    try:
        fields = orjson.loads(payload)
        shape = fields.get("shape")
        return ListedItem(
            code=fields["code"],
            level=fields["level"],
            parent=fields.get("parent"),
            names=fields.get("names", {}),
            attributes=fields.get("attributes", {}),
            shape=None if shape is None else shapely.from_wkb(bytes.fromhex(shape)),
            other_names=tuple(OtherName(**other) for other in fields.get("other_names", ())),
            observations=tuple(
                ListedObservation(**{**seen, "observed_on": date.fromisoformat(seen["observed_on"])})
                for seen in fields.get("observations", ())
            ),
            valid_from=_date(fields.get("valid_from")),
        )
    except (AttributeError, KeyError, TypeError, ValueError, shapely.errors.ShapelyError) as error:
        raise MalformedRecord(f"not a listed item: {payload[:120]!r} ({error})") from error


def change_bytes(change: ListedChange) -> bytes:
    """A change as canonical JSON; what it does not say is left out."""
    return _said(
        {
            "type": change.type,
            "effective_on": change.effective_on.isoformat(),
            "sources": [_link(link) for link in change.sources],
            "targets": [_link(link) for link in change.targets],
            "basis": change.basis,
            "note": change.note,
            "earliest_on": _iso(change.earliest_on),
            "latest_on": _iso(change.latest_on),
        }
    )


def change_of(payload: bytes) -> ListedChange:
    """The change that such bytes state; raises MalformedRecord."""
    try:
        fields = orjson.loads(payload)
        return ListedChange(
            type=fields["type"],
            effective_on=date.fromisoformat(fields["effective_on"]),
            sources=tuple(ListedLink(**link) for link in fields.get("sources", ())),
            targets=tuple(ListedLink(**link) for link in fields.get("targets", ())),
            basis=fields["basis"],
            note=fields.get("note"),
            earliest_on=_date(fields.get("earliest_on")),
            latest_on=_date(fields.get("latest_on")),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise MalformedRecord(f"not a listed change: {payload[:120]!r} ({error})") from error


def _link(link: ListedLink) -> dict[str, JSON]:
    fields = {"code": link.code, "share": link.share, "share_basis": link.share_basis}
    return {name: value for name, value in fields.items() if value is not None}


def _said(fields: Mapping[str, JSON]) -> bytes:
    return canonical({name: value for name, value in fields.items() if value not in (None, {}, [])})


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
