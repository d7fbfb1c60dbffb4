"""Fields of the desk's bodies: texts that both databases keep, figures, shapes and moments."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Unpack

import shapely
from marshmallow import ValidationError, fields
from shapely.geometry.base import BaseGeometry

from referentials.canonical import canonical, plain
from referentials.shapes import shape_problem
from registry.api.fields import Options, Text
from registry.clock import text_of

LONGEST_PROSE = 10_000  # characters of a comment, a note or a reason
LONGEST_LINE = 1_000  # characters of a name, a basis, a source
MOST_TEXTS = 50  # languages of a text

_UNKEPT = "a text without control characters other than line breaks"
_FIRST_YEAR, _LAST_YEAR = 1900, 9000


class Written(Text):
    """A text that both databases keep: PostgreSQL refuses U+0000, and no text needs other control signs."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not text.isprintable() and any(ord(sign) < 32 and sign not in "\n\r\t" for sign in text):
            raise ValidationError(_UNKEPT)
        return text


class Texts(fields.Field[dict[str, str]]):
    """A text by language, as {"fr": "Rabat", "ar": "الرباط"}."""

    def __init__(self, longest: int = LONGEST_LINE, **kwargs: Unpack[Options]) -> None:
        super().__init__(**kwargs)
        self.key, self.each = Written(35), Written(longest)
        self.metadata = {
            "type": "object",
            "additionalProperties": dict(self.each.metadata),
            "maxProperties": MOST_TEXTS,
            **self.metadata,
        }

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> dict[str, str]:
        if not isinstance(value, Mapping) or len(value) > MOST_TEXTS:
            raise ValidationError(f"an object of at most {MOST_TEXTS} texts by language")
        return {
            str(self.key.deserialize(key)): str(self.each.deserialize(text)) for key, text in value.items()
        }


class JsonObject(fields.Field[dict[str, Any]]):
    """A JSON object that canonical JSON can say again."""

    def __init__(self, **kwargs: Unpack[Options]) -> None:
        super().__init__(**kwargs)
        self.metadata = {"type": "object", **self.metadata}

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValidationError("a JSON object")
        try:
            canonical(plain(value))
        except (ValueError, TypeError, RecursionError) as error:
            raise ValidationError("a JSON object of numbers and texts that every reader keeps") from error
        return value


class Figure(fields.Field[float]):
    """A finite number; where bounds are given, both included."""

    def __init__(
        self, lowest: float | None = None, highest: float | None = None, **kwargs: Unpack[Options]
    ) -> None:
        super().__init__(**kwargs)
        self.lowest, self.highest = lowest, highest
        bounds = {"minimum": lowest, "maximum": highest}
        known = {name: bound for name, bound in bounds.items() if bound is not None}
        self.metadata = {"type": "number", **known, **self.metadata}

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> float:
        number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
        lowest = -(2**53) if self.lowest is None else self.lowest
        highest = 2**53 if self.highest is None else self.highest
        if number is None or not lowest <= number <= highest:
            raise ValidationError(f"a number from {lowest:,} to {highest:,}")
        return number


class Truth(fields.Field[bool]):
    """true or false."""

    def __init__(self, **kwargs: Unpack[Options]) -> None:
        super().__init__(**kwargs)
        self.metadata = {"type": "boolean", **self.metadata}

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("true or false")
        return value


class Geometry(fields.Field[BaseGeometry]):
    """A GeoJSON geometry (RFC 7946) in WGS 84 that could be published."""

    def __init__(self, **kwargs: Unpack[Options]) -> None:
        super().__init__(**kwargs)
        self.metadata = {"type": "object", "description": "GeoJSON geometry.", **self.metadata}

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> BaseGeometry:
        if not isinstance(value, dict) or value.get("type") in ("Feature", "FeatureCollection", None):
            raise ValidationError("a GeoJSON geometry")
        try:
            shape = shapely.from_geojson(json.dumps(value, allow_nan=False))
        except (ValueError, RecursionError, shapely.errors.ShapelyError) as error:
            raise ValidationError("a GeoJSON geometry") from error
        problem = shape_problem(shape)
        if problem is not None:
            raise ValidationError(f"a shape that can be published: {problem}")
        return shape


class MomentOfTime(fields.Field[str]):
    """A moment with its zone as RFC 3339 has it; becomes the text in UTC that rows hold."""

    def __init__(self, **kwargs: Unpack[Options]) -> None:
        super().__init__(**kwargs)
        self.metadata = {"format": "date-time", **self.metadata}

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:
        try:
            return moment_text(str(value))
        except ValueError as error:
            raise ValidationError("a moment with its zone, as 2027-01-01T00:00:00+01:00") from error


def moment_text(text: str) -> str:
    """A moment with its zone, as 2027-01-01T00:00:00+01:00, in UTC as rows hold it; raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or not _FIRST_YEAR < moment.year < _LAST_YEAR:
        raise ValueError("without a zone, or out of range")
    return text_of(moment.astimezone(UTC))
