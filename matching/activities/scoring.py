"""How far every designation of a referential says what a text says: many texts at once, in columns.

The score of a designation is a weighted mean of two parts, both from 0 to about 1: BM25 over stems, as
a part of what a designation of exactly these words would get, and the cosine of groups of letters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from matching.activities.index import K1
from matching.activities.terms import groups_of, hash_of_stem
from matching.activities.words import BROKER, RETAIL, TRADE, WHOLESALE, doings_of, stem
from matching.layout import Array, DamagedStore
from matching.store import Store

LETTERS = 0.5
"""The part that letters have in a score; words have the rest."""
_UNKNOWN = 0.7
"""A group of letters that no designation has counts as this much of the rarest."""
_OTHERWISE, _UNSAID, _LESS_OFTEN = 0.7, 0.9, 0.9
"""What is left of a score where something else is done than the text says; where only one of the two says
what is done; where the text does not say that it is wholesale or an agent's business, which is rarer."""
_EXCLUDED = 0.5
_LEAST = 1e-9
_CELLS = 1 << 18
"""Texts times designations that are scored at once: small enough for a processor's cache."""


@dataclass(frozen=True, slots=True)
class Read:
    """A text, read: its words, their stems, what is done (bits of `words.doings_of`)."""

    words: tuple[str, ...]
    stems: tuple[str, ...]
    doings: int


def read(words: Sequence[str]) -> Read:
    """Words with what is compared of them."""
    stems = tuple(stem(word) for word in words)
    return Read(tuple(words), stems, doings_of(stems))


class Hit(NamedTuple):
    """A row that a text may mean: its score, the designation (number of a name) that leads there, its parts.

    `words` and `letters` are how alike they are, `doing` what is left for what is done, `excluded` whether
    the row says of itself that it is something else.
    """

    row: int
    score: float
    name: int
    words: float
    letters: float
    doing: float
    excluded: bool


class Scorer:
    """The index of one store, read in place; `letters` is the part that they have in a score (0 to 1).

    Raises DamagedStore where its documents are not in order.
    """

    def __init__(self, store: Store, letters: float = LETTERS) -> None:
        self._letters = letters
        files = store.files
        self.files = files
        self.documents = len(files["document_names"])
        rows = files["name_rows"][files["document_names"]]
        excluding = self._excluding(store)
        self.leading = int((~excluding).sum())
        for part in (rows[: self.leading], rows[self.leading :], excluding.astype(np.int8)):
            if (part[1:] < part[:-1]).any():
                raise DamagedStore(store.folder / "document_names", "is not in the order of documents")
        self.rows, self.starts = np.unique(rows[: self.leading], return_index=True)
        self.ends = np.append(self.starts[1:], self.leading)
        shunned, self._shunned_starts = np.unique(rows[self.leading :], return_index=True)
        kept = np.isin(shunned, self.rows)
        self._shunned = np.searchsorted(self.rows, shunned[kept])
        self._shunned_kept = np.flatnonzero(kept)
        self._doings = files["document_doings"]
        self._row_doings = (
            np.bitwise_or.reduceat(self._doings[: self.leading], self.starts)
            if len(self.rows)
            else self._doings[:0]
        )
        self._most = float(np.log1p((len(self.rows) + 0.5) / 0.5))

    def _excluding(self, store: Store) -> Array:
        uses = np.array([kind[2] == "exclusion" for kind in store.manifest.kinds] or [False])
        found: Array = uses[self.files["name_kinds"][self.files["document_names"]]]
        return found

    def best(self, texts: Sequence[Read], weights: Sequence[Array | None], most: int) -> list[list[Hit]]:
        """For each text the rows it may mean, the best first, at most so many.

        `weights` are what is kept of each row's score (an array along `rows`), None for all of it.
        """
        found: list[list[Hit]] = []
        step = max(1, _CELLS // max(1, self.documents))
        for start in range(0, len(texts), step):
            found.extend(self._best(texts[start : start + step], weights[start : start + step], most))
        return found

    def _best(self, texts: Sequence[Read], weights: Sequence[Array | None], most: int) -> list[list[Hit]]:
        if not len(self.rows):
            return [[] for _ in texts]
        words = self._scored(*self._words_of(texts), "word", len(texts))
        whole = self._scored(*self._letters_of(texts), "letters", len(texts))
        whole += words
        scores = np.maximum.reduceat(whole[:, : self.leading], self.starts, axis=1)
        shunned = self._shun(whole, scores)
        known = {doings: self._factors(doings) for doings in {text.doings for text in texts}}
        factors = np.stack([known[text.doings] for text in texts])
        final = scores * factors
        final[shunned] *= _EXCLUDED
        for place, weight in enumerate(weights):
            if weight is not None:
                final[place] *= weight
        count = min(most, final.shape[1])
        leading = np.argpartition(-final, count - 1, axis=1)[:, :count]
        leading.sort(axis=1)
        of_leading = np.take_along_axis(final, leading, axis=1)
        of_leading = of_leading.round(6)
        order = np.argsort(-of_leading, axis=1, kind="stable")
        groups = np.take_along_axis(leading, order, axis=1).reshape(-1)
        places = np.repeat(np.arange(len(texts)), count)
        documents = self._best_documents(whole, scores, places, groups)
        said = words[places, documents]
        hits = zip(
            self.rows[groups].tolist(),
            np.take_along_axis(of_leading, order, axis=1).reshape(-1).tolist(),
            self.files["document_names"][documents].tolist(),
            (said / max(1 - self._letters, _LEAST)).round(4).tolist(),
            ((whole[places, documents] - said) / max(self._letters, _LEAST)).round(4).tolist(),
            factors[places, groups].round(4).tolist(),
            shunned[places, groups].tolist(),
            strict=True,
        )
        every = [Hit(*hit) for hit in hits]
        return [
            [hit for hit in every[start : start + count] if hit.score > 0]
            for start in range(0, len(every), count)
        ]

    def _best_documents(self, whole: Array, scores: Array, places: Array, groups: Array) -> Array:
        """For each pair of a text and a row, the first designation of the row that has its score."""
        begins, counts = self.starts[groups], (self.ends - self.starts)[groups]
        firsts = np.cumsum(counts) - counts
        documents = np.repeat(begins - firsts, counts) + np.arange(int(counts.sum()))
        pairs = np.repeat(np.arange(len(groups)), counts)
        same = np.flatnonzero(whole[places[pairs], documents] == scores[places, groups][pairs])
        found = begins.astype(np.int64)
        found[pairs[same[::-1]]] = documents[same[::-1]]
        return found

    def _shun(self, whole: Array, scores: Array) -> Array:
        """Which rows say of themselves that they are not what a text says, louder than that they are."""
        shunned = np.zeros(scores.shape, dtype=bool)
        if len(self._shunned):
            against = np.maximum.reduceat(whole[:, self.leading :], self._shunned_starts, axis=1)
            against = against[:, self._shunned_kept]
            shunned[:, self._shunned] = against > scores[:, self._shunned]
        return shunned

    def _factors(self, doings: int) -> Array:
        """What is left of each row's score for what is done there."""
        theirs = self._row_doings
        marked = WHOLESALE | BROKER
        less = np.where(
            (theirs & marked != 0) & (theirs & RETAIL == 0) & (not doings & marked), _LESS_OFTEN, 1.0
        )
        if not doings:
            unsaid: Array = np.where(theirs & ~np.uint16(TRADE | RETAIL) != 0, _UNSAID, 1.0) * less
            return unsaid
        agrees = np.where(theirs & doings != 0, 1.0, np.where(theirs != 0, _OTHERWISE, _UNSAID))
        found: Array = agrees * less
        return found

    def _words_of(self, texts: Sequence[Read]) -> tuple[Array, Array, Array]:
        """Which stems (places in the index) the texts have, whose each is, and what a hit on it is worth."""
        hashes = np.fromiter((hash_of_stem(one) for text in texts for one in set(text.stems)), np.uint64)
        owners = np.repeat(np.arange(len(texts)), [len(set(text.stems)) for text in texts])
        places, known = self._places("word", hashes)
        rarities = np.where(known, self._rarities("word", places), self._most)
        sums = np.bincount(owners, rarities, minlength=len(texts)) * K1
        return places[known], owners[known], (1 - self._letters) / np.maximum(sums, _LEAST)[owners[known]]

    def _letters_of(self, texts: Sequence[Read]) -> tuple[Array, Array, Array]:
        hashes, owners = groups_of([text.words for text in texts])
        order = np.lexsort((hashes, owners))
        hashes, owners = hashes[order], owners[order]
        new = np.ones(len(hashes), dtype=bool)
        new[1:] = (hashes[1:] != hashes[:-1]) | (owners[1:] != owners[:-1])
        often = np.diff(np.append(np.flatnonzero(new), len(hashes)))
        hashes, owners = hashes[new], owners[new]
        places, known = self._places("letters", hashes)
        weights = np.where(known, self._rarities("letters", places), self._most * _UNKNOWN) * (
            1 + np.log(often)
        )
        norms = np.sqrt(np.bincount(owners, weights**2, minlength=len(texts)))
        weights *= self._letters / np.maximum(norms, _LEAST)[owners]
        return places[known], owners[known], weights[known]

    def _places(self, name: str, hashes: Array) -> tuple[Array, Array]:
        known = self.files[f"{name}_hashes"]
        if not len(known):
            return np.zeros(len(hashes), np.int64), np.zeros(len(hashes), dtype=bool)
        places = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
        return places, known[places] == hashes

    def _rarities(self, name: str, places: Array) -> Array:
        rarities = self.files[f"{name}_rarities"]
        found: Array = rarities[places] if len(rarities) else np.zeros(len(places))
        return found

    def _scored(self, terms: Array, owners: Array, weights: Array, name: str, texts: int) -> Array:
        """Texts by documents: the sum of what each text's terms are worth in each document."""
        starts = self.files[f"{name}_starts"]
        begins = starts[terms].astype(np.int64)
        counts = starts[terms + 1] - begins
        places = np.repeat(begins - (np.cumsum(counts) - counts), counts) + np.arange(int(counts.sum()))
        cells = np.repeat(owners * self.documents, counts) + self.files[f"{name}_documents"][places]
        worth = np.repeat(weights, counts) * self.files[f"{name}_weights"][places]
        found = np.bincount(cells, worth, minlength=texts * self.documents)
        scored: Array = found.reshape(texts, self.documents).astype(
            np.float64, copy=False
        )  # of nothing: whole
        return scored
