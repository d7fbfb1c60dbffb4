"""The words that a text shares with names: each with the nearest word, by what the words tell."""

from itertools import chain

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Indel

from matching.layout import Array
from matching.reading import Asked
from matching.spellings import Spellings, spread

_SAME_WORD = 0.6
"""Words less alike than this are different ones."""
_MOST_WORDS = 16
"""Words of a text that are compared."""


def shared_words(asked: Asked, spellings: Spellings, queries: Array, numbers: Array, same: Array) -> Array:
    """For pairs of a text and a spelling, the share of the text's words that the other has.

    `same` says which pairs have the same words in any order, which need no comparing.
    """
    shared = np.ones(len(queries), np.float64)
    open_ones = np.flatnonzero(~same)
    if not len(open_ones):
        return shared
    queries = queries[open_ones]
    involved, places = np.unique(queries, return_inverse=True)
    words, starts, weights = _weighted(asked, spellings, involved)
    others = spellings.words_of(numbers[open_ones])
    other_counts = np.fromiter(map(len, others), np.int64, count=len(others))
    other_words = np.array(list(chain.from_iterable(others)), object)
    other_starts = np.cumsum(other_counts) - other_counts

    # Each pair's words, and each of them with each of the other's.
    pairs, mine = spread(starts, places)
    cells = np.repeat(np.arange(len(pairs)), other_counts[pairs])
    firsts = np.cumsum(other_counts[pairs]) - other_counts[pairs]
    theirs = np.arange(len(cells)) - firsts[cells] + other_starts[pairs[cells]]
    similar = process.cpdist(
        words[mine[cells]].tolist(),
        other_words[theirs].tolist(),
        scorer=Indel.normalized_similarity,
        score_cutoff=_SAME_WORD,
        dtype=np.float32,
    )
    nearest = np.maximum.reduceat(similar, firsts)
    shared[open_ones] = np.bincount(pairs, nearest * weights[mine], minlength=len(places))
    return shared


def _weighted(asked: Asked, spellings: Spellings, queries: Array) -> tuple[Array, Array, Array]:
    """The words of some texts, where those of each begin, and their weights, which sum to 1 in each text."""
    split = [asked.keys[query].key.split(" ")[:_MOST_WORDS] for query in queries.tolist()]
    counts = np.fromiter(map(len, split), np.int64, count=len(split))
    starts = np.zeros(len(split) + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    words = list(chain.from_iterable(split))
    weights = spellings.telling(words).astype(np.float64)
    owners = np.repeat(np.arange(len(split)), counts)
    totals = np.bincount(owners, weights, minlength=len(split))
    return np.array(words, object), starts, weights / totals[owners]
