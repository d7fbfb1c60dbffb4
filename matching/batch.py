"""Columns by the batch: an Arrow RecordBatch in, the same with the columns of the answers out (D5).

What answers one query answers a batch: `BatchMatcher` is a callable over an iterator of batches, as
`pyspark.sql.DataFrame.mapInArrow` takes one. It names the search folder instead of holding it, so that it
travels to workers by itself, and each opens the index, which they share, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matching.choices import Choice, Choices
from matching.layout import Array
from matching.matcher import Match, Query, match_many
from matching.store import Store, open_store

ADDED: Final = ("code", "name", "score", "outcome", "matched_name", "second_code", "second_score", "version")
"""What is appended, as `<prefix>_<what>`; the order never changes."""

_TYPES: Final = {"score": pa.float64(), "second_score": pa.float64()}
_CANDIDATES: Final = 2
_REMEMBERED: Final = 100_000
"""Distinct values whose answers are kept for the next batch."""

_Pair = tuple[str, str]
_Cells = tuple[str | None, str | None, float | None, str, str | None, str | None, float | None]
_NOTHING: Final[_Cells] = (None, None, None, "none", None, None, None)


class BadBatch(ValueError):
    """A batch that cannot be matched: the `column` and `why`."""

    def __init__(self, column: str, why: str) -> None:
        super().__init__(f"column {column!r} {why}")
        self.column = column
        self.why = why


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """What is matched with what: a column of texts, perhaps one of what each lies in, a search folder, a day.

    `search` is the folder `search` of a snapshot, or the snapshot; `at` a day as `matching.layout.day_of`
    numbers it; `prefix` begins the titles of what is appended, `version` is told in the last of them.
    """

    search: Path
    text: str
    at: int
    prefix: str
    version: str
    within: str | None = None
    levels: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()

    @property
    def titles(self) -> tuple[str, ...]:
        """The titles of the appended columns."""
        return tuple(f"{self.prefix}_{what}" for what in ADDED)

    def schema(self, schema: pa.Schema) -> pa.Schema:
        """The schema of the answers for batches of a schema. Raises BadBatch for a column that is wrong."""
        _texts_at(schema, self.text)
        if self.within is not None:
            _texts_at(schema, self.within)
        for title in self.titles:
            if title in schema.names:
                raise BadBatch(title, "is there already, and it would be appended")
        for what, title in zip(ADDED, self.titles, strict=True):
            schema = schema.append(pa.field(title, _TYPES.get(what, pa.string())))
        return schema


class BatchMatcher:
    """Matches batches one after the other, in order: every input column and row stays, nothing is left out.

    Remembers the answers to values that it met, up to a limit; they are the same with or without it. Raises
    BadBatch, UnknownLevel, and what `open_store` raises, with the first batch.
    """

    def __init__(self, plan: BatchPlan) -> None:
        self.plan = plan

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The batches with the columns of the answers."""
        store = _opened(str(_folder_of(self.plan.search)))
        choices = Choices(self.plan.choices)
        known: dict[_Pair, _Cells] = {}
        for batch in batches:
            yield _matched(self.plan, store, choices, known, batch)


@lru_cache(maxsize=8)
def _opened(folder: str) -> Store:
    """One mapping for a process, whatever number of partitions it is given."""
    return open_store(Path(folder))


def _folder_of(search: Path) -> Path:
    inner = search / "search"
    return inner if inner.is_dir() else search


def _matched(
    plan: BatchPlan, store: Store, choices: Choices, known: dict[_Pair, _Cells], batch: pa.RecordBatch
) -> pa.RecordBatch:
    schema = plan.schema(batch.schema)
    places, pairs = _distinct(plan, batch)
    unknown = [pair for pair in pairs if pair not in known and pair[0].strip()]
    queries = [Query(text, within.strip() or None, plan.levels) for text, within in unknown]
    answers = match_many(store, queries, at=plan.at, limit=_CANDIDATES, choices=choices)
    found = dict(zip(unknown, map(_cells, answers), strict=True))
    cells = [_cells_of(pair, found, known) for pair in pairs]
    if len(known) + len(found) > _REMEMBERED:
        known.clear()
    known.update(found)
    indices = pa.array(places)
    appended = [
        pa.array([each[number] for each in cells], _TYPES.get(what, pa.string())).take(indices)
        for number, what in enumerate(ADDED[:-1])
    ]
    version = pa.repeat(pa.scalar(plan.version, pa.string()), batch.num_rows)
    return pa.RecordBatch.from_arrays([*batch.columns, *appended, version], schema=schema)


def _cells_of(pair: _Pair, found: Mapping[_Pair, _Cells], known: Mapping[_Pair, _Cells]) -> _Cells:
    """What a pair means; blank texts mean nothing, all others were answered now or before."""
    if not pair[0].strip():
        return _NOTHING
    return found[pair] if pair in found else known[pair]


def _distinct(plan: BatchPlan, batch: pa.RecordBatch) -> tuple[Array, list[_Pair]]:
    """For each row the number of its pair of text and parent, and the distinct pairs as they appear."""
    texts = _encoded(batch, plan.text)
    values = texts.dictionary.to_pylist()
    numbers: Array = texts.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    if plan.within is None:
        return numbers, [(value, "") for value in values]
    withins = _encoded(batch, plan.within)
    parents = withins.dictionary.to_pylist()
    both = numbers * max(len(parents), 1) + withins.indices.to_numpy(zero_copy_only=False)
    distinct, first, places = np.unique(both, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    pairs = [(values[number // len(parents)], parents[number % len(parents)]) for number in distinct[order]]
    return rank[places], pairs


def _encoded(batch: pa.RecordBatch, title: str) -> pa.DictionaryArray:
    """A column of texts as numbers of its distinct texts; an absent value is an empty text."""
    column = batch.column(_texts_at(batch.schema, title))
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return pc.fill_null(column.cast(pa.string()), "").dictionary_encode()


def _texts_at(schema: pa.Schema, title: str) -> int:
    """The place of a column of texts. Raises BadBatch where it is not there once, or is no text."""
    places = schema.get_all_field_indices(title)
    if len(places) != 1:
        there = ", ".join(schema.names) or "none"
        raise BadBatch(title, f"is there {len(places)} times; the columns are {there}")
    kind = schema.field(places[0]).type
    value = kind.value_type if pa.types.is_dictionary(kind) else kind
    if not (pa.types.is_string(value) or pa.types.is_large_string(value) or pa.types.is_null(value)):
        raise BadBatch(title, f"is of type {kind}, and texts are matched: cast it to string first")
    return int(places[0])


def _cells(match: Match) -> _Cells:
    """What is appended to a row; codes are absent where the outcome is none."""
    leading = match.candidates[:_CANDIDATES] if match.outcome != "none" else ()
    first = leading[0] if leading else None
    second = leading[1] if len(leading) > 1 else None
    return (
        first.code if first else None,
        first.name if first else None,
        first.score if first else None,
        match.outcome,
        first.matched_name if first else None,
        second.code if second else None,
        second.score if second else None,
    )
