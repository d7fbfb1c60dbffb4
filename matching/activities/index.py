"""The index of a referential's designations, one document each: terms with their documents and weights.

Stems are weighted by BM25 (Robertson and Zaragoza, 2009), groups of letters by TF-IDF of length one. How rare
a term is, is counted in items, not in documents: a word that ten entries of one class share tells that class.
"""

from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np

from matching.activities.terms import groups_of, hash_of_stem, hash_of_stems
from matching.activities.words import doings_of, stem, told, words_of
from matching.layout import Array

K1, B = 1.2, 0.5
"""BM25: how soon a repeated word says nothing new; how far long titles are held back."""
COMMON = 0.1
"""Groups of letters in more than this part of the items are left out: they cost time and tell nothing."""
_FEW = 10.0
"""In as many items as this a group of letters is never common."""


def documents_of(texts: Sequence[str], rows: Array, excluding: Array) -> Mapping[str, Array]:
    """The arrays of a search folder (layout.TYPES) for designations, given with the row of each, ascending.

    `excluding` says which of them say what a class is not. A document is a designation with any word: first
    those that lead to their rows, then those that lead away, each in the order of rows.
    """
    words = [words_of(told(text)) for text in texts]
    order = np.argsort(excluding, kind="stable")
    order = order[np.fromiter(map(bool, words), bool, count=len(words))[order]]
    words = [words[place] for place in order.tolist()]
    rows = rows[order]
    stems = [[stem(word) for word in each] for each in words]
    keys = np.fromiter(map(hash_of_stems, stems), np.uint64, count=len(stems))
    by_key = np.argsort(keys, kind="stable").astype(np.int32)
    lengths = np.fromiter(map(len, stems), np.int64, count=len(stems))
    hashes = np.fromiter((hash_of_stem(one) for each in stems for one in each), np.uint64)
    of_words = Postings(hashes, np.repeat(np.arange(len(stems)), lengths), rows)
    of_letters = Postings(*groups_of(words), rows).without_common()
    return {
        "document_names": order.astype(np.int32),
        "document_doings": np.fromiter(map(doings_of, stems), np.uint16, count=len(stems)),
        "document_keys": keys[by_key],
        "document_by_key": by_key,
        **of_words.arrays("word", of_words.bm25(lengths)),
        **of_letters.arrays("letters", of_letters.cosine(len(stems))),
    }


class Postings:
    """Terms (sorted hashes) with the documents that each is in, how often, and in how many rows."""

    def __init__(self, hashes: Array, documents: Array, rows: Array) -> None:
        order = np.lexsort((documents, hashes))
        hashes, documents = hashes[order], documents[order]
        new = np.ones(len(hashes), dtype=bool)
        new[1:] = (hashes[1:] != hashes[:-1]) | (documents[1:] != documents[:-1])
        places = np.flatnonzero(new)
        self.often = np.diff(np.append(places, len(hashes)))
        self.documents = documents[places]
        self.hashes, starts = np.unique(hashes[places], return_index=True)
        self.starts = np.append(starts, len(places)).astype(np.int32)
        self.rows = rows
        self.rarities = self._rarities()

    def _rarities(self) -> Array:
        total = len(np.unique(self.rows))
        found = self._rows_with()
        rarities: Array = np.log1p((total - found + 0.5) / (found + 0.5)).astype(np.float32)
        return rarities

    def _rows_with(self) -> Array:
        """In how many rows each term is."""
        terms = np.repeat(np.arange(len(self.hashes)), np.diff(self.starts))
        pairs = np.unique(terms * (int(self.rows.max(initial=0)) + 1) + self.rows[self.documents])
        counts: Array = np.bincount(pairs // (int(self.rows.max(initial=0)) + 1), minlength=len(self.hashes))
        return counts

    def without_common(self) -> Self:
        """Without the terms that are in too many rows."""
        most = max(_FEW, COMMON * len(np.unique(self.rows)))
        kept = self._rows_with() <= most
        counts = np.diff(self.starts)
        of_kept = np.repeat(kept, counts)
        self.hashes, self.rarities = self.hashes[kept], self.rarities[kept]
        self.documents, self.often = self.documents[of_kept], self.often[of_kept]
        self.starts = np.append(0, np.cumsum(counts[kept])).astype(np.int32)
        return self

    def bm25(self, lengths: Array) -> Array:
        """The weight of each posting."""
        long = (lengths / max(1.0, float(lengths.mean())) if len(lengths) else lengths)[self.documents]
        saturated = self.often * (K1 + 1) / (self.often + K1 * (1 - B + B * long))
        weights: Array = (np.repeat(self.rarities, np.diff(self.starts)) * saturated).astype(np.float32)
        return weights

    def cosine(self, documents: int) -> Array:
        """The weight of each posting: every document has length one."""
        weights = (1 + np.log(self.often)) * np.repeat(self.rarities, np.diff(self.starts))
        norms = np.sqrt(np.bincount(self.documents, weights**2, minlength=documents))
        normed: Array = (weights / np.maximum(norms, 1e-9)[self.documents]).astype(np.float32)
        return normed

    def arrays(self, name: str, weights: Array) -> dict[str, Array]:
        """By their names in a search folder."""
        return {
            f"{name}_hashes": self.hashes,
            f"{name}_starts": self.starts,
            f"{name}_documents": self.documents.astype(np.int32),
            f"{name}_weights": weights,
            f"{name}_rarities": self.rarities,
        }
