"""Which columns of a file mean what: guessed from a sample of their values, with the reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Final, Literal, Protocol

from referentials.row_streams import RowStream
from registry.catalogue import ReferentialEntry
from registry.harmonising.fitting_values import Fit, Sample, Trial
from registry.harmonising.recipe import MOST_COLUMNS, ColumnPlan, Recipe
from registry.harmonising.resolving import Snapshots

ROWS: Final = 2_000
VALUES: Final = 60
CONFIDENT: Final = 0.8
LIKELY: Final = 0.5
FEWEST: Final = 3
"""Distinct values that a confident guess rests on at least."""
TRIED: Final = 100
"""Columns that are tried, from the left: each of them takes time."""
ALIKE: Final = 0.1
"""Shares that differ by no more say nothing about which of two referentials a column is of."""

Part = Literal["name", "code", "parent"]


class Published(Snapshots, Protocol):
    """What opens versions and knows which referentials there are: a Library, or what stands in for one."""

    def referentials(self) -> tuple[ReferentialEntry, ...]:
        """All referentials, by id."""
        ...


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """What a column seems to hold, whether or not the recipe uses it.

    `share` of its `values` sampled distinct values fit, from 0 to 1. `part`: names or codes of the
    referential, or the parents of another column. `reason` says why, in words.
    """

    column: str
    part: Part
    referential: str
    levels: tuple[str, ...]
    share: float
    values: int
    reason: str
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Guess:
    """What the columns of a file seem to hold; `recipe` does what follows from it, None for nothing.

    `confident`: each column of the recipe fits well, on enough values.
    """

    columns: tuple[ColumnGuess, ...]
    recipe: Recipe | None
    confident: bool


def guess(stream: RowStream, published: Published, at: date) -> Guess:
    """What the first columns of a file mean, by its first rows, against every published referential."""
    rows = list(islice(iter(stream), ROWS))
    fits: list[list[Fit]] = []
    trials = [
        Trial(published.snapshot(entry.id), at)
        for entry in published.referentials()
        if entry.latest is not None and (entry.records_from is None or at >= entry.records_from)
    ]
    for position, column in enumerate(stream.columns[:TRIED]):
        texts = sampled([row[position] for row in rows], VALUES)
        if column and texts:
            found = [fit for trial in trials for fit in trial.fits(column, texts) if fit.share >= LIKELY]
            fits.append(sorted(found, key=lambda fit: (-fit.share, -fit.size, fit.referential)))
    return _guessed(likeliest(fits), stream, at)


def likeliest(fits: Sequence[Sequence[Fit]]) -> list[Fit]:
    """One fit for each column that has any; `fits` are those of each column, the best one first.

    Of referentials that a column fits about as well (`ALIKE`), it is of the one that most columns fit, for
    communes stand beside their provinces; else of the one that it fits best.
    """
    alike = [[fit for fit in of if fit.share >= of[0].share - ALIKE] for of in fits if of]
    shared = Counter(referential for of in alike for referential in {fit.referential for fit in of})
    return [max(of, key=lambda fit: shared[fit.referential]) for of in alike]


def sampled(texts: Sequence[str], most: int) -> list[str]:
    """Distinct texts that are not blank, at most so many, from all parts of the list."""
    distinct = list(dict.fromkeys(text for text in texts if text.strip()))
    step = max(1, len(distinct) / most)
    return [distinct[int(number * step)] for number in range(min(most, len(distinct)))]


def _guessed(fits: Sequence[Fit], stream: RowStream, at: date) -> Guess:
    """Of the columns of one referential the narrowest level is matched, the next wider one is its parent."""
    plans: list[ColumnPlan] = []
    guesses: list[ColumnGuess] = []
    confident = True
    for referential in dict.fromkeys(fit.referential for fit in fits):
        mine = [fit for fit in fits if fit.referential == referential]
        main = max(mine, key=lambda fit: (fit.depth, fit.role == "code", fit.share))
        wider = [fit for fit in mine if fit.role == "name" and fit.depth < main.depth]
        parent = max(wider, key=lambda fit: (fit.depth, fit.share), default=None)
        parent = parent if main.role == "name" else None
        within = None if parent is None else parent.column
        plans.append(ColumnPlan(referential, main.column, within, main.levels, main.role))
        guesses.append(_column(main, main.role))
        confident = confident and main.share >= CONFIDENT and main.values >= FEWEST
        for other in mine:
            if other is parent:
                guesses.append(replace(_column(other, "parent"), reason=_of_parent(other, main)))
            elif other is not main:
                guesses.append(_column(other, other.role))
    recipe = Recipe(tuple(plans[:MOST_COLUMNS]), at, sheet=stream.sheet) if plans else None
    return Guess(tuple(guesses), recipe, confident and recipe is not None)


def _column(fit: Fit, part: Part) -> ColumnGuess:
    found = "are codes" if fit.role == "code" else "are names"
    levels = f" of level {' or '.join(fit.levels)}" if fit.levels else ""
    reason = f"{fit.share:.0%} of {fit.values} distinct values {found} of {fit.referential}{levels}"
    return ColumnGuess(
        fit.column, part, fit.referential, fit.levels, fit.share, fit.values, reason, fit.samples
    )


def _of_parent(parent: Fit, main: Fit) -> str:
    found = f"{parent.share:.0%} of {parent.values} distinct values are names"
    return f"{found} of level {' or '.join(parent.levels)}, which {main.column} lies in"
