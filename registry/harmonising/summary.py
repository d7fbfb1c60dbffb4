"""Outcomes, and counts of what has them."""

from __future__ import annotations

from dataclasses import dataclass

OUTCOMES = ("exact", "auto", "review", "ambiguous", "none")
SETTLED = ("exact", "auto")
"""The outcomes that can be used as they are."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows, and how many distinct values."""

    rows: int = 0
    values: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.rows + other.rows, self.values + other.values)
