"""Counts over the distinct values of a column, by outcome and by parent."""

from __future__ import annotations

from typing import Final

from registry.harmonising.answering import Pair
from registry.harmonising.summary import OUTCOMES, Count
from registry.harmonising.values import DistinctValues

NO_COUNT: Final = Count()

_BY_OUTCOME: Final = "SELECT outcome, sum(rows), count(*) FROM value WHERE plan = ? GROUP BY outcome"
_BLANK: Final = "SELECT coalesce(sum(rows), 0), count(*) FROM value WHERE plan = ? AND blank"
_CHOSEN: Final = "SELECT coalesce(sum(rows), 0), count(*) FROM value WHERE plan = ? AND chosen"
_OPEN: Final = """
SELECT count(*) FROM value
WHERE plan = ? AND outcome NOT IN ('exact', 'auto') AND NOT blank AND NOT chosen
"""
_WITHINS: Final = """
SELECT within, sum(CASE WHEN outcome IN ('exact', 'auto') THEN 0 ELSE rows END) AS still_open
FROM value WHERE plan = ? GROUP BY within ORDER BY still_open DESC, min(number)
"""
_BY_WITHIN: Final = """
SELECT within, outcome, sum(rows), count(*) FROM value WHERE plan = ? GROUP BY within, outcome
"""
_CHOICES: Final = "SELECT text, within, code FROM value WHERE plan = ? AND chosen ORDER BY number"


def by_outcome(values: DistinctValues, plan: int) -> dict[str, Count]:
    """Rows and values with each outcome, in the order of `OUTCOMES`."""
    counts = _no_counts()
    for outcome, rows, distinct in values.rows(_BY_OUTCOME, plan):
        counts[outcome] = Count(rows, distinct)
    return counts


def blank(values: DistinctValues, plan: int) -> Count:
    """Rows and values without a text."""
    return Count(*values.rows(_BLANK, plan)[0])


def chosen(values: DistinctValues, plan: int) -> Count:
    """Rows and values that somebody settled."""
    return Count(*values.rows(_CHOSEN, plan)[0])


def open_total(values: DistinctValues, plan: int) -> int:
    """How many values are left to look at."""
    return int(values.rows(_OPEN, plan)[0][0])


def by_within(values: DistinctValues, plan: int, limit: int) -> tuple[dict[str, dict[str, Count]], int]:
    """Rows and values by outcome for the parents with most open rows, and how many parents there are."""
    withins = values.rows(_WITHINS, plan)
    counts = {within: _no_counts() for within, _ in withins[:limit]}
    for within, outcome, rows, distinct in values.rows(_BY_WITHIN, plan):
        if within in counts:
            counts[within][outcome] = Count(rows, distinct)
    return counts, len(withins)


def choices_that_counted(values: DistinctValues, plan: int) -> tuple[tuple[Pair, str | None], ...]:
    """The values that a choice settled, in the order of the file, and the code that they got."""
    return tuple(((text, within), code) for text, within, code in values.rows(_CHOICES, plan))


def _no_counts() -> dict[str, Count]:
    return dict.fromkeys(OUTCOMES, Count())
