"""Bounds what an XLSX part would take at the speed of a byte search.

Following every element of a sheet takes several times as long as reading it. Workbooks as programs write
them can be judged without: each cell states its place. Where that is not so, or a bound is passed, the part
is followed element by element (`measuring`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from referentials.sheets.limits import Limits

CHUNK = 1 << 18
_LONGEST_TAG = 1 << 16
_CELL = re.compile(rb"<(?:[\w.-]+:)?c[\s/>]")
_PLACED_CELL = re.compile(rb'<(?:x:)?c (?:[a-z]+="[^"<>]*" )*r="([A-Z]{1,3})([0-9]{1,7})"')


def surely_within(part: IO[bytes], longest: int, limits: Limits) -> bool:
    """Whether the cells of a sheet, each with a text of at most `longest` characters, keep to the limits.

    False also where that cannot be told.
    """
    rows = cells = size = 0
    columns: set[bytes] = set()
    for piece in _whole_tags(part):
        if piece is None:
            return False
        size += len(piece)
        placed = _PLACED_CELL.findall(piece)
        if len(placed) != len(_CELL.findall(piece)):
            return False
        cells += len(placed)
        columns.update(letters for letters, _ in placed)
        rows = max(rows, max((int(number) for _, number in placed), default=0))
    width = max((column_number(letters.decode()) for letters in columns), default=0)
    return (
        rows <= limits.max_rows
        and width <= limits.max_columns
        and rows * width <= limits.max_cells
        and size + cells * longest <= limits.max_characters
    )


def longest_shared_string(part: IO[bytes]) -> int:
    """No shared string has more characters than this: the bytes between two ends of one, mark-up included."""
    longest = run = 0
    while chunk := part.read(CHUNK):
        head, *others = re.split(rb"</(?:[\w.-]+:)?si\s*>", chunk)
        longest = max(longest, run + len(head), *map(len, others))
        run = len(others[-1]) if others else run + len(head)
    return longest


def column_number(letters: str) -> int:
    """The number of a column called A, B … XFD, from 1."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - 64
    return number


def _whole_tags(part: IO[bytes]) -> Iterator[bytes | None]:
    """The bytes of a part, cut before tags; `None` where a tag is too long or the text is not ASCII-based."""
    rest = b""
    while chunk := part.read(CHUNK):
        if chunk.startswith((b"\xff\xfe", b"\xfe\xff", b"\0", b"<\0")):
            yield None
        chunk = rest + chunk
        cut = chunk.rfind(b"<")
        rest = chunk[cut:] if cut >= 0 else b""
        if len(rest) > _LONGEST_TAG:
            yield None
        yield chunk[:cut] if cut >= 0 else chunk
    yield rest
