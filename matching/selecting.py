"""Choosing many rows of a store at once: by date, status, level, tree, codes and box."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Indel

from matching.layout import DEGREE, INVALID, NO_BOX, Array

_NEIGHBOURS = 2_000
_VALID, _PAST, _FUTURE, _INVALID = 3, 2, 1, 0


class Mapped(Protocol):
    """What choosing needs of an opened store: its arrays by name, and the rows of a code."""

    @property
    def size(self) -> int: ...
    @property
    def levels(self) -> tuple[str, ...]: ...
    @property
    def files(self) -> Mapping[str, Array]: ...
    def rows_of(self, code: str) -> range: ...


class BadCodeFilter(ValueError):
    """A code filter that cannot be read: the `value` and `why`."""

    def __init__(self, value: str, why: str) -> None:
        super().__init__(f"{value!r}: {why}")
        self.value = value
        self.why = why


@dataclass(frozen=True, slots=True)
class CodeFilter:
    """Codes to keep: listed ones, ranges with both ends, and beginnings."""

    exact: tuple[str, ...] = ()
    ranges: tuple[tuple[str, str], ...] = ()
    prefixes: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> CodeFilter:
        """Read "09.541,01..02,05.*": codes, ranges A..B and beginnings P*. Raises BadCodeFilter."""
        exact, ranges, prefixes = [], [], []
        for part in (part.strip() for part in text.split(",")):
            if not part:
                raise BadCodeFilter(text, "an empty code between commas")
            first, dots, last = part.partition("..")
            if dots:
                if not first or not last or first > last:
                    raise BadCodeFilter(part, "a range is FIRST..LAST, in order")
                ranges.append((first, last))
            elif part.endswith("*"):
                prefixes.append(part[:-1])
            else:
                exact.append(part)
        return cls(tuple(exact), tuple(ranges), tuple(prefixes))


def select_rows(
    store: Mapped,
    *,
    at: int | None,
    level: Sequence[str],
    parent: str | None,
    under: str | None,
    codes: CodeFilter | None,
    status: Sequence[str],
    bbox: tuple[float, float, float, float] | None,
) -> Array:
    """See `Store.select`."""
    files = store.files
    if status and at is not None:
        kept = _answering(store, at, status)
    elif status:
        raise ValueError("a status needs a date")
    else:
        kept = _valid(store, at)
    if level:
        numbers = [number for number, name in enumerate(store.levels) if name in level]
        kept &= np.isin(files["levels"], numbers)
    if parent is not None:
        kept &= _mask(store.size, children_of(store, parent_numbers(store, [parent]), None))
    if under is not None:
        kept &= _mask(store.size, descendants_of(store, [under], None if status else at))
    if codes is not None:
        kept &= _with_codes(store, codes)
    if bbox is not None:
        kept &= _in_box(store, bbox)
    rows: Array = np.flatnonzero(kept)
    return rows


def _mask(size: int, rows: Array) -> Array:
    mask = np.zeros(size, dtype=bool)
    mask[rows] = True
    return mask


def _valid(store: Mapped, at: int | None) -> Array:
    if at is None:
        return np.ones(store.size, dtype=bool)
    files = store.files
    valid: Array = (files["valid_from"] <= at) & (files["valid_to"] > at) & (files["flags"] & INVALID == 0)
    return valid


def _answering(store: Mapped, at: int, status: Sequence[str]) -> Array:
    """For each code the row that `find` would give, where its status is one of these."""
    if not store.size:
        return np.zeros(0, dtype=bool)
    files, size = store.files, store.size
    rank = np.where(
        files["valid_from"] > at, _FUTURE, np.where(files["valid_to"] > at, _VALID, _PAST)
    ).astype(np.int64)
    rank[files["flags"] & INVALID != 0] = _INVALID
    # Of several past ones the last answers, of several future ones the first.
    position = np.arange(size, dtype=np.int64)
    order = rank * (2 * size) + np.where(rank == _FUTURE, size - position, position)
    codes = files["codes"]
    begins = np.ones(size, dtype=bool)
    begins[1:] = codes[1:] != codes[:-1]
    best = np.maximum.reduceat(order, np.flatnonzero(begins))
    answers: Array = order == best[np.cumsum(begins) - 1]
    wanted = np.isin(rank, [number for name, number in _RANKS.items() if name in status])
    past = rank == _PAST
    if ("superseded" in status) != ("retired" in status):
        wanted |= past & (_has_successors(store) == ("superseded" in status))
    elif "superseded" in status:
        wanted |= past
    answers &= wanted
    return answers


_RANKS = {"valid": _VALID, "announced": _FUTURE, "invalid": _INVALID}


def _has_successors(store: Mapped) -> Array:
    starts = store.files["successors_starts"]
    return np.diff(starts) > 0 if len(starts) else np.zeros(store.size, dtype=bool)


def _with_codes(store: Mapped, wanted: CodeFilter) -> Array:
    kept = np.zeros(store.size, dtype=bool)
    for code in wanted.exact:
        rows = store.rows_of(code)
        kept[rows.start : rows.stop] = True
    for first, last in wanted.ranges:
        kept[_position(store, first, after=False) : _position(store, last, after=True)] = True
    for prefix in wanted.prefixes:
        rows = rows_beginning(store, prefix)
        kept[rows.start : rows.stop] = True
    return kept


def _position(store: Mapped, code: str, *, after: bool, rest: bytes = b"") -> int:
    """Where a code would stand, before or after its equals; one too long to be there, after its beginning."""
    codes = store.files["codes"]
    full = code.encode() + rest
    needle = full[: codes.dtype.itemsize]
    right = after or len(needle) < len(code.encode())
    value = np.array(needle, dtype=codes.dtype)
    return int(codes.searchsorted(value, "right" if right else "left"))


def rows_beginning(store: Mapped, prefix: str) -> range:
    """The rows whose code begins so; no UTF-8 text has the byte 0xFF."""
    return range(_position(store, prefix, after=False), _position(store, prefix, after=True, rest=b"\xff"))


def _in_box(store: Mapped, bbox: tuple[float, float, float, float]) -> Array:
    boxes = store.files["bbox"].reshape(-1, 4)
    if not len(boxes):
        return np.zeros(store.size, dtype=bool)
    west, south, east, north = (round(side * DEGREE) for side in bbox)
    placed = boxes[:, 0] != NO_BOX
    meets: Array = (
        placed
        & (boxes[:, 0] <= east)
        & (boxes[:, 2] >= west)
        & (boxes[:, 1] <= north)
        & (boxes[:, 3] >= south)
    )
    return meets


# The tree


def parent_numbers(store: Mapped, codes: Sequence[str]) -> Array:
    """The numbers of codes among the parents; codes without children are left out."""
    known = store.files["parent_codes"]
    numbers = []
    for code in codes:
        needle = code.encode()
        if not len(known) or len(needle) > known.dtype.itemsize or b"\0" in needle:
            continue
        number = int(known.searchsorted(np.array(needle, dtype=known.dtype)))
        if number < len(known) and known[number] == needle:
            numbers.append(number)
    return np.array(numbers, dtype=np.int64)


def children_of(store: Mapped, parents: Array, at: int | None) -> Array:
    """Rows directly below parents (numbers), valid at that day (None: at any)."""
    starts = store.files["child_starts"]
    if not len(parents):
        return np.empty(0, np.int64)
    begins, ends = starts[parents].astype(np.int64), starts[parents + 1].astype(np.int64)
    counts = ends - begins
    places = np.repeat(begins - (np.cumsum(counts) - counts), counts) + np.arange(int(counts.sum()))
    rows = store.files["child_rows"][places].astype(np.int64)
    if at is None:
        return rows
    files = store.files
    holds = (
        (files["valid_from"][rows] <= at)
        & (files["valid_to"][rows] > at)
        & (files["flags"][rows] & INVALID == 0)
    )
    held: Array = rows[holds]
    return held


def descendants_of(store: Mapped, codes: Sequence[str], at: int | None) -> Array:
    """Rows below these codes at any depth, ascending. A cycle ends where it meets itself."""
    seen = np.zeros(len(store.files["parent_codes"]), dtype=bool)
    level = parent_numbers(store, codes)
    found: list[Array] = []
    while len(level):
        seen[level] = True
        rows = children_of(store, level, at)
        found.append(rows)
        below = np.unique(store.files["own"][rows])
        level = below[below >= 0]
        level = level[~seen[level]].astype(np.int64)
    return np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)


def nearest_codes(store: Mapped, code: str, limit: int) -> list[str]:
    """Codes that look like it, among those that share its longest known beginning."""
    if not store.size:
        return []
    first, last = 0, store.size
    for length in range(len(code), -1, -1):
        rows = rows_beginning(store, code[:length])
        first, last = rows.start, rows.stop
        if last - first >= limit:
            break
    middle = min(max(_position(store, code, after=False), first), last)
    first, last = max(first, middle - _NEIGHBOURS), min(last, middle + _NEIGHBOURS)
    near = sorted({bytes(each).decode() for each in store.files["codes"][first:last]})
    scored = process.extract(code, near, scorer=Indel.normalized_similarity, limit=limit)
    return [each for each, _, _ in scored]
