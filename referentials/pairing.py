"""Which item each code of a full list is, and on which day it changes: what the change events say (D3)."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from referentials.events import EVENTS
from referentials.listed_changes import codes_kept, contradictions, ends_code, returns, said_twice
from referentials.listing import ListedChange, ListedItem
from referentials.records import State, item_id
from referentials.standing_codes import StandingCodes


class Pairing:
    """Which item each code of the list is, and why codes appear and disappear."""

    def __init__(self, referential: str, ordinal: int, current: StandingCodes, effective_on: date) -> None:
        self.referential = referential
        self.ordinal = ordinal
        self.current = current
        self.effective_on = effective_on
        self.items: dict[str, uuid.UUID] = {}

    def item(self, code: str) -> uuid.UUID:
        """The item that has a code in the list, or keeps it because the list says nothing of it."""
        return self.items[code] if code in self.items else self.current.item(code)

    def before(self, code: str) -> State | None:
        """The state that a change starts from: that of the code now, else the last one that it had."""
        return self.current.state(code) or self.current.last_of(code)

    def pair(
        self,
        items: Sequence[ListedItem],
        leaving: Collection[str],
        changes: Sequence[ListedChange],
        *,
        first: bool,
    ) -> list[str]:
        """Fill `items`; the problems found. `leaving` are the codes that the base has and the list lacks."""
        problems = [f"{change.type!r} is no change event" for change in changes if change.type not in EVENTS]
        if problems:
            return problems
        problems += said_twice(changes)
        kept, contested = codes_kept(changes, self.current)
        problems += contested
        coming = {item.code for item in items} | (self.current.codes() - frozenset(leaving))
        problems += [each.problem for each in contradictions(changes, coming)]
        for item in items:
            before = self.before(kept[item.code]) if item.code in kept else self.current.state(item.code)
            start = item.valid_from if first else item.valid_from or self.effective_on
            self.items[item.code] = (
                before.item
                if before is not None and (item.code in kept or before.level == item.level)
                else item_id(self.referential, item.level, item.code, start, self.ordinal)
            )
        problems += self._unexplained(leaving, changes, first=first)
        problems += [
            f"{change.type} starts from the code {link.code!r}, which the base does not have"
            for change in changes
            for link in change.sources
            if link.code not in self.current
            and not (returns(change) and self.current.last_of(link.code) is not None)
        ]
        gone = frozenset(leaving)
        problems += [
            f"{change.type} leads to the code {link.code!r}, which the list does not have"
            for change in changes
            for link in change.targets
            if link.code not in self.items and (link.code not in self.current or link.code in gone)
        ]
        return problems + self._claimed_twice()

    def _unexplained(
        self, leaving: Collection[str], changes: Sequence[ListedChange], *, first: bool
    ) -> list[str]:
        explained_targets = {link.code for change in changes for link in change.targets}
        explained_sources = {link.code for change in changes for link in change.sources}
        appearing = () if first else self.items.keys() - self.current.codes() - explained_targets
        return [f"code {code!r} appears and no change event says why" for code in sorted(appearing)] + [
            f"code {code!r} disappears and no change event says why"
            for code in sorted(set(leaving) - explained_sources)
        ]

    def _claimed_twice(self) -> list[str]:
        claims: defaultdict[uuid.UUID, list[str]] = defaultdict(list)
        for code, item in self.items.items():
            claims[item].append(code)
        return [
            f"the codes {', '.join(map(repr, sorted(codes)))} are one item by the change events"
            for codes in claims.values()
            if len(codes) > 1
        ]


class Calendar:
    """The day of each code's change: that of its change event, else of the version.

    `problems` gathers the codes for which the events do not agree on one.
    """

    def __init__(self, changes: Sequence[ListedChange], effective_on: date) -> None:
        self.problems: list[str] = []
        self._effective_on = effective_on
        self._from: defaultdict[str, list[ListedChange]] = defaultdict(list)
        self._into: defaultdict[str, list[ListedChange]] = defaultdict(list)
        for change in changes:
            for link in change.sources:
                self._from[link.code].append(change)
            for link in change.targets:
                self._into[link.code].append(change)

    def withdraws(self, before: str) -> bool:
        """Whether a change says that what the base states of a code was never right."""
        return any(EVENTS[change.type].withdraws for change in self._from.get(before, ()))

    def start(self, code: str) -> date:
        """The day on which a new item begins: nothing can lead to it earlier."""
        return min((change.effective_on for change in self._into.get(code, ())), default=self._effective_on)

    def dates(self, before: str, code: str) -> bool:
        """Whether a change event says on which day an item that had the code `before` changes."""
        return bool(self._from.get(before) or self._into.get(code))

    def change(self, before: str, code: str) -> date:
        """The day from which an item that had the code `before` is what the list says, under `code`."""
        return self._agreed(before, [*self._from.get(before, ()), *self._into.get(code, ())])

    def end(self, before: str) -> date:
        """The day on which an item that is not in the list ends."""
        return self._agreed(before, self._from.get(before, ()))

    def _agreed(self, before: str, changes: Iterable[ListedChange]) -> date:
        """The day of the changes; where they differ, that of the change that ends the code."""
        days = {change.effective_on for change in changes}
        if len(days) > 1:
            days = {change.effective_on for change in changes if ends_code(change, before)} or days
        if len(days) > 1:
            told = " and ".join(str(day) for day in sorted(days))
            self.problems.append(f"code {before!r} changes on {told}, and one list tells only one change")
        return min(days, default=self._effective_on)
