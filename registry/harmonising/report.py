"""What became of a file: what was read, how each column was matched, and what is left to settle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from registry.harmonising.recipe import ColumnPlan, Recipe
from registry.harmonising.summary import SETTLED, Count


@dataclass(frozen=True, slots=True)
class SourceRead:
    """The file, and how it was read. `header_row` counts from 1 and is 0 where titles are no row.

    `columns` are the titles as written, `rows` those below the header, `sha256` is of the file's bytes.
    """

    file: str
    sha256: str
    size: int
    sheet: str | None
    encoding: str | None
    delimiter: str | None
    header_row: int
    columns: tuple[str, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class OpenValue:
    """A distinct value, in so many `rows`, and its likeliest item. `number` is where a next page begins.

    `weight` is rows × uncertainty: what settling it is worth. `code` is the likeliest one even where the
    outcome is `none`. `chosen`: somebody settled it.
    """

    number: int
    text: str
    within: str | None
    rows: int
    outcome: str
    code: str | None
    name: str | None
    score: float | None
    matched_name: str | None
    second_code: str | None
    second_score: float | None
    weight: float
    chosen: bool


@dataclass(frozen=True, slots=True)
class ColumnReport:
    """What became of one column; `plan` is resolved: it says version, content root and key version.

    `support` says what the scores rest on: labelled, synthetic or estimated. `by_within` are the parents with
    most open rows (`withins` says how many there are in all), `open_values` the distinct values that are not
    exact or auto, those that are worth most first (`open_total` in all). Blank ones are not among them.
    `chosen` are those that somebody settled.
    """

    plan: ColumnPlan
    support: str
    total: Count
    by_outcome: Mapping[str, Count]
    blank: Count
    chosen: Count
    by_within: Mapping[str, Mapping[str, Count]]
    withins: int
    open_values: tuple[OpenValue, ...]
    open_total: int

    @property
    def settled_share(self) -> float:
        """The share of rows with a code that can be used as it is, from 0 to 1."""
        settled = sum(self.by_outcome[outcome].rows for outcome in SETTLED)
        return settled / self.total.rows if self.total.rows else 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a file. `recipe` is resolved, with the choices that counted: it replays the run."""

    source: SourceRead
    header: tuple[str, ...]
    recipe: Recipe
    columns: tuple[ColumnReport, ...]
