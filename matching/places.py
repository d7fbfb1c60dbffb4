"""The engine for names of places, and of all else that is found by its spelling."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from matching.calibration import Calibration, calibration_for
from matching.candidates import Kept
from matching.deciding import FEATURES, features_of, judge
from matching.finder import finder_of
from matching.gathering import Gatherer
from matching.layout import Array
from matching.queries import Match, Query
from matching.ranking import Ranked, Ranking
from matching.reading import Asked, read_texts
from matching.scoring import Pairs, joined
from matching.store import Store
from matching.support import support_of
from matching.within import NOWHERE, Within, below

_AT_ONCE = 1_024
"""Queries that are answered together: more are faster with parents, but slower without."""
_PARENT_LIKENESS = 0.75
_PARENT_MARGIN = 0.1


@dataclass(frozen=True, slots=True)
class Examined:
    """Candidates and what speaks for them, for fitting: one row for each candidate, best first in a query.

    `query` numbers the queries, `features` has the columns of `deciding.FEATURES` (float32).
    """

    query: Array
    code: list[str]
    features: Array


class PlaceMatching:
    """Queries answered on one store at one day."""

    def __init__(self, store: Store, at: int, calibration: Calibration | None = None) -> None:
        self.store = store
        self.at = at
        self.finder = finder_of(store)
        self.calibration = calibration or calibration_for(store.profile)
        # One that is handed in is trusted: so it is tried out.
        self.supported = calibration is not None or (
            self.calibration is not None and support_of(store) == "labelled"
        )
        self._ranking = Ranking(store, at)

    def answer(self, queries: Sequence[Query], limit: int) -> list[Match]:
        """One answer for each query, in order. Raises UnknownLevel."""
        answers: list[Match] = []
        for start in range(0, len(queries), _AT_ONCE):
            answers += self._answered(queries[start : start + _AT_ONCE], limit)
        return answers

    def _answered(self, queries: Sequence[Query], limit: int) -> list[Match]:
        ranked = self._ranked(queries)
        judged = judge(ranked, len(queries), self.calibration, supported=self.supported)
        shown = _leading(ranked, limit)
        candidates = self.finder.showing.candidates(ranked[shown], judged.scores[shown])
        starts = np.searchsorted(shown, judged.starts).tolist()
        return [
            Match(outcome, tuple(candidates[start:end]))
            for outcome, start, end in zip(judged.outcomes, starts, starts[1:], strict=False)
        ]

    def examine(self, queries: Sequence[Query], limit: int) -> Examined:
        """What answers to these queries are judged by. Raises UnknownLevel."""
        numbers, codes, features = [np.empty(0, np.int64)], list[str](), [np.empty((0, len(FEATURES)))]
        for start in range(0, len(queries), _AT_ONCE):
            ranked = self._ranked(queries[start : start + _AT_ONCE])
            shown = _leading(ranked, limit)
            numbers.append(ranked.queries[shown] + start)
            codes += [self.store.code(row) for row in ranked.rows[shown].tolist()]
            if len(ranked):
                features.append(features_of(ranked)[shown])
        return Examined(np.concatenate(numbers), codes, np.concatenate(features).astype(np.float32))

    def _ranked(self, queries: Sequence[Query]) -> Ranked:
        kept = {levels: self.finder.of_levels(levels) for levels in {query.levels for query in queries}}
        asked = read_texts([query.text for query in queries], self.finder.profile, self.finder.is_key)
        said = [query.within or within for query, within in zip(queries, asked.withins, strict=True)]
        known = self._withins(dict.fromkeys(within for within in said if within))
        withins = [known.get(within, NOWHERE) for within in said]
        pairs = self._gathered(asked, [kept[query.levels] for query in queries], withins)
        return self._ranking.rank(asked, pairs, self._levels(queries), withins)

    def _levels(self, queries: Sequence[Query]) -> Array | None:
        """For each query (row) whether each level (number) is kept; None where all are."""
        if not any(query.levels for query in queries):
            return None
        rows = {
            levels: [not levels or level in levels for level in self.store.levels]
            for levels in {query.levels for query in queries}
        }
        return np.array([rows[query.levels] for query in queries], bool).reshape(len(queries), -1)

    def _gathered(self, asked: Asked, kept: Sequence[Kept | None], withins: Sequence[Within]) -> Pairs:
        """Pairs of all texts, gathered by what they are restricted to."""
        groups: dict[int, list[int]] = {}
        for place, each in enumerate(kept):
            groups.setdefault(id(each), []).append(place)
        found = [
            Gatherer(self.finder, asked, kept[group[0]]).gather(np.array(group), withins)
            for group in groups.values()
        ]
        return Pairs(
            np.concatenate([each.queries for each in found]),
            np.concatenate([each.spellings for each in found]),
            joined([each.likeness for each in found]),
        )

    def _withins(self, texts: Iterable[str]) -> dict[str, Within]:
        """The rows that each parent, given by code or by name, favours."""
        known = {text: self.finder.withins.get((text, self.at)) for text in texts}
        unread = []
        for text in [text for text, within in known.items() if within is None]:
            found = self.store.find(text.strip(), self.at)
            if found is None:
                unread.append(text)
            else:
                known[text] = below(self.store, [(found.row, 1.0)])
        if unread:
            known |= dict(zip(unread, self._named(unread), strict=True))
        for text, within in known.items():
            if within is not None:
                self.finder.remember_within(text, self.at, within)
        return {text: within for text, within in known.items() if within is not None}

    def _named(self, texts: Sequence[str]) -> list[Within]:
        """What lies in the rows with children that these names are most like."""
        asked = read_texts(texts, self.finder.profile, self.finder.is_key)
        parents = self.finder.with_children()
        nowhere = [NOWHERE] * len(texts)
        pairs = self._gathered(asked, [parents] * len(texts), nowhere)
        ranked = self._ranking.rank(asked, pairs, None, nowhere)
        starts = np.searchsorted(ranked.queries, np.arange(len(texts) + 1)).tolist()
        withins = []
        for start, end in pairwise(starts):
            rows, alike = ranked.rows[start:end], ranked.likeness.text[start:end]
            inside = parents.rows[rows]
            rows, alike = rows[inside], alike[inside]
            likely = alike >= max(_PARENT_LIKENESS, float(alike.max(initial=0)) - _PARENT_MARGIN)
            by_likeness = np.lexsort((rows[likely], -alike[likely]))
            weighted = zip(
                rows[likely][by_likeness].tolist(), alike[likely][by_likeness].tolist(), strict=True
            )
            withins.append(below(self.store, weighted))
        return withins


def _leading(ranked: Ranked, limit: int) -> Array:
    """The places of the first rows of each text, at most so many."""
    leading = np.diff(ranked.queries, prepend=-1) != 0
    first = np.flatnonzero(leading)
    rank = np.arange(len(ranked)) - first[np.cumsum(leading) - 1] if len(first) else first
    places: Array = np.flatnonzero(rank < limit)
    return places
