"""How alike two names are: named parts, so that every score can be explained; for many pairs at once.

The weights were fitted, once, on generated noise (matching/noise.py and another generator) over the names of
bench/places.py, as those that put the right name first most often; nothing labelled stands behind them.
"""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA, Indel

from matching.layout import Array
from matching.reading import Asked
from matching.spellings import Spellings
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
_SAME_SKELETON = 0.9
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
        return type(self)(*(getattr(self, each.name)[places] for each in fields(self)))


@dataclass(frozen=True, slots=True)
class Pairs:
    """Texts (places in what was asked) with spellings (numbers), and how alike they are."""

    queries: Array
    spellings: Array
    likeness: Likeness


def joined(many: list[Likeness]) -> Likeness:
    """One after the other."""
    return Likeness(*(np.concatenate([getattr(one, each.name) for one in many]) for each in fields(Likeness)))


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


def glued(texts: list[str]) -> list[str]:
    """The texts without blanks."""
    return "\n".join(texts).replace(" ", "").split("\n") if texts else []


def first_skeletons(texts: list[str]) -> list[str]:
    """The main one of each list of skeletons."""
    return [text.partition(" ")[0] for text in texts]


def quick_likeness(asked: Asked, spellings: Spellings, queries: Array, numbers: Array) -> Array:
    """The one part that tells most, for choosing what is compared in full: letters, or consonants."""
    across = spellings.across(asked.scripts[queries], numbers)
    lights = np.array([keys.light for keys in asked.keys], object)
    quick = np.empty(len(queries), np.float32)
    own = ~across
    quick[own] = alike(glued(lights[queries[own]].tolist()), glued(spellings.lights_of(numbers[own])))
    if across.any():
        skeletons = np.array([keys.skeletons[0] for keys in asked.keys], object)
        quick[across] = alike(
            skeletons[queries[across]].tolist(), first_skeletons(spellings.skeletons_of(numbers[across]))
        )
    return quick


def likeness(asked: Asked, spellings: Spellings, queries: Array, numbers: Array) -> Likeness:
    """Compare texts (places in `asked`) with spellings (numbers), pair by pair."""
    mine = [asked.keys[query] for query in queries.tolist()]
    across = spellings.across(asked.scripts[queries], numbers)
    keys, other_keys = [each.key for each in mine], spellings.keys_of(numbers)
    lights, other_lights = [each.light for each in mine], spellings.lights_of(numbers)
    equal = np.fromiter(map(str.__eq__, lights, other_lights), bool, count=len(mine))
    same_key = np.fromiter(map(str.__eq__, keys, other_keys), bool, count=len(mine))
    same_words = same_key | np.fromiter(
        (
            len(key) == len(other) and each.in_order == " ".join(sorted(other.split()))
            for key, other, each in zip(keys, other_keys, mine, strict=True)
        ),
        bool,
        count=len(mine),
    )
    spelling = np.where(same_key, 1.0, alike(glued(keys), glued(other_keys)))
    skeletons = spellings.skeletons_of(numbers)
    consonants = alike([each.skeletons[0] for each in mine], first_skeletons(skeletons))
    skeleton = (consonants == 1) | np.fromiter(
        (
            (len(each.skeletons) > 1 or " " in other) and not {*each.skeletons}.isdisjoint(other.split(" "))
            for each, other in zip(mine, skeletons, strict=True)
        ),
        bool,
        count=len(mine),
    )
    words = shared_words(asked, spellings, queries, other_keys, same_words)
    letters, beginning, typing = _by_letters(lights, other_lights)
    cut = np.where(asked.cut[queries], _CUT_OFF, 0.0)
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
    text = np.where(across, np.maximum(far, _SAME_SKELETON * skeleton), text)
    letters = np.where(across, 1.0, letters)
    text = np.where(
        same_words, _EQUAL_KEY + _BY_LETTERS_IN_OTHER_ORDER * letters, np.minimum(text, _BELOW_SAME)
    )
    text = np.where(same_key, _EQUAL_KEY + _BY_LETTERS * letters, text)
    text = np.where(equal, 1.0, text)
    single = np.float32
    return Likeness(
        text=text.astype(single),
        spelling=spelling.astype(single),
        letters=letters.astype(single),
        consonants=consonants,
        words=words.astype(single),
        beginning=beginning,
        across=across,
        skeleton=skeleton,
        equal=equal,
        code=np.zeros_like(equal),
    )


def _by_letters(lights: list[str], others: list[str]) -> tuple[Array, Array, Array]:
    """Likeness of letters in whichever order of words is nearest; of the beginning; and as typed."""
    whole, other_whole = glued(lights), glued(others)
    as_one = alike(whole, other_whole)
    letters = np.maximum(alike(lights, others), as_one)
    many = [
        place
        for place, (light, other) in enumerate(zip(lights, others, strict=True))
        if " " in light and " " in other
    ]
    if many:
        in_order = alike(
            [" ".join(sorted(lights[place].split())) for place in many],
            [" ".join(sorted(others[place].split())) for place in many],
        )
        letters[many] = np.maximum(letters[many], _OTHER_ORDER * in_order)
    beginning = as_one.copy()
    longer = [
        place
        for place, (mine, other) in enumerate(zip(whole, other_whole, strict=True))
        if len(other) > len(mine)
    ]
    beginning[longer] = alike(
        [whole[place] for place in longer], [other_whole[place][: len(whole[place])] for place in longer]
    )
    typing = (
        process.cpdist(lights, others, scorer=OSA.normalized_similarity, dtype=np.float32)
        if lights
        else letters
    )
    return letters, beginning, typing
