"""Recoding: what many codes of one date are on another, by the rules of projection (decision D3).

To most codes nothing happened between two dates, and their answer is read from the rows of the search index.
Only a code that a change event touched is projected; so a column costs little more than its look-ups.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np

from matching.layout import INVALID, day_of
from matching.store import Store
from referentials.records import ChangeEvent, State
from referentials.snapshot import Content
from registry.history.facts import Facts, state_on
from registry.history.projection import Projection, project

# What becomes of a code that cannot be projected; the other outcomes are those of `Projection`.
UNKNOWN_CODE = "unknown-code"
NOT_VALID_THEN = "not-valid-then"
_KEPT = 20_000  # items whose states are kept at hand


@dataclass(frozen=True, slots=True)
class Part:
    """A code that holds a part (0..1) of what the recoded one meant, None where that is not known."""

    code: str
    share: float | None
    basis: str | None


@dataclass(frozen=True, slots=True)
class Recoded:
    """What one code became.

    `outcome` is one of `Projection`, or says that no item ever had the code (unknown-code) or none had it on
    that day (not-valid-then). `only` is the one code that holds all of it, None where it is not exactly one:
    nothing is picked.
    """

    code: str
    outcome: str
    targets: tuple[Part, ...]
    ambiguous: bool
    certain: bool
    reversible: bool
    path: tuple[ChangeEvent, ...] = ()

    @property
    def only(self) -> str | None:
        """The one code that holds all of what the code meant."""
        return None if self.ambiguous else self.targets[0].code


class _Remembered:
    """The facts of a content, with the states of items that were asked for lately kept at hand.

    Walks to and fro between the same items ask for them again and again.
    """

    def __init__(self, content: Content) -> None:
        self._content = content
        self._states: dict[UUID, Sequence[State]] = {}

    def states_of(self, item: UUID) -> Sequence[State]:
        """The states of an item, earliest first."""
        found = self._states.get(item)
        if found is None:
            if len(self._states) >= _KEPT:
                self._states.clear()
            found = self._states[item] = self._content.states_of(item)
        return found

    def events_of(self, item: UUID) -> Sequence[ChangeEvent]:
        """The change events an item had a part in, by date."""
        return self._content.events_of(item)


class Recoder:
    """Recodes from one date to another, in either direction, as one version has it.

    A code that was met before costs one look-up in a table.
    """

    def __init__(
        self,
        content: Content,
        store: Store,
        items_of_code: Callable[[str], Sequence[UUID]],
        start: date,
        end: date,
    ) -> None:
        self.start, self.end = start, end
        self._facts = _Remembered(content)
        self._store = store
        self._items_of_code = items_of_code
        self._start, self._end = day_of(start), day_of(end)
        self._touched = touched_codes(self._facts, content.events(), start, end)
        self._table: dict[str, Recoded] = {}

    def recode(self, code: str) -> Recoded:
        """What one code became."""
        return self.recode_all((code,))[0]

    def recode_all(self, codes: Iterable[str]) -> list[Recoded]:
        """What each of these codes became, in order; a code may come any number of times."""
        given = codes if isinstance(codes, Sequence) else list(codes)
        table = self._table
        new = set(given).difference(table)
        for code in self._standing(list(new - self._touched)):
            table[code] = Recoded(code, "unchanged", (Part(code, 1.0, None),), False, True, True)
        for code in new.difference(table):
            table[code] = self._recoded(code)
        return [table[code] for code in given]

    def _standing(self, codes: list[str]) -> list[str]:
        """Those of the codes with one row, which holds on both days; found for all of them at once."""
        rows = self._store.files
        known, width = rows["codes"], rows["codes"].dtype.itemsize
        fit = [(code, raw) for code in codes if len(raw := code.encode()) <= width and b"\0" not in raw]
        if not fit or not len(known):
            return []
        needles = np.array([raw for _, raw in fit], dtype=known.dtype)
        first, last = np.searchsorted(known, needles, "left"), np.searchsorted(known, needles, "right")
        row = np.minimum(first, len(known) - 1)
        early, late = min(self._start, self._end), max(self._start, self._end)
        holds = (last - first == 1) & (rows["valid_from"][row] <= early) & (rows["valid_to"][row] > late)
        holds &= (rows["flags"][row] & INVALID) == 0
        return [fit[at][0] for at in np.flatnonzero(holds).tolist()]

    def _recoded(self, code: str) -> Recoded:
        items = self._items_of_code(code)
        for item in items:
            state = state_on(self._facts, item, self.start)
            if state is not None and state.code == code:
                return recoded(project(self._facts, item, self.start, self.end))
        return _without(code, NOT_VALID_THEN if items else UNKNOWN_CODE)


def recoded(projection: Projection) -> Recoded:
    """A projection as a row of a recoding."""
    return Recoded(
        projection.code,
        projection.outcome,
        tuple(Part(target.code, target.share, target.share_basis) for target in projection.targets),
        projection.ambiguous,
        projection.certain,
        projection.reversible,
        projection.path,
    )


def touched_codes(facts: Facts, events: Iterable[ChangeEvent], start: date, end: date) -> frozenset[str]:
    """All codes of the items to which something happened, or may have happened, between two dates."""
    first, last = min(start, end), max(start, end)
    items = {
        link.item
        for event in events
        if min(event.earliest_on or event.effective_on, event.effective_on) <= last
        and max(event.latest_on or event.effective_on, event.effective_on) >= first
        for link in event.links
    }
    return frozenset(state.code for item in items for state in facts.states_of(item))


def _without(code: str, outcome: str) -> Recoded:
    return Recoded(code, outcome, (), True, True, False)
