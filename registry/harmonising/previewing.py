"""The first rows of a file as they would come out, before anything is decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from matching.choices import Choices
from referentials.row_streams import RowStream
from registry.harmonising.answering import answer_pairs
from registry.harmonising.counting import columns_of
from registry.harmonising.recipe import Recipe
from registry.harmonising.resolving import Snapshots, resolve
from registry.harmonising.running import header_with_added
from registry.harmonising.summary import OUTCOMES, Count

SHOWN: Final = 10
COUNTED: Final = 1_000


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows under their header; `by_outcome`, by referential, counts the first `counted` rows."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    counted: int
    by_outcome: Mapping[str, Mapping[str, Count]]


def preview(
    stream: RowStream, recipe: Recipe, snapshots: Snapshots, *, shown: int = SHOWN, counted: int = COUNTED
) -> Preview:
    """The first rows as a run would write them, and what became of rather more of them.

    Raises what `running.run` raises for the file and the recipe.
    """
    resolved, aims = resolve(recipe, snapshots)
    header = header_with_added(stream, resolved)
    columns = columns_of(stream, aims)
    rows = list(islice(iter(stream), counted))
    out = [*rows[:shown]]
    by_outcome: dict[str, Mapping[str, Count]] = {}
    for aim, where in zip(aims, columns, strict=True):
        pairs = where.pairs(rows)
        distinct = list(dict.fromkeys(pairs))
        found = answer_pairs(aim, distinct, Choices(aim.plan.choices))
        answers = dict(zip(distinct, found, strict=True))
        out = [
            row + answers[pair].cells(aim.version, explain=resolved.explain)
            for row, pair in zip(out, pairs, strict=False)
        ]
        counts = dict.fromkeys(OUTCOMES, Count())
        for pair in pairs:
            counts[answers[pair].outcome] += Count(1, 0)
        for answer in answers.values():
            counts[answer.outcome] += Count(0, 1)
        by_outcome[aim.plan.referential] = counts
    return Preview(header, tuple(out), len(rows), by_outcome)
