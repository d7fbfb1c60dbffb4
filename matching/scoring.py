"""How alike two names are: named parts, so that every score can be explained; for many pairs at once.

The weights were fitted, once, on generated noise (matching/noise.py and another generator) over the names of
bench/places.py, as those that put the right name first most often; nothing labelled stands behind them.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA, Indel

from matching.layout import Array
from matching.reading import Asked
from matching.spellings import Spellings, glued, in_order
from matching.words import shared_words

# What each part counts for.
_LETTERS, _TYPING, _SPELLING, _CONSONANTS, _WORDS, _BEGINNING = 0.36, 0.15, 0.03, 0.06, 0.15, 0.12
_CONTAINED, _BEGUN = 0.09, 0.04
"""What it counts that the name has every word of the text, and that it begins just as the text."""
_CUT_OFF = 0.08
"""What the beginning takes over from letters where the text ends with a full stop."""
_WHOLLY = 0.99
_SPELLING_ACROSS, _CONSONANTS_ACROSS, _WORDS_ACROSS = 0.25, 0.55, 0.2
_OTHER_ORDER = 0.97
_SAME_SKELETON, _SAME_SKELETON_ALIKE = 0.86, 0.08
"""Of names whose consonants are equal across scripts, the one with nearer vowels comes first."""
_EQUAL_KEY = 0.95
_BY_LETTERS, _BY_LETTERS_IN_OTHER_ORDER = 0.03, 0.02
_BELOW_SAME = 0.94
SAME_KEY = 0.95
"""From this likeness on, two texts have the same words by their keys."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike pairs of texts are, from 0 to 1, and the parts that is made of: arrays of one length."""

    text: Array
    spelling: Array
    """Edit distance on the keys."""
    letters: Array
    """Edit distance on the letters as written, in whichever order of words is nearest; 1 across scripts."""
    consonants: Array
    """Edit distance on the skeletons."""
    words: Array
    """The share of the text's words, by what they tell, that the name has too."""
    beginning: Array
    """How the name begins, for as long as the text is."""
    across: Array
    """They come from different scripts."""
    skeleton: Array
    """Their skeletons are equal."""
    equal: Array
    """Equal after light normalisation."""
    code: Array
    """The text is the code."""

    def __getitem__(self, places: Array) -> Self:
        return type(self)(*[getattr(self, name)[places] for name in self.__slots__])


@dataclass(frozen=True, slots=True)
class Pairs:
    """Texts (places in what was asked) with spellings (numbers), and how alike they are."""

    queries: Array
    spellings: Array
    likeness: Likeness


def joined(many: list[Likeness]) -> Likeness:
    """One after the other."""
    return Likeness(*[np.concatenate([getattr(one, name) for one in many]) for name in Likeness.__slots__])


def same_codes(count: int) -> Likeness:
    """That so many texts are codes."""
    ones, yes, no = np.ones(count, np.float32), np.ones(count, bool), np.zeros(count, bool)
    return Likeness(ones, ones, ones, ones, ones, ones, no, no, yes, yes)


def alike(mine: list[str], others: list[str]) -> Array:
    """Edit distance of each pair, as a likeness from 0 to 1 (float32)."""
    if not mine:
        return np.empty(0, np.float32)
    compared: Array = process.cpdist(mine, others, scorer=Indel.normalized_similarity, dtype=np.float32)
    return compared


class Comparing:
    """Compares what was asked with the spellings of a store, pair by pair."""

    def __init__(self, asked: Asked, spellings: Spellings) -> None:
        self.asked = asked
        self.spellings = spellings
        keys = asked.keys
        lights = [each.light for each in keys]
        self._glued = _objects(glued(lights))
        self._sorted = _objects(in_order(lights))
        self._lengths = np.fromiter(map(len, self._glued), np.int64, count=len(keys))
        self._many = np.fromiter((" " in light for light in lights), bool, count=len(keys))
        self._glued_keys = _objects(glued([each.key for each in keys]))
        self._skeletons = _objects([each.skeletons[0] for each in keys])

    def quick(self, queries: Array, numbers: Array) -> Array:
        """The one part that tells most, for choosing what is compared in full: letters, or consonants."""
        across = self.spellings.across(self.asked.scripts[queries], numbers)
        if not across.any():
            return self._letters(queries, numbers)
        own = ~across
        quick = np.empty(len(queries), np.float32)
        quick[own] = self._letters(queries[own], numbers[own])
        quick[across] = self._consonants(queries[across], numbers[across])
        return quick

    def _letters(self, queries: Array, numbers: Array) -> Array:
        return alike(self._glued[queries].tolist(), self.spellings.glued_of(numbers))

    def _consonants(self, queries: Array, numbers: Array) -> Array:
        return alike(self._skeletons[queries].tolist(), self.spellings.first_skeletons_of(numbers))

    def fully(self, queries: Array, numbers: Array, *, hashed: bool) -> Likeness:
        """The likeness of texts (places) and spellings (numbers).

        `hashed` says that their hashes are equal; where not, their words and skeletons are known to differ.
        """
        across = self.spellings.across(self.asked.scripts[queries], numbers)
        equal = same_key = same_words = skeleton = np.zeros(len(queries), bool)
        if hashed:
            equal, same_key, same_words, skeleton = self._same(queries, numbers)
        spelling = alike(self._glued_keys[queries].tolist(), self.spellings.glued_keys_of(numbers))
        consonants = self._consonants(queries, numbers)
        skeleton = skeleton | (consonants == 1)
        words = shared_words(self.asked, self.spellings, queries, numbers, same_words)
        letters, beginning, typing = self._by_letters(queries, numbers)
        cut = np.where(self.asked.cut[queries], _CUT_OFF, 0.0)
        text = (
            (_LETTERS - cut) * letters
            + _TYPING * typing
            + _SPELLING * spelling
            + _CONSONANTS * consonants
            + _WORDS * words
            + (_BEGINNING + cut) * beginning
            + _CONTAINED * (words >= _WHOLLY)
            + _BEGUN * (beginning >= _WHOLLY)
        )
        far = _SPELLING_ACROSS * spelling + _CONSONANTS_ACROSS * consonants + _WORDS_ACROSS * words
        same = np.where(skeleton, _SAME_SKELETON + _SAME_SKELETON_ALIKE * far, 0)
        text = np.where(across, np.maximum(far, same), text)
        letters = np.where(across, 1.0, letters)
        in_other_order = _EQUAL_KEY + _BY_LETTERS_IN_OTHER_ORDER * letters
        text = np.where(same_words, in_other_order, np.minimum(text, _BELOW_SAME))
        text = np.where(same_key, _EQUAL_KEY + _BY_LETTERS * letters, text)
        text = np.where(equal, 1.0, text)
        single = np.float32
        return Likeness(
            text=text.astype(single),
            spelling=spelling,
            letters=letters.astype(single),
            consonants=consonants,
            words=words.astype(single),
            beginning=beginning,
            across=across,
            skeleton=skeleton,
            equal=equal,
            code=np.zeros_like(equal),
        )

    def _same(self, queries: Array, numbers: Array) -> tuple[Array, Array, Array, Array]:
        """Which are equal, have one key, the same words in any order, a skeleton in common."""
        keys = [self.asked.keys[query] for query in queries.tolist()]
        texts = zip(
            keys,
            self.spellings.lights_of(numbers),
            self.spellings.keys_of(numbers),
            self.spellings.skeletons_of(numbers),
            strict=True,
        )
        same = [
            (
                each.light == light,
                each.key == key,
                len(each.key) == len(key) and each.in_order == " ".join(sorted(key.split(" "))),
                not {*each.skeletons}.isdisjoint(skeletons.split(" ")),
            )
            for each, light, key, skeletons in texts
        ]
        equal, key, words, skeleton = np.array(same, bool).reshape(-1, 4).T
        return equal, key, words, skeleton

    def _by_letters(self, queries: Array, numbers: Array) -> tuple[Array, Array, Array]:
        """Likeness of letters in whichever order of words is nearer; of the beginning; and as typed."""
        mine, others = self._glued[queries].tolist(), self.spellings.glued_of(numbers)
        letters = alike(mine, others)
        beginning = letters.copy()
        lengths = self._lengths[queries]
        longer = np.flatnonzero(np.fromiter(map(len, others), np.int64, count=len(others)) > lengths)
        beginning[longer] = alike(
            [mine[place] for place in longer.tolist()],
            [
                others[place][:length]
                for place, length in zip(longer.tolist(), lengths[longer].tolist(), strict=True)
            ],
        )
        many = np.flatnonzero(self._many[queries])
        if len(many):
            ordered = alike(self._sorted[queries[many]].tolist(), self.spellings.sorted_of(numbers[many]))
            letters[many] = np.maximum(letters[many], _OTHER_ORDER * ordered)
        typing = letters
        if mine:
            typing = process.cpdist(mine, others, scorer=OSA.normalized_similarity, dtype=np.float32)
        return letters, beginning, typing


def _objects(texts: list[str]) -> Array:
    found = np.empty(len(texts), object)
    found[:] = texts
    return found
