"""Fields of queries and bodies; a refusal says what was expected, which completes "expected …"."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date
from typing import Any, TypedDict, Unpack

from marshmallow import ValidationError, fields

from matching.selecting import BadCodeFilter
from matching.store import CodeFilter
from registry.errors import BadValue
from registry.serving.moments import parse_day

LONGEST_TEXT = 200  # characters of a text to match, suggest or filter by
_BOX = r"^-?\d+(\.\d+)?(,-?\d+(\.\d+)?){3}$"
_PLACE = r"^-?\d+(\.\d+)?,-?\d+(\.\d+)?$"
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)


class Options(TypedDict, total=False):
    """What every field can be given, as in marshmallow."""

    required: bool
    allow_none: bool
    load_default: Any
    data_key: str
    metadata: Mapping[str, Any]


class Text(fields.Field[str]):
    """A text that is not empty, has at most `longest` characters and can be encoded."""

    def __init__(self, longest: int = LONGEST_TEXT, **kwargs: Unpack[Options]) -> None:
        super().__init__(**kwargs)
        self.longest = longest
        self.metadata = {
            "type": "string",
            "minLength": 1,
            "maxLength": longest,
            "pattern": r"\S",
            **self.metadata,
        }

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:
        if not isinstance(value, str) or not value.strip() or len(value) > self.longest:
            raise ValidationError(f"a text of 1 to {self.longest} characters")
        if not value.isprintable() and any(0xD800 <= ord(sign) <= 0xDFFF for sign in value):
            raise ValidationError("a text that can be encoded as UTF-8")
        return value


class OneOf(fields.Field[str]):
    """One of a few words."""

    def __init__(self, words: tuple[str, ...], **kwargs: Unpack[Options]) -> None:
        super().__init__(**kwargs)
        self.words = words
        self.metadata = {"type": "string", "enum": list(words), **self.metadata}

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:
        if value not in self.words:
            raise ValidationError(f"one of {', '.join(self.words)}")
        return str(value)


class Whole(fields.Field[int]):
    """A whole number within bounds, both included; a body must give it as a number."""

    def __init__(self, lowest: int, highest: int, **kwargs: Unpack[Options]) -> None:
        super().__init__(**kwargs)
        self.lowest, self.highest = lowest, highest
        self.metadata = {"type": "integer", "minimum": lowest, "maximum": highest, **self.metadata}

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> int:
        number = _whole(value)
        if number is None or not self.lowest <= number <= self.highest:
            raise ValidationError(f"a whole number from {self.lowest} to {self.highest}")
        return number


def _whole(value: object) -> int | None:
    if isinstance(value, str):
        return int(value) if _WHOLE.fullmatch(value) else None
    if isinstance(value, float) and value.is_integer():
        return int(value)  # JSON does not tell 5.0 from 5
    return value if isinstance(value, int) and not isinstance(value, bool) else None


class Day(fields.Field[date]):
    """A calendar date, as 2024-09-01."""

    def __init__(self, **kwargs: Unpack[Options]) -> None:
        super().__init__(**kwargs)
        self.metadata = {"type": "string", "format": "date", **self.metadata}

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> date:
        return _day(value)


def _day(value: object) -> date:
    try:
        return parse_day(str(value))
    except BadValue as error:
        raise ValidationError("a date as 2024-09-01") from error


class DayOrToday(fields.Field[str]):
    """A calendar date, or `today` in the zone of the service; stays text."""

    def __init__(self, **kwargs: Unpack[Options]) -> None:
        super().__init__(**kwargs)
        self.metadata = {"anyOf": [{"type": "string", "format": "date"}, {"const": "today"}], **self.metadata}

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:
        if value != "today":
            _day(value)
        return str(value)


class Several(fields.Field[tuple[str, ...]]):
    """Several values of a query: the parameter repeated, or one text with commas."""

    is_multiple = True

    def __init__(self, each: fields.Field[str], **kwargs: Unpack[Options]) -> None:
        super().__init__(**kwargs)
        self.each = each
        items = {name: value for name, value in each.metadata.items() if name != "description"}
        self.metadata = {"type": "array", "items": items, "minItems": 1, **self.metadata}

    def _deserialize(
        self, value: object, attr: str | None, data: object, **kwargs: object
    ) -> tuple[str, ...]:
        given = value if isinstance(value, list) else [value]
        parts = [part for text in given for part in (text.split(",") if isinstance(text, str) else [text])]
        return tuple(self.each.deserialize(part) for part in parts)


class BoundingBox(fields.Field[tuple[float, float, float, float]]):
    """`west,south,east,north` in degrees."""

    def __init__(self, **kwargs: Unpack[Options]) -> None:
        super().__init__(**kwargs)
        self.metadata = {"type": "string", "pattern": _BOX, **self.metadata}

    def _deserialize(
        self,
        value: object,
        attr: str | None,
        data: object,
        **kwargs: object,
    ) -> tuple[float, float, float, float]:
        try:
            west, south, east, north = (float(part) for part in str(value).split(","))
        except ValueError:
            west = south = east = north = math.nan
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            raise ValidationError("west,south,east,north in degrees, west ≤ east and south ≤ north")
        return west, south, east, north


class Place(fields.Field[tuple[float, float]]):
    """`longitude,latitude` in degrees."""

    def __init__(self, **kwargs: Unpack[Options]) -> None:
        super().__init__(**kwargs)
        self.metadata = {"type": "string", "pattern": _PLACE, **self.metadata}

    def _deserialize(
        self, value: object, attr: str | None, data: object, **kwargs: object
    ) -> tuple[float, float]:
        try:
            longitude, latitude = (float(part) for part in str(value).split(","))
        except ValueError:
            longitude = latitude = math.nan
        if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
            raise ValidationError("longitude,latitude in degrees")
        return longitude, latitude


class Codes(fields.Field[CodeFilter]):
    """Codes, ranges `A..B` (both ends included) and prefixes `09.*`, repeated or with commas."""

    is_multiple = True

    def __init__(self, each: fields.Field[str], **kwargs: Unpack[Options]) -> None:
        super().__init__(**kwargs)
        self.several = Several(each, metadata=self.metadata)
        self.metadata = self.several.metadata

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> CodeFilter:
        parts = self.several.deserialize(value)
        try:
            return CodeFilter.parse(",".join(parts))
        except BadCodeFilter as error:
            raise ValidationError(f"codes, ranges A..B and prefixes 09.* ({error.why})") from error
