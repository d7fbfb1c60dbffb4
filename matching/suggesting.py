"""Suggestions for a text that is still being typed: what begins so, then what is spelled nearly so."""

from collections.abc import Sequence

import numpy as np
from rapidfuzz.distance import Indel

from matching.candidates import Kept
from matching.finder import Finder, finder_of
from matching.keys import completions_of, keys_of
from matching.layout import INVALID, Array
from matching.queries import Candidate
from matching.reading import LONGEST
from matching.standing import Standing, Successions
from matching.store import Store
from matching.text import fold, script_of

_BEGINS, _WORD_BEGINS, _NEARLY = 0.95, 0.85, 0.8
_LEAST_TYPED = 3
_UNDECIDED = frozenset("cgskr")
_LEAST_ALIKE = 0.6
_LOOKED_AT = 20
"""How many names are looked at for each suggestion wanted: several may belong to one row."""


def suggest(
    store: Store,
    text: str,
    *,
    at: int,
    levels: Sequence[str] = (),
    limit: int = 10,
    among: Array | None = None,
) -> list[Candidate]:
    """Rows valid at that day that the text may become: by code, by beginning, then by similar beginning.

    Those that begin so come by importance. With `among` (row numbers), these rows instead of all
    valid ones. Raises UnknownLevel.
    """
    return list(_Suggesting(store, text[:LONGEST], at, levels, limit, among).found.values())


def heaviest(weights: Array, count: int) -> Array:
    """The places of the highest weights, those that weigh the same in their order."""
    least = np.partition(weights, len(weights) - count)[len(weights) - count]
    above, level = np.flatnonzero(weights > least), np.flatnonzero(weights == least)
    places: Array = np.sort(np.concatenate([above, level[: count - len(above)]]))
    return places


class _Suggesting:
    """One text's suggestions, gathered in order."""

    def __init__(
        self, store: Store, text: str, at: int, levels: Sequence[str], limit: int, among: Array | None
    ) -> None:
        self.store = store
        self.finder: Finder = finder_of(store)
        self.kept: Kept | None = self.finder.of_levels(levels)
        self.among: Array | None = None
        if among is not None:
            self.among = np.zeros(store.size, dtype=bool)
            self.among[among] = True
            # The name of an ended row leads to those that replaced it.
            self.kept = self.finder.of_rows(self.among | (store.files["valid_to"] <= at))
        self.successions = Successions(store, at)
        self.at = at
        self.limit = limit
        self.script = script_of(text)
        self.found: dict[int, Candidate] = {}
        self._find_code(text.strip())
        core = self.finder.profile.split(text).core
        self.typed = keys_of(core).key
        if self.typed:
            self._begin_so(core)
            if len(self.typed) >= _LEAST_TYPED:
                self._begin_nearly_so()

    def _full(self) -> bool:
        return len(self.found) >= self.limit

    def _find_code(self, text: str) -> None:
        if not any(map(str.isdigit, text)):
            return
        starts = self.store.files["name_starts"]
        beginning = self.store.rows_beginning(text)
        rows = np.arange(beginning.start, beginning.stop)
        if self.kept is not None:
            rows = rows[self.kept.rows[rows]]
        for row in rows[: self.limit * _LOOKED_AT].tolist():
            if self._full():
                return
            self._add(row, int(starts[row]), 1.0 if self.store.code(row) == text else _BEGINS, "code")

    def _begin_so(self, core: str) -> None:
        number = self.finder.number_of(self.typed)
        if number is not None:
            self._add_by_importance([range(number, number + 1)], 1.0, "spelling")
        ranges = [self.finder.beginning_with(prefix) for prefix in self._prefixes(core)]
        self._add_by_importance(ranges, _BEGINS, "prefix")

    def _prefixes(self, core: str) -> list[str]:
        """What the key may begin with: a last e may be silent, a last c or g depends on what follows."""
        typed = keys_of(core, partial=True).key
        prefixes = [typed, *completions_of(fold(core))]
        if len(self.typed) >= _LEAST_TYPED:
            prefixes.append(self.typed)
        if core[-1:].lower() in _UNDECIDED:
            prefixes.append(keys_of(core + "i", partial=True).key[:-1])
            prefixes.append(keys_of(core + "h", partial=True).key)
        shortest: list[str] = []  # what begins with another one is among its keys already
        for prefix in sorted(filter(None, prefixes)):
            if not shortest or not prefix.startswith(shortest[-1]):
                shortest.append(prefix)
        return shortest

    def _add_by_importance(self, ranges: Sequence[range], score: float, part: str) -> None:
        """Rows with a key in these ranges: valid ones first, then by importance, then in the order of keys.

        Only the most important are looked at, unless too few of them are of the levels wanted.
        """
        files = self.store.files
        starts = files["key_name_starts"]
        places = [slice(int(starts[keys.start]), int(starts[keys.stop])) for keys in ranges]
        names = np.concatenate([files["key_names"][place] for place in places])
        weights = np.concatenate([files["key_weights"][place] for place in places])
        most = self.limit * _LOOKED_AT
        if len(names) > most:
            chosen = heaviest(weights, most)
            if self._add_names(names[chosen], weights[chosen], score, part):
                return
        self._add_names(names, weights, score, part)

    def _add_names(self, names: Array, weights: Array, score: float, part: str) -> bool:
        """Whether that was enough."""
        files = self.store.files
        rows = files["name_rows"][names]
        if self.kept is not None:
            wanted = self.kept.rows[rows]
            names, weights, rows = names[wanted], weights[wanted], rows[wanted]
        if self.among is None:
            first = (files["valid_from"][rows] <= self.at) & (files["valid_to"][rows] > self.at)
            first &= files["flags"][rows] & INVALID == 0
        else:
            first = self.among[rows]
        for place in np.lexsort((np.arange(len(names)), -weights, ~first))[
            : self.limit * _LOOKED_AT
        ].tolist():
            if self._full():
                break
            self._add(int(rows[place]), int(names[place]), score, part)
        return self._full()

    def _begin_nearly_so(self) -> None:
        if self._full():
            return
        numbers = self.finder.nearest_to_beginning(self.typed, self.kept)
        scored: list[tuple[float, str, int]] = []
        for number in numbers.tolist():
            score, part = self._alike(self.finder.key(number))
            if score >= _LEAST_ALIKE:
                scored.extend((-score, part, name) for name in self.finder.names_of_key(number))
        importance = self.store.files["importance"]
        rows = self.store.files["name_rows"]
        for score, part, name in sorted(
            scored, key=lambda each: (each[0], -importance[rows[each[2]]], each[2])
        ):
            if self._full():
                return
            self._add(int(rows[name]), name, -score, part)

    def _alike(self, key: str) -> tuple[float, str]:
        """How alike the typed text is to what a key or one of its later words begins with."""
        typed, length = self.typed, len(self.typed)
        words = [place + 1 for place, letter in enumerate(key) if letter == " "]
        if any(key.startswith(typed, place) for place in words):
            return _WORD_BEGINS, "word"
        alike = max(Indel.normalized_similarity(typed, key[place : place + length]) for place in (0, *words))
        return round(_NEARLY * alike, 4), "spelling"

    def _add(self, row: int, name: int, score: float, part: str) -> None:
        for standing in self._standing(row):
            if standing.row not in self.found and not self._full():
                self.found[standing.row] = self._candidate(standing, name, score, part)

    def _standing(self, row: int) -> list[Standing]:
        """The rows wanted that a row found stands for."""
        among, kept = self.among, self.kept
        if among is None:
            found = [each for each in self.successions.of(row) if not each.ended]
            return [each for each in found if kept is None or kept.rows[each.row]]
        if among[row]:
            return [Standing(row, former=False, ended=False)]
        return [each for each in self.successions.of(row) if among[each.row]]

    def _candidate(self, standing: Standing, number: int, score: float, part: str) -> Candidate:
        store, row = self.store, standing.row
        matched = store.name(number)
        preferred = [name for name in store.names(row) if name.use == "preferred"]
        shown = [name for name in preferred if name.script == self.script] or preferred
        return Candidate(
            row=row,
            code=store.code(row),
            name=shown[0].text if shown else store.code(row),
            score=score,
            matched_name=matched.text,
            language=matched.language,
            script=matched.script,
            level=store.level(row),
            parent=store.parent(row),
            parts={part: score} | ({"former_name": 1.0} if standing.former else {}),
        )
