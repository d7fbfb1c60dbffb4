"""From scored rows to an answer: the order of candidates, and how far the first can be trusted.

Nothing labelled stands behind these scores yet, so they are estimates: `auto` needs a unique key or a parent
that agrees, and homonyms that nothing tells apart are `ambiguous`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from matching.queries import Outcome
from matching.scoring import SAME_KEY, Likeness
from matching.within import NEAR_ENOUGH

PARENT, LEVEL = 0.3, 0.03
"""What agreement with the parent, and with the kind of place the text names, is worth beside the text."""
FORMER, ENDED = 0.02, 0.05
_TIE = 0.005
_PLAUSIBLE = 0.6
_LISTED = 0.45
_WITHIN_TEXT, _WITHIN_WORDS, _WITHIN_MARGIN = 0.8, 0.75, 0.06
_TELLING_SKELETON = 4
_SAME_LETTERS, _SAME_SHORT_LETTERS = 0.7, 0.85
_SHORT_KEY = 6
_ALMOST = 0.9


@dataclass(frozen=True, slots=True)
class Scored:
    """A row as the evidence has it: how alike the texts are, how far its place agrees (both 0 to 1)."""

    row: int
    code: str
    name: int
    importance: float
    text: float
    alike: Likeness
    skeleton: int
    """How many consonants the equal skeletons have; 0 where they differ."""
    key_length: int
    """Letters in the key of the text: short ones meet by chance."""
    parent: float
    level: bool
    former: bool
    """Found by a name or code that it has no more."""
    ended: bool
    """Not valid at the date, and nothing replaced it."""


FEATURES = (
    "text",
    "margin",
    "spelling",
    "letters",
    "consonants",
    "words",
    "key_length",
    "skeleton",
    "across",
    "equal",
    "homonyms",
    "parent_known",
    "parent",
    "level_said",
    "level",
    "former",
    "ended",
)
"""What a candidate's probability is worked out from, in the order of columns.

Likenesses and agreements are from 0 to 1; `margin` is how far its score is above (below, negative) the best
other candidate's, `homonyms` counts the others that score as high, `key_length` and `skeleton` count letters.
"""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the query says beside its text: whether its parent is known, whether it names a kind of place."""

    parent: bool
    level: bool


def score_of(scored: Scored, evidence: Evidence) -> float:
    """The estimate: likeness of the texts, lifted by what agrees; 1 where all that was said agrees."""
    lifted = (
        scored.text + PARENT * scored.parent * evidence.parent + LEVEL * (scored.level and evidence.level)
    )
    lifted -= FORMER * scored.former + ENDED * scored.ended
    return max(0.0, lifted / (1 + PARENT * evidence.parent + LEVEL * evidence.level))


def ranked(rows: Sequence[Scored], evidence: Evidence) -> list[Scored]:
    """The best first; importance, then the code, only part those that score alike."""
    return sorted(rows, key=lambda each: (-round(score_of(each, evidence), 6), -each.importance, each.code))


def features_of(rows: Sequence[Scored], evidence: Evidence) -> list[tuple[float, ...]]:
    """For each of these candidates of one query, best first, its `FEATURES`."""
    scores = [score_of(each, evidence) for each in rows]
    found = []
    for place, (each, score) in enumerate(zip(rows, scores, strict=True)):
        others = scores[:place] + scores[place + 1 :]
        alike = each.alike
        found.append(
            (
                each.text,
                score - max(others, default=0.0),
                alike.spelling,
                alike.letters,
                alike.consonants,
                alike.words,
                each.key_length,
                each.skeleton,
                alike.across,
                alike.equal,
                sum(other >= score - _TIE for other in others),
                evidence.parent,
                each.parent,
                evidence.level,
                each.level,
                each.former,
                each.ended,
            )
        )
    return [tuple(map(float, each)) for each in found]


def listed_of(rows: Sequence[Scored], evidence: Evidence) -> list[Scored]:
    """The rows worth showing, in order."""
    return [each for each in ranked(rows, evidence) if each.text >= _LISTED]


def decide(rows: Sequence[Scored], evidence: Evidence) -> tuple[Outcome, list[Scored]]:
    """The outcome, and the rows worth showing, in order."""
    listed = listed_of(rows, evidence)
    if not listed or listed[0].text < _PLAUSIBLE:
        return "none", listed
    top = listed[0]
    least = score_of(top, evidence) - _TIE
    rivals = [each for each in listed[1:] if score_of(each, evidence) >= least]
    if rivals and top.text >= SAME_KEY:
        return "ambiguous", listed
    disagrees = evidence.parent and top.parent < NEAR_ENOUGH
    if disagrees or rivals or top.ended:
        return "review", listed
    if top.alike.equal and not top.former:
        return "exact", listed
    if _unique_key(top, listed) or (evidence.parent and _stands_out_within(top, listed)):
        return "auto", listed
    return "review", listed


def _unique_key(top: Scored, listed: Sequence[Scored]) -> bool:
    """Whether no other row has the same key, or the same telling skeleton, at least as near."""
    others = [each for each in listed if each is not top and each.parent >= top.parent]
    if top.text >= SAME_KEY:
        least = _SAME_SHORT_LETTERS if top.key_length < _SHORT_KEY else _SAME_LETTERS
        return top.alike.letters >= least and not any(each.text >= SAME_KEY for each in others)
    if top.skeleton < _TELLING_SKELETON or any(each.skeleton for each in others):
        return False
    return top.alike.across or (top.alike.spelling >= _ALMOST and top.alike.letters >= _SAME_LETTERS)


def _stands_out_within(top: Scored, listed: Sequence[Scored]) -> bool:
    """Whether it is alike enough, by its telling words too, and clearly more than others in the parent."""
    if top.text < _WITHIN_TEXT or top.alike.words < _WITHIN_WORDS:
        return False
    others = [each.text for each in listed if each is not top and each.parent >= NEAR_ENOUGH]
    return not others or top.text - max(others) >= _WITHIN_MARGIN
