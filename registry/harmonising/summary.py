"""What became of a column: counts by outcome, by parent, and the values that somebody should look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

OUTCOMES = ("exact", "auto", "review", "ambiguous", "none")
SETTLED = ("exact", "auto")
"""The outcomes that can be used as they are."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one distinct value; `code`, `name` and `score` are those of its best candidate."""

    text: str
    within: str | None
    rows: int
    outcome: str
    code: str | None
    name: str | None
    score: float | None


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows, and how many distinct values."""

    rows: int = 0
    values: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.rows + other.rows, self.values + other.values)


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts by outcome, in the order of `OUTCOMES`, for the whole column and for each parent value.

    `by_within` is empty where no parent column was given, else in order of appearance. `open_values` are the
    distinct values with any other outcome than exact or auto, those of most rows first; blank ones are not
    among them, but are counted in `blank` and under `none`.
    """

    total: Count
    by_outcome: Mapping[str, Count]
    by_within: Mapping[str, Mapping[str, Count]]
    open_values: tuple[Settled, ...]
    blank: Count

    @property
    def settled_share(self) -> float:
        """The share of rows with a code that can be used as it is, from 0 to 1."""
        settled = sum(self.by_outcome[outcome].rows for outcome in SETTLED)
        return settled / self.total.rows if self.total.rows else 0.0


def summarise(values: Iterable[Settled]) -> Summary:
    """The summary of a column's distinct values."""
    whole = _no_counts()
    by_within: dict[str, dict[str, Count]] = {}
    still_open: list[Settled] = []
    total = blank = Count()
    for value in values:
        one = Count(value.rows, 1)
        total += one
        whole[value.outcome] += one
        if value.within is not None:
            by_within.setdefault(value.within, _no_counts())[value.outcome] += one
        if not value.text.strip():
            blank += one
        elif value.outcome not in SETTLED:
            still_open.append(value)
    still_open.sort(key=lambda value: (-value.rows, value.text, value.within or ""))
    return Summary(total, whole, by_within, tuple(still_open), blank)


def _no_counts() -> dict[str, Count]:
    return dict.fromkeys(OUTCOMES, Count())
