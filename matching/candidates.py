"""Finding the spellings that a text may mean: by equal hashes, by groups of letters."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from sparse_dot_topn import sp_matmul_topn

from matching.grams import SIZE, groups_of, rarities
from matching.hashing import skeleton_hashes, words_hash
from matching.keys import Keys
from matching.layout import Array, DamagedStore, unlocked
from matching.spellings import Spellings, between
from matching.store import Store

NEAREST = 24
"""How many spellings that share groups of letters are looked at."""
_LEADING = 4
_MOST_SAME_SKELETON = 100
"""Consonants that more spellings than this have tell little: other evidence finds them."""
_MOST_KEPT = 16
_LARGE = 200_000
_MOST_KEPT_OF_LARGE = 2


@dataclass(frozen=True, slots=True)
class Kept:
    """What a query is restricted to: masks over rows, and over the spellings of their names."""

    rows: Array
    spellings: Array


class Candidates:
    """Pairs (place of a text, number of a spelling) worth comparing."""

    def __init__(self, store: Store, spellings: Spellings) -> None:
        self.store = store
        self.spellings = spellings
        files = store.files
        self._hashes = files["hashes"]
        self._hashed = files["hash_spellings"]
        counts = np.diff(files["gram_starts"])
        self._rare = np.where(counts > 0, rarities(counts, max(spellings.size, 1)), 0).astype(np.float32)
        self._matrices: dict[int, tuple[Kept | None, csr_matrix]] = {}

    def by_words(self, keys: Sequence[Keys]) -> tuple[Array, Array]:
        """Those with the same words, in any order."""
        return self._by_hashes([[words_hash(each)] for each in keys], None)

    def by_skeleton(self, keys: Sequence[Keys]) -> tuple[Array, Array]:
        """Those with the same consonants, in whichever script."""
        return self._by_hashes([skeleton_hashes(each.skeletons) for each in keys], _MOST_SAME_SKELETON)

    def _by_hashes(self, wanted: Sequence[Sequence[int]], most: int | None) -> tuple[Array, Array]:
        counts = np.fromiter(map(len, wanted), np.int64, count=len(wanted))
        owners = np.repeat(np.arange(len(wanted)), counts)
        needles = np.fromiter((each for many in wanted for each in many), np.uint32, count=int(counts.sum()))
        if not len(self._hashes) or not len(needles):
            return np.empty(0, np.int64), np.empty(0, np.int64)
        order = np.argsort(needles)  # neighbours are looked for one after the other: twice as fast
        owners, needles = owners[order], needles[order]
        first = np.searchsorted(self._hashes, needles)
        there = self._hashes[np.minimum(first, len(self._hashes) - 1)] == needles
        owners, needles, first = owners[there], needles[there], first[there]
        last = np.searchsorted(self._hashes, needles, "right")
        if most is not None:
            few = last - first <= most
            owners, first, last = owners[few], first[few], last[few]
        places, found = between(first, last)
        return owners[places], self._hashed[found].astype(np.int64)

    def by_groups(self, keys: Sequence[Keys], kept: Kept | None) -> tuple[Array, Array, Array]:
        """Those that share most groups of letters, the rarer the better; and which of them lead."""
        matrix = self._matrix(kept)
        groups, owners = groups_of([each.key for each in keys], [each.light for each in keys])
        weights = self._rare[groups]
        told = weights > 0
        groups, owners, weights = groups[told], owners[told], weights[told]
        starts = np.zeros(len(keys) + 1, np.int32)
        np.cumsum(np.bincount(owners, minlength=len(keys)), out=starts[1:])
        asked = csr_matrix((weights, groups.astype(np.int32), starts), shape=(len(keys), SIZE))
        nearest = sp_matmul_topn(asked, matrix, top_n=NEAREST, sort=True)
        counts = np.diff(nearest.indptr)
        rank = np.arange(len(nearest.indices)) - np.repeat(nearest.indptr[:-1], counts)
        return np.repeat(np.arange(len(keys)), counts), nearest.indices.astype(np.int64), rank < _LEADING

    def posted(self, places: Array) -> Array:
        """The spellings at some places of the lists of groups."""
        spellings: Array = self.store.files["gram_spellings"][places]
        self._check(spellings)
        return spellings

    def _check(self, spellings: Array) -> None:
        size = self.spellings.size
        if len(spellings) and not (spellings.min() >= 0 and spellings.max() < size):
            raise DamagedStore(self.store.folder / "gram_spellings", f"has a number outside [0, {size})")

    def _matrix(self, kept: Kept | None) -> csr_matrix:
        """Groups of letters by spellings; only those that are kept."""
        known = self._matrices.get(id(kept))
        if known is not None and known[0] is kept:
            return known[1]
        files, size = self.store.files, self.spellings.size
        starts, spellings, weights = files["gram_starts"], files["gram_spellings"], files["gram_weights"]
        self._check(spellings)
        if kept is None:
            spellings, weights = unlocked(spellings), unlocked(weights)
        else:
            inside = kept.spellings[spellings]
            counts = np.zeros(len(spellings) + 1, np.int64)
            np.cumsum(inside, out=counts[1:])
            starts, spellings, weights = counts[starts], spellings[inside], weights[inside]
        matrix = csr_matrix((weights, spellings, starts.astype(np.int32)), shape=(SIZE, size))
        if len(self._matrices) >= (_MOST_KEPT if size <= _LARGE else _MOST_KEPT_OF_LARGE):
            self._matrices.clear()
        self._matrices[id(kept)] = (kept, matrix)
        return matrix
