"""Cells and properties as texts, numbers, days and JSON, or a problem in words."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson

from referentials.canonical import JSON, LARGEST_INTEGER
from referentials.kinds import AttributeType

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?")
_EUROPEAN_DAY = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
_BLANKS = str.maketrans("", "", " \u00a0\u202f")
_YES = frozenset({"true", "1", "yes", "oui", "vrai", "نعم"})
_NO = frozenset({"false", "0", "no", "non", "faux", "لا"})
_MAX_NESTING = 16


class UnfitValue(ValueError):
    """A value that cannot be what its column says; the message says what is expected."""


def text_of(value: JSON) -> str:
    """A cell or property as text in NFC without blanks around it; nothing is an empty text."""
    if isinstance(value, str):
        text = value.strip()
        return text if text.isascii() else unicodedata.normalize("NFC", text)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) <= LARGEST_INTEGER else repr(value)
    if isinstance(value, int):
        return str(value)
    return orjson.dumps(value).decode()


def number_of(value: JSON) -> float:
    """A finite number; a decimal comma and blanks between thousands are understood."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        found = float(value)
    else:
        text = text_of(value).translate(_BLANKS)
        if "," in text and "." not in text and text.count(",") == 1:
            text = text.replace(",", ".")
        try:
            found = float(text) if "_" not in text else math.nan
        except ValueError:
            raise UnfitValue("is not a number") from None
    if not math.isfinite(found):
        raise UnfitValue("is not a finite number")
    return found


def figure_of(value: JSON) -> int | float:
    """A number, an integer where it is integral."""
    found = number_of(value)
    if found.is_integer():
        if abs(found) > LARGEST_INTEGER:
            raise UnfitValue("is larger than every reader keeps (2^53 - 1)")
        return int(found)
    return found


def day_of(value: JSON) -> date:
    """A day, as 2024-09-01 or 01/09/2024."""
    text = text_of(value)
    iso, european = _DAY.fullmatch(text), _EUROPEAN_DAY.fullmatch(text)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if european:
            return date(int(european[3]), int(european[2]), int(european[1]))
    except ValueError:
        pass
    raise UnfitValue("is not a day such as 2024-09-01")


def attribute_of(value: JSON, type_name: AttributeType | None) -> JSON:
    """A value of an attribute's type; without a type, as it is."""
    match type_name:
        case "text":
            return text_of(value)
        case "number":
            return figure_of(value)
        case "integer":
            found = figure_of(value)
            if not isinstance(found, int):
                raise UnfitValue("is not an integer")
            return found
        case "boolean":
            return _boolean(text_of(value))
        case "object":
            return _object(value)
    return _kept(text_of(value) if isinstance(value, str) else value)


def _boolean(text: str) -> bool:
    folded = text.casefold()
    if folded not in _YES | _NO:
        raise UnfitValue("is neither true nor false")
    return folded in _YES


def _object(value: JSON) -> dict[str, Any]:
    """An object as it is or as JSON; a bare text is its code."""
    found = value
    if isinstance(value, str):
        text = text_of(value)
        if not text.startswith("{"):
            return {"code": text}
        try:
            found = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise UnfitValue("is not well-formed JSON") from None
    if not isinstance(found, Mapping):
        raise UnfitValue("is not an object")
    return dict(_kept(found))


def _kept(value: JSON, depth: int = 0) -> JSON:
    """The value, if every reader keeps it."""
    if depth > _MAX_NESTING:
        raise UnfitValue(f"nests deeper than {_MAX_NESTING} levels")
    if isinstance(value, float) and not math.isfinite(value):
        raise UnfitValue("is not a finite number")
    if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        raise UnfitValue("is larger than every reader keeps (2^53 - 1)")
    if isinstance(value, Mapping):
        return {key: _kept(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [_kept(inner, depth + 1) for inner in value]
    return value
