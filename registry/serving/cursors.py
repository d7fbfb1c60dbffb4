"""Cursors of lists: they pin the version and the day, so that paging never mixes two versions."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import date
from hashlib import blake2s

from registry.errors import BadCursor

_CHECK = 6  # bytes: enough to notice a damaged cursor; a forged one can only ask for another page
_LAST_ROW = 2**31 - 1  # rows are numbered by signed numbers of 32 bits


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a list goes on: `start` is the first row (or rank) not yet given, `query` marks its filters."""

    version: str
    at: date
    start: int
    query: str


def query_mark(*parts: object) -> str:
    """A short mark of a query, equal for equal filters."""
    return _base64(blake2s(repr(parts).encode("utf-8", "replace"), digest_size=9).digest())


def encode(cursor: Cursor) -> str:
    """The cursor as an opaque text that is safe in an address."""
    fields = [cursor.version, cursor.at.isoformat(), cursor.start, cursor.query]
    plain = json.dumps(fields, separators=(",", ":")).encode()
    return _base64(_check(plain) + plain)


def decode(text: str) -> Cursor:
    """Read a cursor; raises BadCursor for a text that `encode` did not give."""
    try:
        raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        check, plain = raw[:_CHECK], raw[_CHECK:]
        if check != _check(plain) or _base64(raw) != text:
            raise ValueError("its check does not fit")
        return _checked(*json.loads(plain))
    except (ValueError, TypeError, RecursionError) as error:
        raise BadCursor("The cursor was cut, changed or never issued here.") from error


def _checked(version: object, at: object, start: object, query: object) -> Cursor:
    """The check is no secret: whoever makes one up gets no further than with any other bad input."""
    if not (isinstance(version, str) and isinstance(at, str) and isinstance(query, str)):
        raise ValueError("a text is none")
    if type(start) is not int or not 0 <= start <= _LAST_ROW:
        raise ValueError("it starts at no row")
    return Cursor(version, date.fromisoformat(at), start, query)


def _base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _check(plain: bytes) -> bytes:
    return blake2s(plain, digest_size=_CHECK, person=b"cursor").digest()
