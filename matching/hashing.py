"""Hashes that spellings are found by: equal words in any order, equal consonants.

Two texts may share a hash: what it leads to is compared before it counts.
"""

from collections.abc import Sequence
from zlib import crc32

from matching.keys import Keys

_WORDS, _SKELETON = 1, 2


def words_hash(keys: Keys) -> int:
    """Of the words of a key, in whichever order."""
    return crc32(keys.in_order.encode(), _WORDS)


def skeleton_hashes(skeletons: Sequence[str]) -> list[int]:
    """Of all the skeletons of a text."""
    return [crc32(skeleton.encode(), _SKELETON) for skeleton in skeletons]


def word_hash(word: str) -> int:
    """Of one word of a key."""
    return crc32(word.encode())
