"""Hashes that spellings are found by: equal words in any order, equal consonants, consonants but one.

Two texts may share a hash: what it leads to is compared before it counts.
"""

from collections.abc import Iterator, Sequence
from zlib import crc32

from matching.keys import Keys

_WORDS, _SKELETON, _SHORTENED = 1, 2, 3
_LEAST_SHORTENED = 4
"""Consonants of a skeleton that may lose one: of short ones too many others would come near."""


def _shortened(skeleton: str) -> Iterator[bytes]:
    letters = skeleton.encode()
    if len(skeleton) >= _LEAST_SHORTENED:
        for place in range(len(letters)):
            yield letters[:place] + letters[place + 1 :]


def words_hash(keys: Keys) -> int:
    """Of the words of a key, in whichever order."""
    return crc32(keys.in_order.encode(), _WORDS)


def skeleton_hashes(skeletons: Sequence[str]) -> list[int]:
    """Of all the skeletons of a text."""
    return [crc32(skeleton.encode(), _SKELETON) for skeleton in skeletons]


def near_hashes(skeletons: Sequence[str]) -> list[int]:
    """Under which a spelling stands for being found by a skeleton one consonant longer, or with another."""
    return [crc32(each, _SHORTENED) for each in {*_shortened(skeletons[0])}]


def nearly_hashes(skeletons: Sequence[str]) -> list[int]:
    """By which the spellings are found whose skeleton has a consonant more, less, or another."""
    shortened = {*_shortened(skeletons[0])}
    return [
        *(crc32(each, _SHORTENED) for each in {*shortened, skeletons[0].encode()}),
        *(crc32(each, _SKELETON) for each in shortened),
    ]


def word_hash(word: str) -> int:
    """Of one word of a key."""
    return crc32(word.encode())
