"""Ranked rows as they are shown: the name in the language of the one that matched, the score's parts."""

from typing import NamedTuple

import numpy as np

from matching.layout import Array
from matching.queries import Candidate
from matching.ranking import Ranked
from matching.store import Store
from matching.text import script_of

_REMEMBERED = 30_000
"""Names and rows whose texts are kept decoded."""


class _Named(NamedTuple):
    """A name that led to a row: what is shown of it and of the row."""

    code: str
    shown: str
    matched: str
    language: str | None
    script: str
    level: str
    parent: str | None


class Showing:
    """Makes candidates of ranked rows of one store; remembers some names."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._named: dict[tuple[int, int], _Named] = {}

    def candidates(self, ranked: Ranked, scores: Array) -> list[Candidate]:
        """One for each ranked row, in order."""
        rounded = [np.round(column.astype(np.float64), 4).tolist() for column in (scores, *_parts(ranked))]
        known, rows, names = self._named, ranked.rows.tolist(), ranked.names.tolist()
        found = [
            Candidate(
                row, what.code, what.shown, score, what.matched, what.language, what.script, what.level,
                what.parent,
                {
                    "spelling": spelling, "consonants": consonants, "words": words, "letters": letters,
                    "beginning": beginning,
                },
            )
            for row, what, score, spelling, consonants, words, letters, beginning in zip(
                rows,
                [known.get(each) or self._name(*each) for each in zip(rows, names, strict=True)],
                *rounded,
                strict=True,
            )
        ]  # fmt: skip
        _say_further(ranked, found)
        return found

    def _name(self, row: int, name: int) -> _Named:
        store = self.store
        matched = store.name(name) if name >= 0 else None
        preferred = [each for each in store.names(row) if each.use == "preferred"]
        same = [each for each in preferred if matched is not None and each.language == matched.language]
        code = store.code(row)
        named = _Named(
            code=code,
            shown=(same or preferred)[0].text if preferred else code,
            matched=matched.text if matched is not None else code,
            language=matched.language if matched is not None else None,
            script=matched.script if matched is not None else script_of(code),
            level=store.level(row),
            parent=store.parent(row),
        )
        if len(self._named) >= _REMEMBERED:
            self._named.clear()
        self._named[row, name] = named
        return named


def _parts(ranked: Ranked) -> tuple[Array, ...]:
    alike = ranked.likeness
    return alike.spelling, alike.consonants, alike.words, alike.letters, alike.beginning


def _say_further(ranked: Ranked, candidates: list[Candidate]) -> None:
    """Add to the parts what is seldom said."""
    for place in np.flatnonzero(ranked.likeness.code).tolist():
        candidates[place].parts.clear()
        candidates[place].parts["code"] = 1.0
    for name, said, values in (
        ("skeleton", ranked.likeness.skeleton & ~ranked.likeness.code, None),
        ("parent", ranked.parent_known, ranked.parent),
        ("level", ranked.level_said, ranked.level),
        ("former_name", ranked.former, None),
        ("ended", ranked.ended, None),
    ):
        for place in np.flatnonzero(said).tolist():
            value = 1.0 if values is None else round(float(values[place]), 4)
            candidates[place].parts[name] = value
