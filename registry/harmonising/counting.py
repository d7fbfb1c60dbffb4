"""The first phase of a run: reads a file once, and counts the distinct values of its columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from referentials.row_streams import RowStream
from registry.harmonising.answering import Pair
from registry.harmonising.resolving import Aim
from registry.harmonising.telling import Progress, Stopped, Stopping, Told
from registry.harmonising.values import DistinctValues

_ROWS_READ: Final = "rows read"
_READ: Final = "read"

ROWS_AT_ONCE = 10_000
_KEPT_ROWS = 500_000
_KEPT_VALUES = 100_000
"""So many rows, or distinct values, are counted in memory before they are kept."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a plan's texts, and what they lie within, stand in a row."""

    text: int
    within: int | None

    def pairs(self, rows: Sequence[Sequence[str]]) -> list[Pair]:
        """The pair of each row."""
        text, within = self.text, self.within
        if within is None:
            return [(row[text], "") for row in rows]
        return [(row[text], row[within]) for row in rows]


def columns_of(stream: RowStream, aims: Sequence[Aim]) -> tuple[Columns, ...]:
    """Where each plan's columns are; raises MissingColumn."""
    return tuple(
        Columns(
            stream.position(aim.plan.column),
            None if aim.plan.within_column is None else stream.position(aim.plan.within_column),
        )
        for aim in aims
    )


def in_chunks(stream: RowStream, start: int, size: int) -> Iterator[list[tuple[str, ...]]]:
    """The rows from that one on, in lists of so many."""
    rows = islice(iter(stream), start, None)
    while chunk := list(islice(rows, size)):
        yield chunk


def count_values(
    stream: RowStream, columns: Sequence[Columns], values: DistinctValues, told: Told, stopping: Stopping
) -> int:
    """Count the values that are not counted yet; gives the number of rows. Raises Stopped and TableError."""
    rows = int(values.state(_ROWS_READ) or "0")
    if values.state(_READ) is not None:
        return rows
    counts: list[dict[Pair, int]] = [{} for _ in columns]
    kept = rows
    for chunk in in_chunks(stream, rows, ROWS_AT_ONCE):
        if stopping():
            raise Stopped
        for each, counted in zip(columns, counts, strict=True):
            for pair in each.pairs(chunk):
                counted[pair] = counted.get(pair, 0) + 1
        rows += len(chunk)
        told(Progress("reading", rows, 0))
        if rows - kept >= _KEPT_ROWS or sum(map(len, counts)) >= _KEPT_VALUES:
            values.count(counts, {_ROWS_READ: str(rows)})
            counts, kept = [{} for _ in columns], rows
    values.count(counts, {_ROWS_READ: str(rows), _READ: "yes"})
    return rows
