"""From ranked rows to answers: how far the first can be trusted, and what that makes of it.

Where the profile is calibrated, the probability decides. Where nothing labelled supports it, `auto` needs a
unique key or a parent that agrees too (D5). Either way homonyms that nothing tells apart are `ambiguous`.
"""

from dataclasses import dataclass

import numpy as np

from matching.calibration import Calibration
from matching.layout import Array
from matching.queries import Outcome
from matching.ranking import Ranked
from matching.scoring import SAME_KEY
from matching.within import NEAR_ENOUGH

FEATURES = (
    "text",
    "margin",
    "spelling",
    "letters",
    "consonants",
    "words",
    "beginning",
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

_TIE = 0.005
_PLAUSIBLE = 0.6
_WITHIN_TEXT, _WITHIN_WORDS, _WITHIN_MARGIN = 0.8, 0.75, 0.06
_TELLING_SKELETON = 4
_SAME_LETTERS, _SAME_SHORT_LETTERS = 0.7, 0.85
_SHORT_KEY = 6
_ALMOST = 0.9


@dataclass(frozen=True, slots=True)
class Judged:
    """What was decided: for each text its outcome, and for each ranked row its probability (or estimate)."""

    outcomes: list[Outcome]
    scores: Array
    starts: Array
    """Where the ranked rows of each text begin, and the end."""


def judge(ranked: Ranked, count: int, calibration: Calibration | None, *, supported: bool) -> Judged:
    """The outcomes of so many texts, whose rows these are. `supported`: by what is labelled."""
    starts = np.searchsorted(ranked.queries, np.arange(count + 1))
    if not len(ranked):
        return Judged(["none"] * count, ranked.score, starts)
    scores = ranked.score
    if calibration is not None:
        scores = _descending(ranked.queries, calibration.probabilities(features_of(ranked)))
    outcomes: list[Outcome] = ["none"] * count
    for query, outcome in _outcomes(ranked, scores, calibration, supported).items():
        outcomes[query] = outcome
    return Judged(outcomes, scores, starts)


def features_of(ranked: Ranked) -> Array:
    """The `FEATURES` of each ranked row, float32."""
    alike = ranked.likeness
    columns = {
        "text": alike.text,
        "margin": _margins(ranked),
        "spelling": alike.spelling,
        "letters": alike.letters,
        "consonants": alike.consonants,
        "words": alike.words,
        "beginning": alike.beginning,
        "key_length": ranked.key_length,
        "skeleton": ranked.skeleton_length,
        "across": alike.across,
        "equal": alike.equal,
        "homonyms": _homonyms(ranked),
        "parent_known": ranked.parent_known,
        "parent": ranked.parent,
        "level_said": ranked.level_said,
        "level": ranked.level,
        "former": ranked.former,
        "ended": ranked.ended,
    }
    return np.stack([columns[name].astype(np.float32) for name in FEATURES], axis=1)


def _firsts(ranked: Ranked) -> tuple[Array, Array]:
    """The place of each text's first row, and for each row the place of the first of its text."""
    leading = np.diff(ranked.queries, prepend=-1) != 0
    first = np.flatnonzero(leading)
    return first, first[np.cumsum(leading) - 1] if len(first) else first


def _margins(ranked: Ranked) -> Array:
    first, firsts = _firsts(ranked)
    margins: Array = ranked.score - ranked.score[firsts]
    second = np.append(ranked.score[1:], 0.0)
    second[np.append(np.diff(ranked.queries) != 0, True)] = 0.0
    margins[first] = ranked.score[first] - second[first]
    return margins


def _homonyms(ranked: Ranked) -> Array:
    """How many other rows of the text score as high, or nearly so: they are in the order of scores."""
    _, firsts = _firsts(ranked)
    descending = 2.0 * ranked.queries - np.round(ranked.score, 6)
    as_high = np.searchsorted(descending, descending + _TIE, "right")
    homonyms: Array = as_high - firsts - 1
    return homonyms


def _descending(queries: Array, probabilities: Array) -> Array:
    """Probabilities that no row has more of than those before it."""
    apart = 2.0 * queries
    descending: Array = np.minimum.accumulate(probabilities - apart) + apart
    return np.clip(descending, 0.0, 1.0)


def _outcomes(
    ranked: Ranked, scores: Array, calibration: Calibration | None, supported: bool
) -> dict[int, Outcome]:
    """By the text's place; texts without a row have none."""
    first, firsts = _firsts(ranked)
    top = ranked[first]
    rivals = _homonyms(ranked)[first] > 0
    same_key = top.likeness.text >= SAME_KEY
    review = (top.parent_known & (top.parent < NEAR_ENOUGH)) | rivals | top.ended
    exact = top.likeness.equal & ~top.former
    plausible = top.likeness.text >= _PLAUSIBLE
    auto = np.ones(len(first), dtype=bool)
    if calibration is not None:
        plausible = scores[first] >= calibration.review_from
        auto = scores[first] >= calibration.auto_from
    if not supported:
        auto &= _unique_key(ranked, first, firsts) | _stands_out_within(ranked, first, firsts)
    chosen = np.select(
        [~plausible & ~exact, rivals & same_key, review, exact, auto], [0, 1, 2, 3, 4], default=2
    )
    names: tuple[Outcome, ...] = ("none", "ambiguous", "review", "exact", "auto")
    return {query: names[number] for query, number in zip(top.queries.tolist(), chosen.tolist(), strict=True)}


def _any(of_rows: Array, first: Array) -> Array:
    """For each text whether it is so of any of its rows."""
    found: Array = np.logical_or.reduceat(of_rows, first)
    return found


def _unique_key(ranked: Ranked, first: Array, firsts: Array) -> Array:
    """Whether no other row has the same key, or the same telling skeleton, at least as near."""
    top, text = ranked[first], ranked.likeness.text
    others = (np.arange(len(ranked)) != firsts) & (ranked.parent >= ranked.parent[firsts])
    least = np.where(top.key_length < _SHORT_KEY, _SAME_SHORT_LETTERS, _SAME_LETTERS)
    by_key = (top.likeness.letters >= least) & ~_any(others & (text >= SAME_KEY), first)
    by_skeleton = (
        (top.skeleton_length >= _TELLING_SKELETON)
        & ~_any(others & ranked.likeness.skeleton, first)
        & (
            top.likeness.across
            | ((top.likeness.spelling >= _ALMOST) & (top.likeness.letters >= _SAME_LETTERS))
        )
    )
    unique: Array = np.where(top.likeness.text >= SAME_KEY, by_key, by_skeleton)
    return unique


def _stands_out_within(ranked: Ranked, first: Array, firsts: Array) -> Array:
    """Whether it is alike enough, by its telling words too, and clearly more than others in the parent."""
    top, text = ranked[first], ranked.likeness.text
    others = (np.arange(len(ranked)) != firsts) & (ranked.parent >= NEAR_ENOUGH)
    best = np.maximum.reduceat(np.where(others, text, -1.0), first)
    alike = (top.likeness.text >= _WITHIN_TEXT) & (top.likeness.words >= _WITHIN_WORDS)
    stands_out: Array = top.parent_known & alike & (top.likeness.text - best >= _WITHIN_MARGIN)
    return stands_out
