"""From a full list to a draft: what a new version adds to its base and what it withdraws (D3, D4)."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from referentials.listing import ListedChange, ListedItem, ListedLink
from referentials.pairing import Calendar, Pairing
from referentials.records import (
    ChangeEvent,
    ChangeLink,
    Designation,
    Observation,
    Record,
    RecordKey,
    State,
    derived_id,
)
from referentials.shapes import shape_problem, to_wkb
from referentials.snapshot import Content


class UnfitList(ValueError):
    """A list that cannot become a version; `problems` names every code concerned."""

    def __init__(self, problems: Sequence[str]) -> None:
        shown = "\n".join(f"- {problem}" for problem in problems[:20])
        more = f"\n… and {len(problems) - 20} more" if len(problems) > 20 else ""
        super().__init__(f"{len(problems)} problem(s) in the list:\n{shown}{more}")
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a version changes: records added, and keys of records of the base that it withdraws."""

    added: tuple[Record, ...]
    withdrawn: tuple[RecordKey, ...]


def draft_from_list(
    referential: str,
    ordinal: int,
    base: Content | None,
    items: Sequence[ListedItem],
    changes: Sequence[ListedChange],
    effective_on: date,
) -> Draft:
    """The draft that makes a full list the state of affairs from `effective_on`.

    Items are paired with the base's by code, or by the change event that keeps an item under a new code
    (recode …). A changed item's state ends and a new one starts on the day of its change event, else on
    `effective_on`; an item of the base that is not in the list ends. What a correction or an annulment says
    was never right is withdrawn, and a correction states it again with the same start; so is a state that
    changes on the day it starts. In the first version an item starts when its row says, unknown where it says
    nothing; later arrivals start like changes. Other names that the list no longer has are withdrawn;
    observations are dated and stay, unless the list states another figure for the day. Raises UnfitList with
    every duplicate code, missing parent, code that appears or disappears without a change event that says
    why, item that two codes claim, and code whose change events do not agree on a day.
    """
    current = _current_states(base)
    problems = _structural_problems(items)
    pairing = Pairing(referential, ordinal, current, effective_on)
    problems += pairing.pair(items, changes, first=base is None)
    if problems:
        raise UnfitList(problems)
    calendar = Calendar(changes, effective_on)
    draft = _Builder(base, pairing, calendar).build(items, changes)
    if calendar.problems:
        raise UnfitList(calendar.problems)
    return draft


def _current_states(base: Content | None) -> dict[str, State]:
    if base is None:
        return {}
    states = (fact for fact in base.facts("state") if isinstance(fact, State))
    return {state.code: state for state in states if state.valid_to is None}


def _structural_problems(items: Sequence[ListedItem]) -> list[str]:
    codes = Counter(item.code for item in items)
    problems = [f"code {code!r} comes {count} times" for code, count in codes.items() if count > 1]
    problems += [
        f"code {item.code!r} has the parent {item.parent!r}, which is not in the list"
        for item in items
        if item.parent is not None and item.parent not in codes
    ]
    for item in items:
        problem = None if item.shape is None else shape_problem(item.shape)
        if problem is not None:
            problems.append(f"code {item.code!r}: {problem}")
    parents = {item.code: item.parent for item in items}
    return problems + [f"code {code!r} is its own ancestor" for code in _in_cycles(parents)]


def _in_cycles(parents: Mapping[str, str | None]) -> list[str]:
    settled: set[str] = set()
    found = []
    for start in parents:
        trail: dict[str, None] = {}
        code: str | None = start
        while code is not None and code not in settled and code not in trail:
            trail[code] = None
            code = parents.get(code)
        if code is not None and code in trail:
            found.append(code)
        settled.update(trail)
    return found


class _Builder:
    def __init__(self, base: Content | None, pairing: Pairing, calendar: Calendar) -> None:
        self.base = base
        self.pairing = pairing
        self.calendar = calendar
        self.added: list[Record] = []
        self.withdrawn: list[RecordKey] = []

    def build(self, items: Sequence[ListedItem], changes: Sequence[ListedChange]) -> Draft:
        """Compare every item with what the base knows of it."""
        before_by_item = {state.item: state for state in self.pairing.current.values()}
        known = self._known()
        unlisted = {key for key in known if key.family == "designation"}
        levels = {item.code: item.level for item in items}
        for item in items:
            identity = self.pairing.items[item.code]
            self._place(item, identity, before_by_item.pop(identity, None))
            designations = self._designations(item, identity)
            unlisted.difference_update(record.record_key for record in designations)
            self._add_new(designations, known)
            self._add_new(self._observations(item, identity), known)
        for leaver in before_by_item.values():
            self._leave(leaver)
        self.withdrawn += sorted(unlisted)
        self._add_new((self._event(change, levels).record() for change in changes), known)
        return Draft(tuple(sorted(self.added, key=lambda record: record.order)), tuple(self.withdrawn))

    def _known(self) -> dict[RecordKey, int]:
        """The records of the base, without states, and their positions in it."""
        if self.base is None:
            return {}
        return {
            record.record_key: position
            for position, record in enumerate(self.base.records())
            if record.family != "state"
        }

    def _place(self, item: ListedItem, identity: uuid.UUID, before: State | None) -> None:
        if before is None:
            start = None if self.base is None else self.calendar.start(item.code)
            self.added.append(self._state(item, identity, item.valid_from or start).record())
            return
        restated = self._state(item, identity, before.valid_from)
        if restated.record() == before.record():
            return
        if self.calendar.withdraws(before.code):
            self._withdraw(before)
            self.added.append(restated.record())
            for wrong in self._earlier(before):
                self._withdraw(wrong)
                self.added.append(replace(wrong, code=item.code).record())
            return
        day = self.calendar.change(before.code, item.code)
        self._end(before, day)
        starts_anew = before.valid_from is None or before.valid_from < day
        self.added.append((replace(restated, valid_from=day) if starts_anew else restated).record())

    def _state(self, item: ListedItem, identity: uuid.UUID, start: date | None) -> State:
        return State(
            item=identity,
            code=item.code,
            level=item.level,
            parent=None if item.parent is None else self.pairing.items[item.parent],
            names=item.names,
            attributes=item.attributes,
            shape=None if item.shape is None else to_wkb(item.shape),
            valid_from=start,
        )

    def _leave(self, state: State) -> None:
        if not self.calendar.withdraws(state.code):
            self._end(state, self.calendar.end(state.code))
            return
        for wrong in (state, *self._earlier(state)):
            self._withdraw(wrong)

    def _earlier(self, state: State) -> list[State]:
        """The item's other states of the same code."""
        known = [] if self.base is None else self.base.states_of(state.item)
        return [other for other in known if other.code == state.code and other.key != state.key]

    def _end(self, state: State, on: date) -> None:
        """End a state; one that would end on the day it starts, or before, is only withdrawn."""
        self._withdraw(state)
        if state.valid_from is None or state.valid_from < on:
            self.added.append(replace(state, valid_to=on).record())

    def _withdraw(self, state: State) -> None:
        self.withdrawn.append(state.record().record_key)

    def _add_new(self, records: Iterable[Record], known: Mapping[RecordKey, int]) -> None:
        """Add what the base does not state; what it states otherwise under the same key is withdrawn."""
        for record in records:
            position = known.get(record.record_key)
            if position is not None and self.base is not None:
                if self.base.payload(position) == record.payload:
                    continue
                self.withdrawn.append(record.record_key)
            self.added.append(record)

    @staticmethod
    def _designations(item: ListedItem, identity: uuid.UUID) -> list[Record]:
        facts = {
            record.key: record
            for other in item.other_names
            for record in [
                Designation(
                    identity, other.text, other.language, other.script, other.use, other.source
                ).record()
            ]
        }
        return list(facts.values())

    @staticmethod
    def _observations(item: ListedItem, identity: uuid.UUID) -> list[Record]:
        return [
            Observation(identity, seen.measure, seen.observed_on, seen.value, seen.unit, seen.source).record()
            for seen in item.observations
        ]

    def _event(self, change: ListedChange, levels: Mapping[str, str]) -> ChangeEvent:
        sources = [
            self._link(
                "source", link, self.pairing.current[link.code].item, self.pairing.current[link.code].level
            )
            for link in change.sources
        ]
        targets = [
            self._link("target", link, self.pairing.items[link.code], levels[link.code])
            for link in change.targets
        ]
        return ChangeEvent(
            id=derived_id(
                "event",
                self.pairing.referential,
                change.type,
                change.effective_on,
                *sorted(link.code for link in sources),
                ">",
                *sorted(link.code for link in targets),
            ),
            type=change.type,
            effective_on=change.effective_on,
            earliest_on=change.earliest_on,
            latest_on=change.latest_on,
            basis=change.basis,
            note=change.note,
            links=tuple(sources + targets),
        )

    @staticmethod
    def _link(role: str, link: ListedLink, item: uuid.UUID, level: str) -> ChangeLink:
        return ChangeLink(role, item, link.code, level, link.share, link.share_basis)
