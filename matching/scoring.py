"""How alike two names are: named parts, so that every score can be explained."""

from dataclasses import dataclass, replace

from rapidfuzz.distance import Indel

from matching.keys import GENERIC, Keys

# What each part counts for: set by reasoning about spelling, not fitted to labelled data.
_SPELLING, _LETTERS, _CONSONANTS, _WORDS = 0.4, 0.2, 0.2, 0.2
_SPELLING_ACROSS, _CONSONANTS_ACROSS, _WORDS_ACROSS = 0.25, 0.55, 0.2
_OTHER_ORDER = 0.97
_GENERIC_WEIGHT = 0.35
_SAME_WORD = 0.7
_SAME_SKELETON = 0.9
_LIGHTLY_DIFFERENT = 0.98
_BELOW_SAME = 0.94
SAME_KEY = 0.95
"""From this likeness on, two texts have the same words by their keys."""
_WITHOUT_VOWELS = str.maketrans("", "", "aiu ")


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two texts are, from 0 to 1, and the parts it is made of."""

    text: float
    spelling: float
    """Edit distance on the keys, in whichever order of words is nearest."""
    consonants: float
    words: float
    """Words they share, by weight."""
    across: bool
    """They come from different scripts."""
    skeleton: bool
    """Their skeletons are equal."""
    letters: float = 1.0
    """Edit distance on the letters as written; 1 across scripts, where there is nothing to compare."""
    equal: bool = False
    """Equal after light normalisation."""
    code: bool = False
    """The text is the code."""

    def parts(self) -> dict[str, float]:
        """The parts by name, for showing."""
        if self.code:
            return {"code": 1.0}
        parts = {
            "spelling": self.spelling,
            "consonants": self.consonants,
            "words": self.words,
            "letters": self.letters,
        }
        return {name: round(value, 4) for name, value in parts.items()} | (
            {"skeleton": 1.0} if self.skeleton else {}
        )


SAME_CODE = Likeness(1.0, 1.0, 1.0, 1.0, False, False, equal=True, code=True)


def likeness(keys: Keys, key: str, *, light: str | None, skeleton: bool) -> Likeness:
    """Compare a text with a name's key, and with its letters after light normalisation.

    `light` is None where the name is of another script: vowels say little then. `skeleton`:
    `Finder.same_skeleton` found the name.
    """
    query, across = keys.key, light is None
    letters = 1.0 if light is None else _letters(keys.light, light)
    if query == key:
        same = keys.light == light
        text = 1.0 if same else _LIGHTLY_DIFFERENT
        return Likeness(text, 1.0, 1.0, 1.0, across, skeleton, letters, equal=same)
    mine, others = query.split(), key.split()
    spelling = Indel.normalized_similarity(query, key)
    if len(mine) > 1 or len(others) > 1:
        sorted_alike = Indel.normalized_similarity(" ".join(sorted(mine)), " ".join(sorted(others)))
        if sorted_alike == 1.0:
            return Likeness(_OTHER_ORDER, max(spelling, _OTHER_ORDER), 1.0, 1.0, across, skeleton, letters)
        glued_alike = Indel.normalized_similarity("".join(mine), "".join(others))
        spelling = max(spelling, _OTHER_ORDER * sorted_alike, _OTHER_ORDER * glued_alike)
    consonants = Indel.normalized_similarity(query.translate(_WITHOUT_VOWELS), key.translate(_WITHOUT_VOWELS))
    words = _words(mine, others, spelling)
    if across:
        text = _SPELLING_ACROSS * spelling + _CONSONANTS_ACROSS * consonants + _WORDS_ACROSS * words
        text = max(text, _SAME_SKELETON if skeleton else 0.0)
    else:
        text = _SPELLING * spelling + _LETTERS * letters + _CONSONANTS * consonants + _WORDS * words
    return Likeness(min(text, _BELOW_SAME), spelling, consonants, words, across, skeleton, letters)


def _letters(light: str, other: str) -> float:
    """Edit distance on the letters, in whichever order of words is nearer."""
    alike = Indel.normalized_similarity(light, other)
    if " " not in light and " " not in other:
        return alike
    in_order, other_in_order = " ".join(sorted(light.split())), " ".join(sorted(other.split()))
    return max(alike, Indel.normalized_similarity(in_order, other_in_order))


def tempered(across: Likeness, own: Likeness) -> Likeness:
    """Likeness across scripts, where the spelling in the text's own script is known: at most half of each."""
    if own.text >= across.text:
        return replace(own, skeleton=across.skeleton or own.skeleton)
    return replace(across, text=(own.text + across.text) / 2, across=False, letters=own.letters)


def _words(mine: list[str], others: list[str], spelling: float) -> float:
    """The share of both texts' words, by weight, that the other has too; heading words weigh little."""
    if len(mine) == 1 and len(others) == 1:
        return spelling
    total = sum(map(_weight, mine)) + sum(map(_weight, others))
    left = list(others)
    shared = 0.0
    for word in mine:
        alike, nearest = 0.0, -1
        for number, other in enumerate(left):
            similarity = (
                1.0 if word == other else Indel.normalized_similarity(word, other, score_cutoff=_SAME_WORD)
            )
            if similarity > alike:
                alike, nearest = similarity, number
        if nearest >= 0:
            shared += alike * (_weight(word) + _weight(left.pop(nearest)))
    return shared / total


def _weight(word: str) -> float:
    return _GENERIC_WEIGHT if word in GENERIC else 1.0
