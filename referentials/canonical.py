"""Canonical JSON: one value, one sequence of bytes, on every machine.

Keys are sorted by code point, there are no blanks, text is UTF-8 in NFC, and integral numbers have no
fraction: the subset of RFC 8785 that this data needs.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from typing import Any

import orjson

JSON = Any  # str, int, float, bool, None, and lists and dicts of these

LARGEST_INTEGER = 2**53 - 1


def canonical(value: JSON) -> bytes:
    """The canonical bytes of a JSON value; numbers that may not be finite go through `plain` first."""
    payload = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    if payload.isascii() or unicodedata.is_normalized("NFC", payload.decode()):
        return payload
    return orjson.dumps(_composed(value), option=orjson.OPT_SORT_KEYS)


def _composed(value: JSON) -> JSON:
    """The value with every text in NFC, in depth: before it is sorted and escaped."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        return {_composed(key): _composed(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_composed(inner) for inner in value]
    return value


def plain(value: JSON) -> JSON:
    """The value with integral floats as integers, in depth, so that 2.0 and 2 are one fact.

    Raises ValueError for what is not a finite number, and for integers that not every reader keeps (I-JSON,
    RFC 7493).
    """
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} is not a finite number")
        return int(value) if value.is_integer() and abs(value) <= LARGEST_INTEGER else value
    if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        raise ValueError(f"{value} is too large: not every reader keeps integers beyond 2^53 - 1")
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value
