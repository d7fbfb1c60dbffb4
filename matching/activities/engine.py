"""Activities matched: what somebody does, in their own words, against the entries of an index.

1. The text is read: words, stems, what is done (`words`, `scoring.read`).
2. Entries of the same words: as they stand they are exact, with the same stems they are nearly so (`same`).
3. All designations are scored by stems and groups of letters; each row has its best one (`scoring`).
4. Rows answer for the levels asked for; what replaced them stands for those that ended (`tree`).
5. The outcome, and the group or division that the leading ones share (`deciding`).
"""

from collections.abc import Iterator, Sequence
from weakref import WeakKeyDictionary, proxy

import numpy as np

from matching.activities.deciding import MOST, Found, decide, deepest, ranked
from matching.activities.scoring import Hit, Read, Scorer, read
from matching.activities.showing import Shown
from matching.activities.terms import hash_of_stems
from matching.activities.tree import Tree
from matching.activities.words import is_doing, stems_of, told, words_of
from matching.layout import Array
from matching.queries import Match, Query
from matching.store import Store
from matching.text import fold
from matching.within import below

LONGEST = 500
"""Letters of a text that are compared; what comes after changes nothing."""
_ELSEWHERE = 0.6
"""What is left of the score of a row that does not lie within what was said."""
_MOST_DAYS = 4
_SPARE = 4


class _Index:
    """What is kept of a store between calls."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.scorer = Scorer(store)
        self.shown = Shown(store)
        self._trees: dict[int, Tree] = {}

    def tree(self, at: int) -> Tree:
        tree = self._trees.get(at)
        if tree is None:
            if len(self._trees) >= _MOST_DAYS:
                self._trees.clear()
            tree = self._trees[at] = Tree(self.store, at)
        return tree


_indexes: WeakKeyDictionary[Store, _Index] = WeakKeyDictionary()


def _index_of(store: Store) -> _Index:
    index = _indexes.get(store)
    if index is None:
        # What is kept here must not keep its store: it goes when the store goes.
        index = _indexes[store] = _Index(proxy(store))
    return index


class ActivityMatching:
    """Queries answered on one store of activities at one day."""

    def __init__(self, store: Store, at: int) -> None:
        index = _index_of(store)
        self.store = store
        self.at = at
        self.scorer = index.scorer
        self.shown = index.shown
        self.tree = index.tree(at)
        self._withins: dict[str, Array | None] = {}

    def answer(self, queries: Sequence[Query], limit: int) -> list[Match]:
        """One answer for each query, in order. Raises UnknownLevel."""
        answering = {levels: self.tree.answering(levels) for levels in {query.levels for query in queries}}
        kept = {levels: self._kept(rows) for levels, rows in answering.items() if levels}
        readings = [read(words_of(told(query.text[:LONGEST]))) for query in queries]
        weights = [_product(kept.get(query.levels), self._within(query.within)) for query in queries]
        alone = {levels: self._alone(rows) for levels, rows in answering.items()}
        most = {levels: limit * (1 if alone[levels] else _SPARE) for levels in answering}
        scored = self.scorer.best(readings, weights, max(most.values(), default=0))
        same = self._same([query.text for query in queries], readings)
        return [
            self._match(each, hits[: most[levels]], answering[levels], alone[levels], limit)
            for each, hits, levels in zip(same, scored, (query.levels for query in queries), strict=True)
        ]

    def _kept(self, answering: Array) -> Array:
        """What is left of each row's score for its level: all or nothing."""
        kept: Array = np.where(answering[self.scorer.rows] >= 0, 1.0, 0.0)
        return kept

    def _alone(self, answering: Array) -> bool:
        """Whether each row stands for itself only: none for another one, none above another one."""
        own = answering[answering >= 0]
        if not self.tree.valid or len(np.unique(own)) < len(own):
            return False
        return not np.isin(self.tree.above[own], own).any()

    def _within(self, text: str | None) -> Array | None:
        """What is left of each row's score for where it lies; None where the parent is not known."""
        if not text or not text.strip():
            return None
        if text not in self._withins:
            found = self.store.find(text.strip(), self.at)
            if found is not None:
                rows = [found.row]
            else:
                reading = read(words_of(told(text[:LONGEST])))
                rows = [each.row for each in self._same([text], [reading])[0] if each.exact]
            near = below(self.store, [(row, 1.0) for row in rows]).close()
            inside = np.isin(self.scorer.rows, np.append(near, rows))
            self._withins[text] = np.where(inside, 1.0, _ELSEWHERE) if inside.any() else None
        return self._withins[text]

    def _same(self, texts: Sequence[str], readings: Sequence[Read]) -> list[list[Found]]:
        """For each text the designations with the same stems, whatever their order."""
        keys = self.store.files["document_keys"]
        hashes = (hash_of_stems(reading.stems) for reading in readings)
        wanted = np.fromiter(hashes, np.uint64, count=len(readings))
        firsts, lasts = keys.searchsorted(wanted).tolist(), keys.searchsorted(wanted, "right").tolist()
        return [
            self._alike(text, reading, first, last) if first < last and reading.stems else []
            for text, reading, first, last in zip(texts, readings, firsts, lasts, strict=True)
        ]

    def _alike(self, text: str, reading: Read, first: int, last: int) -> list[Found]:
        """Those between two places of the index; exact where they are the same folded text."""
        files = self.store.files
        light, stems = fold(text[:LONGEST]), set(reading.stems)
        telling = not all(map(is_doing, stems))  # that both are about selling does not make them the same
        found = []
        for document in files["document_by_key"][first:last].tolist():
            name = int(files["document_names"][document])
            said = self.store.name(name).text
            exact = fold(said) == light
            if document < self.scorer.leading and (exact or (telling and set(stems_of(told(said))) == stems)):
                found.append(Found(int(files["name_rows"][name]), 1.0, name, exact=exact, near=True))
        return found

    def _match(
        self, same: Sequence[Found], hits: Sequence[Hit], answering: Array, alone: bool, limit: int
    ) -> Match:
        answers = [Found(hit[0], min(MOST, hit[1]), *hit[2:]) for hit in hits]
        if same or not alone:
            answers = ranked(self._standing([*same, *answers], answering))
        if not alone:
            answers = deepest(answers, self.tree)
        outcome, listed = decide(answers, self.tree, limit, allowed=answering)
        return Match(outcome, tuple([self.shown.candidate(each) for each in listed]))

    def _standing(self, found: Sequence[Found], answering: Array) -> Iterator[Found]:
        """What stands that day for each row, at the levels asked for."""
        tree = self.tree
        for each in found:
            if tree.stands(each.row):
                row = int(answering[each.row])
                if row >= 0:
                    yield each if row == each.row else each._replace(row=row)
                continue
            for standing in tree.standing(each.row):
                row = int(answering[standing.row])
                if row >= 0:
                    yield each._replace(row=row, former=standing.former, ended=standing.ended)


def _product(one: Array | None, other: Array | None) -> Array | None:
    if one is None or other is None:
        return other if one is None else one
    both: Array = one * other
    return both
