"""Names as people type them: seeded noise for judging and calibrating, and names that are in no list.

The table KINDS says which kinds of noise there are and how often each is drawn.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from matching import misspelling
from matching.keys import keys_of
from matching.profiles import split_place
from matching.text import fold, script_of

Change = Callable[[str, Random], str]

_COUNTS, _COUNT_WEIGHTS = (1, 2, 3, 4), (30, 35, 22, 13)
"""How many kinds meet in one text, at most, and how often."""
_ATTEMPTS = 8
_ABOVE_APPENDED = 0.05
_LEAST_WORD = 4
_ROUNDS = 8
_LOSING = frozenset({"dropped word", "cut off"})
_LATIN_ABOVE = ("{}, {}", "{} ({})", "{} - Prov. {}", "{} prov. {}", "{}, province de {}")
_ARABIC_ABOVE = ("{} ({})", "{}، {}", "{} إقليم {}")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of noise: its name, how often it is drawn beside the others of its script, what it does."""

    name: str
    weight: int
    change: Change


KINDS: dict[str, tuple[Kind, ...]] = {
    "Latn": (
        Kind("sounds", 46, misspelling.sounds),
        Kind("doubled letter", 9, misspelling.doubled),
        Kind("accent", 5, misspelling.accents),
        Kind("vowel", 7, misspelling.vowels),
        Kind("article", 11, misspelling.article),
        Kind("heading word", 18, misspelling.particles),
        Kind("spacing", 8, misspelling.spacing),
        Kind("typing error", 10, misspelling.typing_error),
        Kind("two typing errors", 3, misspelling.two_typing_errors),
        Kind("dropped word", 6, misspelling.dropped_word),
        Kind("cut off", 4, misspelling.truncated),
        Kind("swapped words", 3, misspelling.swapped_words),
        Kind("added word", 4, misspelling.added_word),
        Kind("qualifier", 6, misspelling.qualified),
        Kind("capitals", 5, misspelling.upper_case),
    ),
    "Arab": (
        Kind("letter", 24, misspelling.letters_arabic),
        Kind("ending", 14, misspelling.endings_arabic),
        Kind("article", 12, misspelling.article_arabic),
        Kind("heading word", 10, misspelling.particles_arabic),
        Kind("vowel signs", 6, misspelling.harakat),
        Kind("spacing", 8, misspelling.spacing),
        Kind("typing error", 18, misspelling.typing_error),
        Kind("two typing errors", 5, misspelling.two_typing_errors),
        Kind("dropped word", 5, misspelling.dropped_word),
        Kind("cut off", 3, misspelling.truncated),
        Kind("qualifier", 6, misspelling.qualified_arabic),
        Kind("letter by letter", 8, misspelling.letter_by_letter),
    ),
    "": (
        Kind("spacing", 10, misspelling.spacing),
        Kind("typing error", 30, misspelling.typing_error),
        Kind("two typing errors", 10, misspelling.two_typing_errors),
        Kind("dropped word", 5, misspelling.dropped_word),
    ),
}
"""Kinds of noise by script; "" for any other script."""


@dataclass(frozen=True, slots=True)
class Noisy:
    """A name as somebody may have typed it, and the kinds of noise that made it so."""

    text: str
    kinds: tuple[str, ...]


def seeded(seed: int) -> Random:
    """A source of chance that gives the same at every run."""
    return Random(seed)  # noqa: S311 - figures that can be repeated; nothing here is a secret


def noisy(name: str, draw: Random, *, above: str | None = None, whole: bool = False) -> Noisy:
    """The name with one to four kinds of noise; with `above`, that parent is now and then appended.

    `whole`: no word is lost or cut off.
    A name of one letter, or one that nothing changes, comes back as it is.
    """
    script = script_of(name)
    kinds = [kind for kind in KINDS.get(script, KINDS[""]) if not (whole and kind.name in _LOSING)]
    text, made = name, list[str]()
    for _ in range(_ATTEMPTS if len(fold(name)) > 1 else 0):
        text, made = _changed(name, kinds, draw)
        if text != name and fold(text):
            break
    else:
        text, made = name, []
    if above is not None and draw.random() < _ABOVE_APPENDED:
        patterns = _ARABIC_ABOVE if script == "Arab" else _LATIN_ABOVE
        text = draw.choice(patterns).format(text, above)
        made.append("parent")
    return Noisy(text, tuple(made))


def _changed(name: str, kinds: Sequence[Kind], draw: Random) -> tuple[str, list[str]]:
    """The name with a few kinds of noise, in the order of the table: what is said around it comes last."""
    wanted = draw.choices(_COUNTS, _COUNT_WEIGHTS)[0]
    drawn = set(draw.choices(range(len(kinds)), [kind.weight for kind in kinds], k=wanted))
    text, made = name, list[str]()
    for number in sorted(drawn):
        changed = kinds[number].change(text, draw)
        if changed != text:
            text = changed
            made.append(kinds[number].name)
    return text, made


def absents(names: Collection[str], count: int, draw: Random) -> list[str]:
    """Up to so many noisy names that are none of these: beginnings of some with ends of others.

    No word of them is lost, and none is, by its key, within one letter of a listed name: that would be a way
    to write it, and nobody could say that it is not. Fewer where the names have too few words.
    """
    known = sorted({keys_of(name).in_order for name in names})
    cut = [name.split() for name in names]
    heads = [words[:-1] for words in cut if len(words) > 1]
    tails = [words[-1] for words in cut if words]
    made: dict[str, None] = {}
    for _ in range(_ROUNDS if tails else 0):
        drawn = [_recombined(heads, tails, draw) for _ in range(count)]
        drawn = _apart([name for name in drawn if script_of(name) == script_of(name.split()[0])], known)
        made.update(dict.fromkeys(_apart([noisy(name, draw, whole=True).text for name in drawn], known)))
        if len(made) >= count:
            break
    return list(made)[:count]


def _recombined(heads: Sequence[Sequence[str]], tails: Sequence[str], draw: Random) -> str:
    return " ".join([*(draw.choice(heads) if heads else []), _grafted(draw.choice(tails), tails, draw)])


def _apart(texts: Sequence[str], known: Sequence[str]) -> list[str]:
    """Those texts whose keys are more than one letter from every known one."""
    keys = [keys_of(split_place(text).core).in_order for text in texts]
    if not keys:
        return []
    edits = process.cdist(keys, known, scorer=Levenshtein.distance, score_cutoff=1, dtype=np.uint8)
    return [text for text, key, near in zip(texts, keys, edits.min(axis=1), strict=True) if key and near > 1]


def _grafted(word: str, others: Sequence[str], draw: Random) -> str:
    """The word, or, half of the time, its first half with the second half of another of its script."""
    other = draw.choice(others)
    if draw.random() < 0.5 or script_of(word) != script_of(other) or min(len(word), len(other)) < _LEAST_WORD:
        return word
    return word[: (len(word) + 1) // 2] + other[len(other) // 2 :].lower()
