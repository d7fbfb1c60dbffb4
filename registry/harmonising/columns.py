"""Gives the rows of a table the codes that one of its columns means. No Flask, no SQLAlchemy.

Each distinct value is matched once, by the matcher that answers single queries, so that a file gets the codes
that its values would get one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from matching.layout import day_of
from matching.matcher import Match, Query, match_many
from referentials.tables import Table, TableError
from registry.harmonising.summary import Settled, Summary, summarise
from registry.library import Snapshot
from registry.serving.listing import require_levels

ADDED = ("code", "name", "score", "outcome", "matched_name", "second_code", "second_score", "version")
"""What is appended to every row, as `<referential>_<what>`; the order never changes."""

NONE: Final = "none"
_VALUES_AT_ONCE = 1_000
_CANDIDATES = 2

Pair = tuple[str, str | None]
"""A text and what it lies within."""


@dataclass(frozen=True, slots=True)
class Harmonised:
    """A table with codes: iterate for its rows, in the order of the input, under `header`.

    Every input column comes first, as it was. `_code` is the leading candidate's, whatever the outcome; it is
    empty where the outcome is `none`, as it is for a blank cell. The outcome says how far it can be trusted.
    Rows above the input's header are not part of it; `table.preamble` has them.
    """

    table: Table
    header: tuple[str, ...]
    summary: Summary
    _pairs: Sequence[Pair]
    _added: Mapping[Pair, tuple[str, ...]]

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        for row, pair in zip(self.table.rows, self._pairs, strict=True):
            yield row + self._added[pair]


def harmonise(
    table: Table,
    snapshot: Snapshot,
    *,
    column: str,
    within_column: str | None = None,
    levels: Sequence[str] = (),
    at: date,
    progress: Callable[[int], None] | None = None,
) -> Harmonised:
    """Match a column against a version, as of a day.

    `within_column` says, as a code or a name that may be misspelt, what each value lies in. `progress` is
    told how many rows are settled so far. Raises MissingColumn, TableError where the table has one of the
    columns that would be added, and BadValue for a level that the referential does not have.
    """
    text_at = table.position(column)
    within_at = None if within_column is None else table.position(within_column)
    header = table.header + added_columns(table, snapshot.referential.id)
    require_levels(snapshot, levels)
    pairs = [(row[text_at], None if within_at is None else row[within_at]) for row in table.rows]
    counts: dict[Pair, int] = {}
    for pair in pairs:
        counts[pair] = counts.get(pair, 0) + 1
    matches = _match(snapshot, counts, tuple(levels), at, progress or _ignore)
    version = snapshot.version.label
    return Harmonised(
        table,
        header,
        summarise(_settled(pair, match, counts[pair]) for pair, match in matches.items()),
        pairs,
        {pair: _added_cells(match, version) for pair, match in matches.items()},
    )


def added_columns(table: Table, referential: str) -> tuple[str, ...]:
    """The titles of the appended columns; raises TableError where the table has one of them already."""
    titles = tuple(f"{referential}_{what}" for what in ADDED)
    for title in titles:
        if title in table.header:
            problem = "the file has this column already, and it would be added; rename it or leave it out"
            raise TableError(
                problem, file=table.file, sheet=table.sheet, row=table.header_row, column=title, value=title
            )
    return titles


def _match(
    snapshot: Snapshot,
    counts: Mapping[Pair, int],
    levels: tuple[str, ...],
    at: date,
    progress: Callable[[int], None],
) -> dict[Pair, Match]:
    """What each distinct pair means; a blank text means nothing, and is not asked for."""
    nothing = Match(NONE, ())
    matches = {pair: nothing for pair in counts if not pair[0].strip()}
    asked = [pair for pair in counts if pair[0].strip()]
    day = day_of(at)
    rows = sum(counts[pair] for pair in matches)
    for start in range(0, len(asked), _VALUES_AT_ONCE):
        some = asked[start : start + _VALUES_AT_ONCE]
        queries = [Query(text, (within or "").strip() or None, levels) for text, within in some]
        # strict: a value without an answer is a defect, and must not pass for one without a code
        found = match_many(snapshot.store, queries, at=day, limit=_CANDIDATES)
        matches.update(zip(some, found, strict=True))
        rows += sum(counts[pair] for pair in some)
        progress(rows)
    return matches


def _added_cells(match: Match, version: str) -> tuple[str, ...]:
    leading = match.candidates[:_CANDIDATES] if match.outcome != NONE else ()
    first = leading[0] if leading else None
    second = leading[1] if len(leading) > 1 else None
    return (
        first.code if first else "",
        first.name if first else "",
        _score(first.score) if first else "",
        match.outcome,
        first.matched_name if first else "",
        second.code if second else "",
        _score(second.score) if second else "",
        version,
    )


def _settled(pair: Pair, match: Match, rows: int) -> Settled:
    best = match.candidates[0] if match.candidates else None
    return Settled(
        text=pair[0],
        within=pair[1],
        rows=rows,
        outcome=match.outcome,
        code=best.code if best else None,
        name=best.name if best else None,
        score=best.score if best else None,
    )


def _score(score: float) -> str:
    return f"{score:.4f}"


def _ignore(_rows: int) -> None:
    """Where nobody wants to know."""
