"""What the distinct values of a column mean: the same answers as single queries get."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from matching.batch import ADDED
from matching.choices import Choices
from matching.layout import day_of
from matching.matcher import Candidate, Match, Query, match_many
from registry.harmonising.codes import CodeChecker
from registry.harmonising.resolving import Aim
from registry.harmonising.summary import SETTLED

EXPLANATION = "explanation"
"""Comes after `ADDED` where it is asked for."""

NONE: Final = "none"
CANDIDATES: Final = 2

Pair = tuple[str, str]
"""A text, and what it lies within; that is empty where there is no such column."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one distinct value means: its best candidate and the runner-up, whatever the outcome."""

    outcome: str
    code: str | None = None
    name: str | None = None
    score: float | None = None
    matched_name: str | None = None
    second_code: str | None = None
    second_score: float | None = None
    explanation: str = ""
    chosen: bool = False
    blank: bool = False

    @property
    def uncertainty(self) -> float:
        """How far the answer is from settled, from 0 to 1: what settling each of its rows is worth."""
        if self.chosen or self.blank or self.outcome == "exact":
            return 0.0
        if self.outcome == NONE or self.score is None:
            return 1.0
        return round(max(1.0 - self.score, _LEAST if self.outcome in SETTLED else _LEAST_OPEN), 4)

    def cells(self, version: str, *, explain: bool) -> tuple[str, ...]:
        """What is appended to a row, in the order of `ADDED`; codes are empty where the outcome is none."""
        shown = self.outcome != NONE
        cells = (
            (self.code or "") if shown else "",
            (self.name or "") if shown else "",
            _score(self.score) if shown else "",
            self.outcome,
            (self.matched_name or "") if shown else "",
            (self.second_code or "") if shown else "",
            _score(self.second_score) if shown else "",
            version,
        )
        return (*cells, self.explanation) if explain else cells


_LEAST, _LEAST_OPEN = 0.001, 0.05


def added_titles(referential: str, *, explain: bool) -> tuple[str, ...]:
    """The titles of the columns that are appended for a referential."""
    added = (*ADDED, EXPLANATION) if explain else ADDED
    return tuple(f"{referential}_{what}" for what in added)


def answer_pairs(aim: Aim, pairs: Sequence[Pair], choices: Choices) -> list[Answer]:
    """One answer for each pair, in order. A blank text means nothing, and is not asked for.

    Raises ValueError where the matcher left one out: that must not pass for a value without a code.
    """
    asked = [pair for pair in pairs if pair[0].strip()]
    queries = [Query(text, within.strip() or None, aim.plan.levels) for text, within in asked]
    if aim.plan.role == "code":
        languages = aim.snapshot.referential.languages
        found = CodeChecker(aim.store, day_of(aim.at), choices, languages).check(queries)
    else:
        found = match_many(aim.store, queries, at=day_of(aim.at), limit=CANDIDATES, choices=choices)
    answers = {pair: answer_of(match) for pair, match in zip(asked, found, strict=True)}
    nothing = Answer(NONE, blank=True)
    return [answers.get(pair, nothing) for pair in pairs]


def answer_of(match: Match) -> Answer:
    """A match as it is kept and written; a second candidate is told only beside a first."""
    first = match.candidates[0] if match.candidates else None
    second = match.candidates[1] if len(match.candidates) > 1 else None
    return Answer(
        outcome=match.outcome,
        code=first.code if first else None,
        name=first.name if first else None,
        score=first.score if first else None,
        matched_name=first.matched_name if first else None,
        second_code=second.code if second else None,
        second_score=second.score if second else None,
        explanation="; ".join(explained(each) for each in match.candidates[:CANDIDATES]),
        chosen=match.chosen,
    )


def explained(candidate: Candidate) -> str:
    """What speaks for a candidate, in one line: the name that led to it, in which language, and the parts."""
    source = " ".join(part for part in (candidate.language, candidate.script) if part)
    parts = ", ".join(f"{name} {part:.2f}" for name, part in candidate.parts.items())
    return f"{candidate.code} by {candidate.matched_name} ({source}): {parts}"


def _score(score: float | None) -> str:
    return "" if score is None else f"{score:.4f}"
