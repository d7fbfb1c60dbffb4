"""The tree of a store at one day, by rows: what lies above what, and which rows answer for a level."""

from collections.abc import Sequence

import numpy as np

from matching.layout import INVALID, Array
from matching.queries import UnknownLevel
from matching.standing import Standing, Successions
from matching.store import Store

_MOST_STEPS = 16
_WIDEST = 0.1
"""What holds more than this part of all rows says too little to be an answer."""


class Tree:
    """Parents of rows at one day. `above` has each row's parent row (-1: none), `valid`: all hold."""

    def __init__(self, store: Store, at: int) -> None:
        self.store = store
        self._successions = Successions(store, at)
        codes = [code.decode(errors="replace") for code in store.files["parent_codes"].tolist()]
        found = [store.find(code, at) for code in codes]
        rows = np.array([-1 if each is None else each.row for each in found] + [-1], np.int64)
        self.above: Array = rows[store.files["parents"]]
        self._most_below = max(2.0, _WIDEST * store.size)
        self._answering: dict[tuple[str, ...], Array] = {}
        self._below: dict[int, int] = {}
        self._chains: dict[int, list[int]] = {}
        files = store.files
        valid = (files["valid_from"] <= at) & (at < files["valid_to"]) & (files["flags"] & INVALID == 0)
        self.valid = bool(valid.all())
        self._valid: list[bool] = valid.tolist()

    def stands(self, row: int) -> bool:
        """Whether the row is valid that day."""
        return self._valid[row]

    def standing(self, row: int) -> tuple[Standing, ...]:
        """The rows that stand for it that day."""
        return self._successions.of(row)

    def chain(self, row: int) -> list[int]:
        """The rows above it, the nearest first."""
        chain = self._chains.get(row)
        if chain is None:
            chain = self._chains[row] = self._climbed(row)
        return chain

    def _climbed(self, row: int) -> list[int]:
        found: list[int] = []
        parent = int(self.above[row])
        while parent >= 0 and parent not in found and len(found) < _MOST_STEPS:
            found.append(parent)
            parent = int(self.above[parent])
        return found

    def shared(self, rows: Sequence[int]) -> int | None:
        """The nearest row above all of these; None where there is none, or it is too wide to be an answer."""
        chains = [self.chain(row) for row in rows]
        for row in chains[0]:
            if all(row in chain for chain in chains):
                return row if self._size(row) <= self._most_below else None
        return None

    def _size(self, row: int) -> int:
        if row not in self._below:
            self._below[row] = len(self.store.descendants(self.store.code(row), None))
        return self._below[row]

    def answering(self, levels: tuple[str, ...]) -> Array:
        """For each row the nearest one, itself or above it, that is of these levels; -1 where none is.

        Raises UnknownLevel.
        """
        known = self._answering.get(levels)
        if known is None:
            known = self._answering[levels] = self._answer(levels)
        return known

    def _answer(self, levels: tuple[str, ...]) -> Array:
        numbers = []
        for level in levels:
            if level not in self.store.levels:
                raise UnknownLevel(level, self.store.levels)
            numbers.append(self.store.levels.index(level))
        rows = np.arange(self.store.size)
        if not levels:
            return rows
        kept = np.isin(self.store.files["levels"], numbers)
        above = np.append(self.above, -1)
        for _ in range(_MOST_STEPS):
            unanswered = (rows >= 0) & ~kept[rows]
            if not unanswered.any():
                break
            rows = np.where(unanswered, above[rows], rows)
        return rows
