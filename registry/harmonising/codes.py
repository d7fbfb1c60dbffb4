"""A column of codes, checked and brought up to date: what each code is on a day, and what replaced it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from matching.choices import Choices, Chosen
from matching.layout import OPEN_END
from matching.matcher import Candidate, Match, Outcome, Query
from matching.standing import Successions
from matching.store import Store
from matching.text import script_of

_EPOCH: Final = date(1970, 1, 1)
_ENDED: Final = 0.5
"""How sure a code without a successor is: it says what was meant, and is to be used no more."""


class CodeChecker:
    """Codes checked on one store at one day (days since 1970-01-01); names come in the first of `languages`.

    A valid code is `exact`; one that a single code replaced is `auto`, with that one; one that several
    replaced is `ambiguous`; one that ended without a successor, or begins later, is `review`; one that the
    version never had, or whose level is not asked for, is `none`.
    """

    def __init__(self, store: Store, at: int, choices: Choices, languages: Sequence[str] = ()) -> None:
        self.store = store
        self.languages = languages
        self.at = at
        self._chosen = Chosen(store, at, choices)
        self._successions = Successions(store, at)

    def check(self, queries: Sequence[Query]) -> list[Match]:
        """One answer for each code, in order."""
        return [self._chosen.answer(query) or self._checked(query) for query in queries]

    def _checked(self, query: Query) -> Match:
        found = self.store.find(query.text.strip(), self.at)
        if found is None:
            return Match("none", ())
        standing = [
            each
            for each in self._successions.of(found.row)
            if not query.levels or self.store.level(each.row) in query.levels
        ]
        if not standing:
            return Match("none", ())
        if found.status == "valid":
            return Match("exact", (self._candidate(found.row, 1.0, self._name(found.row)),))
        said = self._said(found.row, found.status)
        if standing[0].ended:
            return Match("review", (self._candidate(found.row, _ENDED, said),))
        share = round(1 / len(standing), 4)
        outcome: Outcome = "auto" if len(standing) == 1 else "ambiguous"
        return Match(outcome, tuple(self._candidate(each.row, share, said) for each in standing))

    def _said(self, row: int, status: str) -> str:
        """What became of a code that is not valid on the day."""
        named = f"{self.store.code(row)} {self._name(row)}"
        begin, end = self.store.valid_from(row), self.store.valid_to(row)
        if status == "announced":
            return f"{named}, from {_day(begin)}"
        if status == "invalid":
            return f"{named}, which was a mistake"
        return named if end >= OPEN_END else f"{named}, until {_day(end - 1)}"

    def _candidate(self, row: int, score: float, matched_name: str) -> Candidate:
        store = self.store
        return Candidate(
            row=row,
            code=store.code(row),
            name=self._name(row),
            score=score,
            matched_name=matched_name,
            language=None,
            script=script_of(matched_name),
            level=store.level(row),
            parent=store.parent(row),
            parts={"code": 1.0},
        )

    def _name(self, row: int) -> str:
        """The preferred name in the first language that has one: a code tells of no language."""
        preferred = {name.language: name.text for name in self.store.names(row) if name.use == "preferred"}
        for language in self.languages:
            if language in preferred:
                return preferred[language]
        return next(iter(preferred.values()), self.store.code(row))


def _day(number: int) -> str:
    return (_EPOCH + timedelta(days=number)).isoformat()
