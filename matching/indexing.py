"""What spellings are found by, worked out from their keys: hashes, the words' weights, groups of letters."""

from collections.abc import Mapping, Sequence

import numpy as np

from matching.grams import index_of
from matching.hashing import skeleton_hashes, word_hash, words_hash
from matching.keys import Keys
from matching.layout import Array
from matching.profiles import Profile


def sought_by(spelled: Sequence[Keys], profile: Profile) -> Mapping[str, Array]:
    """The arrays of a search folder (layout.TYPES) for spellings in the order of their numbers."""
    across = profile.across_scripts
    hashes: list[int] = []
    counts: list[int] = []
    for keys in spelled:
        mine = [words_hash(keys)]
        if across:
            mine += skeleton_hashes(keys.skeletons)
        hashes += mine
        counts.append(len(mine))
    hashed = np.array(hashes, np.uint32)
    order = np.argsort(hashed, kind="stable")
    owners = np.repeat(np.arange(len(spelled), dtype=np.int32), np.array(counts, np.int64))
    vocabulary, weights = _vocabulary(spelled)
    fuzzy = spelled if profile.fuzzy else []
    starts, spellings, gram_weights = index_of([each.key for each in fuzzy], [each.light for each in fuzzy])
    return {
        "hashes": hashed[order],
        "hash_spellings": owners[order],
        "vocabulary": vocabulary,
        "vocabulary_weights": weights,
        "gram_starts": starts,
        "gram_spellings": spellings,
        "gram_weights": gram_weights,
    }


def _vocabulary(spelled: Sequence[Keys]) -> tuple[Array, Array]:
    """The words of keys (hashes, ascending), and what each tells: the rarer, the more."""
    counts: dict[str, int] = {}
    for keys in spelled:
        for word in keys.key.split():
            counts[word] = counts.get(word, 0) + 1
    words = np.fromiter(map(word_hash, counts), np.uint32, count=len(counts))
    rare = np.log1p(len(spelled) / np.fromiter(counts.values(), np.float64, count=len(counts)))
    order = np.argsort(words, kind="stable")
    return words[order], rare[order].astype(np.float32)
