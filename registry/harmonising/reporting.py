"""What became of a run, from the values that it kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from matching.choices import Choice
from registry.harmonising import tallies
from registry.harmonising.recipe import ColumnPlan, Recipe
from registry.harmonising.report import ColumnReport
from registry.harmonising.values import DistinctValues

MOST_PARENTS: Final = 1_000
MOST_OPEN: Final = 1_000


def column_report(plan: ColumnPlan, support: str, values: DistinctValues, number: int) -> ColumnReport:
    """What became of the column with that number in the recipe."""
    outcomes = tallies.by_outcome(values, number)
    by_within, withins = (
        ({}, 0) if plan.within_column is None else tallies.by_within(values, number, MOST_PARENTS)
    )
    found = values.review(number, MOST_OPEN)
    return ColumnReport(
        plan=replace(plan, choices=()),
        support=support,
        total=sum(outcomes.values(), tallies.NO_COUNT),
        by_outcome=outcomes,
        blank=tallies.blank(values, number),
        chosen=tallies.chosen(values, number),
        by_within=by_within,
        withins=withins,
        open_values=tuple(
            each if plan.within_column is not None else replace(each, within=None) for each in found
        ),
        open_total=tallies.open_total(values, number),
    )


def recipe_used(recipe: Recipe, values: DistinctValues) -> Recipe:
    """The recipe with all its choices, after them those that counted: run again, it gives the same bytes."""
    return replace(
        recipe,
        columns=tuple(
            replace(plan, choices=_choices(plan, values, number))
            for number, plan in enumerate(recipe.columns)
        ),
    )


def _choices(plan: ColumnPlan, values: DistinctValues, number: int) -> tuple[Choice, ...]:
    counted = (
        Choice(text, within.strip() or None, code)
        for (text, within), code in tallies.choices_that_counted(values, number)
    )
    return tuple(dict.fromkeys((*plan.choices, *counted)))
