"""What a second column says: the parents that it may mean, and how much each row below them is favoured."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from matching.layout import Array
from matching.selecting import descendants_of
from matching.store import Store

_STEP_UP = 0.4
"""What lies elsewhere in the parent's own parent (the same region) is favoured by this much of it."""
_MOST_STEPS = 2
NEAR_ENOUGH = 0.5
"""From this weight on a row counts as lying within."""


@dataclass(frozen=True, slots=True)
class Within:
    """Rows that are favoured, ascending, and by how much (0 to 1). Empty where the parent is not known."""

    rows: Array
    weights: Array

    @property
    def known(self) -> bool:
        return len(self.rows) > 0

    def weights_of(self, rows: Array) -> Array:
        """The weight of each of these rows; 0 for those elsewhere."""
        if not self.known:
            return np.zeros(len(rows), np.float32)
        places = np.minimum(np.searchsorted(self.rows, rows), len(self.rows) - 1)
        weights: Array = np.where(self.rows[places] == rows, self.weights[places], np.float32(0))
        return weights

    def close(self) -> Array:
        """The rows that lie within the parent itself."""
        rows: Array = self.rows[self.weights >= NEAR_ENOUGH]
        return rows


NOWHERE = Within(np.empty(0, np.int64), np.empty(0, np.float32))


def below(store: Store, parents: Iterable[tuple[int, float]]) -> Within:
    """The rows below parents (row, weight) at any depth and date; less so those below their own parents."""
    weights: dict[str, float] = {}
    for row, likely in parents:
        code: str | None = store.code(row)
        for step in range(_MOST_STEPS):
            if code is None:
                break
            weights[code] = max(weights.get(code, 0.0), likely * _STEP_UP**step)
            rows = store.rows_of(code)
            code = store.parent(rows[-1]) if rows else None
    every: list[Array] = []
    each: list[Array] = []
    for code, weight in weights.items():
        found = descendants_of(store, [code], None)
        every.append(found)
        each.append(np.full(len(found), weight, np.float32))
    if not every:
        return NOWHERE
    below_them, favoured = np.concatenate(every), np.concatenate(each)
    order = np.lexsort((-favoured, below_them))
    below_them, favoured = below_them[order], favoured[order]
    first = np.ones(len(below_them), dtype=bool)
    first[1:] = below_them[1:] != below_them[:-1]
    return Within(below_them[first], favoured[first])
