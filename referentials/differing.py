"""Which records only one of two contents has: bytes are compared in blocks, records only where they differ.

Both contents are sorted, and a record is a JSON object, which ends where its bytes say. So equal bytes from
the beginning of a record on are equal records, and a million of them need not be read one by one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from referentials.parsing import record_of
from referentials.records import MalformedRecord, Record
from referentials.snapshot import Content, DamagedSnapshot

_FIRST_BLOCK = 1 << 12  # bytes compared at first: after one difference the next may be near
_LARGEST_BLOCK = 1 << 18  # fits the processor's cache, and makes the steps in between cost nothing


@dataclass(frozen=True, slots=True)
class Difference:
    """The records that only the later content has, and those that only the earlier one has.

    Each in content order. A record whose bytes changed under the same key is in both.
    """

    added: list[Record]
    removed: list[Record]


class TooDifferent(ValueError):
    """More records differ than were to be told."""

    def __init__(self, most: int) -> None:
        super().__init__(f"the two differ in more than {most:,} records")
        self.most = most


def difference(before: Content | None, after: Content, *, most: int | None = None) -> Difference:
    """The records in which two contents differ; all of `after` where there is nothing before.

    Takes time for the bytes of both and for each record that differs. Raises DamagedSnapshot for records that
    cannot be read, and TooDifferent as soon as there are more than `most`.
    """
    if before is None:
        if most is not None and after.size > most:
            raise TooDifferent(most)
        return Difference(list(after.records()), [])
    if before.root == after.root:
        return Difference([], [])
    return _Walk(before, after, most).difference()


class _Walk:
    """Goes through two contents side by side; `i` and `j` are the records that come next."""

    def __init__(self, before: Content, after: Content, most: int | None) -> None:
        self.before = before
        self.after = after
        self.most = before.size + after.size if most is None else most
        self.i = self.j = 0
        self.found = Difference([], [])

    def difference(self) -> Difference:
        """Skip what is equal, take one record that differs, and so on to the end of both."""
        while self.i < self.before.size and self.j < self.after.size:
            self._skip_equal()
            self._take()
            self._require_few(0)
        self._require_few(self.before.size - self.i + self.after.size - self.j)
        self.found.removed.extend(_record(self.before, at) for at in range(self.i, self.before.size))
        self.found.added.extend(_record(self.after, at) for at in range(self.j, self.after.size))
        return self.found

    def _require_few(self, ahead: int) -> None:
        if len(self.found.removed) + len(self.found.added) + ahead > self.most:
            raise TooDifferent(self.most)

    def _skip_equal(self) -> None:
        """Go on to the first records whose bytes differ, or to the end of one content."""
        if self.before.payload(self.i) != self.after.payload(self.j):
            return
        one, other = int(self.before.offsets[self.i]), int(self.after.offsets[self.j])
        length = _equal_bytes(self.before.raw[one:], self.after.raw[other:])
        self.i = _reached(self.before, one + length)
        self.j = _reached(self.after, other + length)
        if int(self.before.offsets[self.i]) - one != int(self.after.offsets[self.j]) - other:
            raise DamagedSnapshot(self.after.folder, "equal bytes are not cut into equal records")

    def _take(self) -> None:
        """Take the record that comes first in content order, or both where they have the same key."""
        if self.i == self.before.size or self.j == self.after.size:
            return
        old, new = _record(self.before, self.i), _record(self.after, self.j)
        if old.order <= new.order:
            self.found.removed.append(old)
            self.i += 1
        if new.order <= old.order:
            self.found.added.append(new)
            self.j += 1


def _equal_bytes(one: np.ndarray, other: np.ndarray) -> int:
    """How many bytes two arrays have in common from their beginnings on."""
    shorter = min(len(one), len(other))
    start, block = 0, _FIRST_BLOCK
    while start < shorter:
        end = min(start + block, shorter)
        same = one[start:end] == other[start:end]
        if not same.all():
            return start + int(same.argmin())
        start, block = end, min(2 * block, _LARGEST_BLOCK)
    return shorter


def _reached(content: Content, position: int) -> int:
    """The record that the byte at a position belongs to; the number of records at the end of the file."""
    return int(np.searchsorted(content.offsets, np.uint64(position), "right")) - 1


def _record(content: Content, position: int) -> Record:
    try:
        return record_of(content.payload(position))
    except (MalformedRecord, AttributeError) as error:
        raise DamagedSnapshot(content.folder / "records.bin", str(error)) from error
