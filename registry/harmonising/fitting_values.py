"""How well the values of a column fit a referential: as codes, and as names of its levels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from matching.layout import day_of
from matching.matcher import Match, Query, match_many
from registry.harmonising.recipe import Role
from registry.library import Snapshot

SAMPLES: Final = 5
_FEW: Final = 15
_HARDLY: Final = 0.2
"""Where fewer of the first few values fit, the others are not tried."""
_GAIN: Final = 0.02
_FITTING = ("exact", "auto", "ambiguous")
"""Homonyms fit too: it is not known which is meant, but that it is a name."""
_TELLING_TITLE = re.compile(r"code|cod\b|الرمز|رمز", re.IGNORECASE)
_BARE_NUMBER = re.compile(r"\d{1,3}", re.ASCII)
_NO_LETTER = re.compile(r"[\W\d_]*")
_LONGEST_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class Sample:
    """A value of the column, and what it would become."""

    text: str
    outcome: str
    code: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a column fits: `share` of `values` distinct values. `depth` is that of its narrowest level.

    `size` is how many rows the referential has: of two that fit alike, the larger is the likelier.
    """

    column: str
    role: Role
    referential: str
    levels: tuple[str, ...]
    depth: int
    share: float
    values: int
    size: int
    samples: tuple[Sample, ...]


class Trial:
    """A referential that columns are tried against, as of a day."""

    def __init__(self, snapshot: Snapshot, at: date) -> None:
        self.snapshot = snapshot
        self.store = snapshot.store
        self.at = day_of(at)

    def fits(self, column: str, texts: Sequence[str]) -> Iterator[Fit]:
        """How the column fits, as codes and as names; nothing where it hardly does."""
        codes = self._as_codes(column, texts)
        if codes is not None:
            yield codes
        names = self._as_names(column, texts)
        if names is not None:
            yield names

    def _as_codes(self, column: str, texts: Sequence[str]) -> Fit | None:
        if all(_BARE_NUMBER.fullmatch(text.strip()) for text in texts) and not _TELLING_TITLE.search(column):
            return None  # numbers from 1 on are codes of many lists, and mean none
        found = [self.store.find(text.strip(), self.at) for text in texts]
        rows = [each.row for each in found if each is not None]
        if len(rows) < _HARDLY * len(texts):
            return None
        levels = self._in_order({self.store.level(row) for row in rows})
        samples = tuple(
            Sample(text, "none", None, None) if each is None else self._code(text, each.row)
            for text, each in list(zip(texts, found, strict=True))[:SAMPLES]
        )
        # a column of codes may mix levels, which is no reason to leave any out
        return self._fit(column, "code", (), levels, len(rows) / len(texts), texts, samples)

    def _as_names(self, column: str, texts: Sequence[str]) -> Fit | None:
        named = [text for text in texts if not _NO_LETTER.fullmatch(text) and len(text) <= _LONGEST_NAME]
        if len(named) < _HARDLY * len(texts):
            return None
        few = self._matches(named[:_FEW], ())
        if sum(map(_fits, few)) < _HARDLY * len(few):
            return None
        by_level = {level: self._matches(named, (level,)) for level in self.store.levels}
        levels, fitting = self._levels(by_level)
        if not levels:
            return None
        matches = self._matches(named[:SAMPLES], levels)
        samples = tuple(_sample(text, match) for text, match in zip(named, matches, strict=False))
        return self._fit(column, "name", levels, levels, len(fitting) / len(texts), texts, samples)

    def _code(self, text: str, row: int) -> Sample:
        preferred = [name.text for name in self.store.names(row) if name.use == "preferred"]
        return Sample(text, "exact", self.store.code(row), preferred[0] if preferred else None)

    def _levels(self, by_level: dict[str, list[Match]]) -> tuple[tuple[str, ...], set[int]]:
        """The level that most values are names of, with others that add to it; and which values fit."""
        fitting = {
            level: {number for number, match in enumerate(matches) if _fits(match)}
            for level, matches in by_level.items()
        }
        chosen: list[str] = []
        reached: set[int] = set()
        total = max((len(matches) for matches in by_level.values()), default=0)
        while fitting:
            level = max(
                fitting, key=lambda each: (len(fitting[each] - reached), self.store.levels.index(each))
            )
            gained = fitting.pop(level) - reached
            if not gained or (chosen and len(gained) < max(2, _GAIN * total)):
                break
            chosen.append(level)
            reached |= gained
        return self._in_order(set(chosen)), reached

    def _fit(
        self,
        column: str,
        role: Role,
        levels: tuple[str, ...],
        seen: tuple[str, ...],
        share: float,
        texts: Sequence[str],
        samples: tuple[Sample, ...],
    ) -> Fit:
        depth = max((self.store.levels.index(level) for level in seen), default=0)
        size = self.store.size
        return Fit(
            column, role, self.snapshot.referential.id, levels, depth, share, len(texts), size, samples
        )

    def _matches(self, texts: Sequence[str], levels: tuple[str, ...]) -> list[Match]:
        queries = [Query(text, None, levels) for text in texts]
        return match_many(self.store, queries, at=self.at, limit=1)

    def _in_order(self, levels: set[str]) -> tuple[str, ...]:
        return tuple(level for level in self.store.levels if level in levels)


def _fits(match: Match) -> bool:
    return match.outcome in _FITTING


def _sample(text: str, match: Match) -> Sample:
    if not match.candidates or match.outcome == "none":
        return Sample(text, match.outcome, None, None)
    return Sample(text, match.outcome, match.candidates[0].code, match.candidates[0].name)
