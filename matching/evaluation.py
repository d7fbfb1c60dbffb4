"""Matching judged by labelled values: how many are right, and how far outcomes and scores can be trusted.

Judged are distinct values (a text, what it lies in, what it means); a value counts once however many rows
have it, because a frequent easy one would hide all others. Exact values, whose text is a name of the item,
are told apart from the others.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from matching.matcher import Match, Outcome, Query, match_many
from matching.measures import Calibrated, Point, Share, calibrated, curve, share_of
from matching.profiles import PROFILES, Profile
from matching.standing import Successions
from matching.store import Store
from matching.text import fold

Kind = Literal["exact", "other", "absent"]
"""exact: the text is a name of the item, but for case, accents and qualifiers; absent: it is no item."""

OUTCOMES: tuple[Outcome, ...] = ("exact", "auto", "review", "ambiguous", "none")
ACCEPTED = frozenset({"exact", "auto"})
LISTED = 5
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Labelled:
    """A row whose meaning is known: `code` as labelled, None where it is in no item; `row` in its file."""

    text: str
    code: str | None
    within: str | None = None
    row: int = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """A distinct value with its answer. `place` is where the true code was listed, from 0; -1: it was not."""

    text: str
    within: str | None
    truth: tuple[str, ...]
    """The codes that are right today; empty for an absent."""
    rows: tuple[int, ...]
    kind: Kind
    outcome: Outcome
    code: str | None
    """The leading candidate's."""
    score: float
    """The leading candidate's; 0 where there is none."""
    place: int

    @property
    def right(self) -> bool:
        """Whether the leading candidate is what was meant; never for an absent."""
        return self.place == 0

    @property
    def mistaken(self) -> bool:
        """Whether something was not found first, or an absent was accepted."""
        return self.outcome in ACCEPTED if self.kind == "absent" else not self.right


@dataclass(frozen=True, slots=True)
class Found:
    """How values of some kinds were found: top-1 and among five, with intervals."""

    top: Share
    five: Share


@dataclass(frozen=True, slots=True)
class ByOutcome:
    """Values with one outcome: their share of all, and of how many the leading candidate is right."""

    coverage: Share
    precision: Share


@dataclass(frozen=True, slots=True)
class Unusable:
    """A labelled code that this version does not know, or that ended without a successor, and its rows."""

    code: str
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that was found out. Shares are of distinct values."""

    rows: int
    values: int
    brought_forward: int
    """Rows whose code was one of before, replaced by what stands for it."""
    unusable: tuple[Unusable, ...]
    found: Mapping[str, Found]
    """By "all", "exact" and "other"; absents are in none of them."""
    outcomes: Mapping[Outcome, ByOutcome]
    accepted: ByOutcome
    """exact and auto together."""
    accepted_others: ByOutcome
    """The same among values that are not exact, absents included."""
    absents: Share
    """Absents that were accepted."""
    calibration: Calibrated
    calibration_others: Calibrated
    """The same among values that are not exact, absents included."""
    curve: tuple[Point, ...]
    seconds: float
    """CPU time of matching the distinct values."""
    judged: tuple[Judged, ...]


class NothingToJudge(ValueError):
    """No labelled row can be judged: `why`."""


def evaluate(
    store: Store, labelled: Iterable[Labelled], *, at: int, levels: Sequence[str] = (), seed: int = 0
) -> Evaluation:
    """Match the distinct values and compare; codes of before are followed to what stands for them then.

    Rows whose code cannot be used are left out and named. Raises NothingToJudge where no row is left, and
    UnknownLevel.
    """
    values = Values(store, at)
    values.extend(labelled)
    if not values.rows:
        raise NothingToJudge(
            f"none of {values.read} rows has a code of this version" if values.read else "there are no rows"
        )
    queries = [Query(text, within, tuple(levels)) for text, within, _ in values.rows]
    started = time.process_time()
    answers: list[Match] = []
    for start in range(0, len(queries), _BATCH):
        answers += match_many(store, queries[start : start + _BATCH], at=at, limit=LISTED)
    seconds = time.process_time() - started
    judged = tuple(
        _judge(values.kind(text, truth), text, within, truth, tuple(rows), answer)
        for ((text, within, truth), rows), answer in zip(values.rows.items(), answers, strict=True)
    )
    return _summed(judged, values, seconds, seed)


class Values:
    """Distinct values (text, within, right codes) with their rows; what their codes stand for at a day."""

    def __init__(self, store: Store, at: int) -> None:
        self.store = store
        self.at = at
        self.read = self.brought_forward = 0
        self.rows: dict[tuple[str, str | None, tuple[str, ...]], list[int]] = {}
        self.unusable: dict[str, list[int]] = {}
        self._successions = Successions(store, at)
        self._profile: Profile = PROFILES[store.profile]

    def extend(self, labelled: Iterable[Labelled]) -> None:
        """Take rows in; those whose code cannot be used are kept apart, in `unusable`."""
        for each in labelled:
            self.read += 1
            truth = () if each.code is None else self._standing(each.code)
            if each.code is not None and not truth:
                self.unusable.setdefault(each.code, []).append(each.row)
                continue
            self.brought_forward += each.code is not None and truth != (each.code,)
            within = (each.within or "").strip() or None
            self.rows.setdefault((each.text.strip(), within, truth), []).append(each.row)

    def _standing(self, code: str) -> tuple[str, ...]:
        """The codes that stand for it at that day; several where it was divided."""
        found = self.store.find(code, self.at)
        if found is None:
            return ()
        standing = [each for each in self._successions.of(found.row) if not each.ended]
        return tuple(sorted({self.store.code(each.row) for each in standing}))

    def kind(self, text: str, truth: Sequence[str]) -> Kind:
        """Whether the text is a name of what it means."""
        if not truth:
            return "absent"
        core = {fold(text), fold(self._profile.split(text).core)}
        for code in truth:
            found = self.store.find(code, self.at)
            names = [] if found is None else self.store.names(found.row)
            if any(fold(name.text) in core or self._profile.light(name.text) in core for name in names):
                return "exact"
        return "other"


def _judge(
    kind: Kind, text: str, within: str | None, truth: tuple[str, ...], rows: tuple[int, ...], answer: Match
) -> Judged:
    codes = [candidate.code for candidate in answer.candidates]
    place = next((number for number, code in enumerate(codes) if code in truth), -1)
    first = answer.candidates[0] if answer.candidates else None
    code, score = (None, 0.0) if first is None else (first.code, first.score)
    return Judged(text, within, truth, rows, kind, answer.outcome, code, score, place)


def _summed(judged: tuple[Judged, ...], values: Values, seconds: float, seed: int) -> Evaluation:
    others = [each for each in judged if each.kind != "exact"]
    absents = [each for each in judged if each.kind == "absent"]
    kinds: dict[str, tuple[Kind, ...]] = {"all": ("exact", "other"), "exact": ("exact",), "other": ("other",)}
    score, right = _scores(judged)
    return Evaluation(
        rows=values.read - sum(map(len, values.unusable.values())),
        values=len(judged),
        brought_forward=values.brought_forward,
        unusable=tuple(Unusable(code, tuple(rows)) for code, rows in sorted(values.unusable.items())),
        found={
            name: _found([each for each in judged if each.kind in which], seed)
            for name, which in kinds.items()
        },
        outcomes={outcome: _by_outcome(judged, frozenset({outcome}), seed) for outcome in OUTCOMES},
        accepted=_by_outcome(judged, ACCEPTED, seed),
        accepted_others=_by_outcome(others, ACCEPTED, seed),
        absents=share_of(sum(each.outcome in ACCEPTED for each in absents), len(absents), seed),
        calibration=calibrated(score, right, seed),
        calibration_others=calibrated(*_scores(others), seed),
        curve=curve(score, right),
        seconds=seconds,
        judged=judged,
    )


def _scores(judged: Sequence[Judged]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([each.score for each in judged]), np.array([each.right for each in judged], bool)


def _found(judged: Sequence[Judged], seed: int) -> Found:
    top = sum(each.right for each in judged)
    five = sum(0 <= each.place < LISTED for each in judged)
    return Found(share_of(top, len(judged), seed), share_of(five, len(judged), seed))


def _by_outcome(judged: Sequence[Judged], outcomes: frozenset[str], seed: int) -> ByOutcome:
    having = [each for each in judged if each.outcome in outcomes]
    right = sum(each.right for each in having)
    return ByOutcome(share_of(len(having), len(judged), seed), share_of(right, len(having), seed))
