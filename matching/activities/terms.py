"""Terms of texts as numbers: a hash of 64 bits for each stem, and for each group of 3 to 5 letters of a word.

No vocabulary is kept: a term is found by its hash. That two of a referential's terms share one is as good as
impossible, and would cost a wrong candidate, no more.
"""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

import numpy as np

from matching.layout import Array

GROUPS = (3, 4, 5)
_MOST_REMEMBERED = 65_536
_LONGEST = 64
"""Letters of one word that are grouped."""
_MIX = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)
_FIRST = np.uint64(0x100000001B3)


@lru_cache(_MOST_REMEMBERED)
def hash_of_stem(stem: str) -> int:
    """Where a stem is looked for."""
    return int.from_bytes(blake2b(stem.encode(), digest_size=8).digest(), "little")


def hash_of_stems(stems: Sequence[str]) -> int:
    """One number for the distinct stems of a text in whatever order: what spellings of an entry share."""
    return hash_of_stem(" ".join(sorted(set(stems))))


def groups_of(words: Sequence[Sequence[str]]) -> tuple[Array, Array]:
    """The groups of letters of several texts, given as words: their hashes (uint64), and the text each is of.

    A word's edges are letters too, so that beginnings and ends tell more.
    """
    padded = [f" {' '.join([word[:_LONGEST] for word in each])} " for each in words]
    lengths = np.fromiter(map(len, padded), np.int64, count=len(padded))
    letters = np.frombuffer("".join(padded).encode("utf-32-le"), "<u4").astype(np.uint64)
    texts = np.repeat(np.arange(len(padded)), lengths)
    blank = letters == 32
    hashes: list[Array] = []
    owners: list[Array] = []
    rolled = _mixed(letters + np.uint64(1), _FIRST)
    inner = np.zeros(len(letters), dtype=bool)
    for size in range(2, max(GROUPS) + 1):
        count = len(letters) - size + 1
        if count <= 0:
            break
        rolled = _mixed(rolled[:count] ^ letters[size - 1 :], _MIX)
        if size > 2:  # a blank may begin or end a group, and not stand within
            inner = inner[:count] | blank[size - 2 : size - 2 + count]
        if size in GROUPS:
            kept = ~inner & (texts[:count] == texts[size - 1 :])
            hashes.append(rolled[kept])
            owners.append(texts[:count][kept])
    if not hashes:
        return np.empty(0, np.uint64), np.empty(0, np.int64)
    return np.concatenate(hashes), np.concatenate(owners)


def _mixed(values: Array, factor: np.uint64) -> Array:
    """Multiplied and folded, modulo 2 to the 64."""
    spread = values * factor
    mixed: Array = (spread ^ (spread >> _SHIFT)) * _MIX
    return mixed
