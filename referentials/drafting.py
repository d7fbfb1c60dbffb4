"""From a full list to a draft: what a new version adds to its base and what it withdraws (D3, D4)."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from referentials.events import EVENTS
from referentials.listing import ListedChange, ListedItem, ListedLink
from referentials.records import (
    ChangeEvent,
    ChangeLink,
    Designation,
    Observation,
    Record,
    RecordKey,
    State,
    derived_id,
    item_id,
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
    `effective_on`; an item of the base that is not in the list ends. In the first version an item starts when
    its row says, unknown where it says nothing; later arrivals start like changes. Other names that the list
    no longer has are withdrawn; observations are dated and stay. Raises UnfitList with every duplicate code,
    missing parent, and code that appears or disappears without a change event that says why.
    """
    current = _current_states(base)
    problems = _structural_problems(items)
    pairing = _Pairing(referential, ordinal, current, effective_on)
    problems += pairing.pair(items, changes, first=base is None)
    if problems:
        raise UnfitList(problems)
    return _Builder(base, pairing, effective_on).build(items, changes)


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


class _Pairing:
    """Which item each code of the list is, and why codes appear and disappear."""

    def __init__(
        self, referential: str, ordinal: int, current: Mapping[str, State], effective_on: date
    ) -> None:
        self.referential = referential
        self.ordinal = ordinal
        self.current = current
        self.effective_on = effective_on
        self.items: dict[str, uuid.UUID] = {}

    def pair(self, items: Sequence[ListedItem], changes: Sequence[ListedChange], *, first: bool) -> list[str]:
        """Fill `items`; the problems found."""
        problems = [f"{change.type!r} is no change event" for change in changes if change.type not in EVENTS]
        listed = {item.code for item in items}
        kept = self._kept(changes)
        for item in items:
            before = self.current.get(kept.get(item.code, item.code))
            start = item.valid_from if first else item.valid_from or self.effective_on
            self.items[item.code] = (
                before.item
                if before is not None and (item.code in kept or before.level == item.level)
                else item_id(self.referential, item.level, item.code, start, self.ordinal)
            )
        explained_targets = {link.code for change in changes for link in change.targets}
        explained_sources = {link.code for change in changes for link in change.sources}
        if not first:
            problems += [
                f"code {code!r} appears and no change event says why"
                for code in sorted(listed - self.current.keys() - explained_targets)
            ]
        problems += [
            f"code {code!r} disappears and no change event says why"
            for code in sorted(self.current.keys() - listed - explained_sources)
        ]
        problems += [
            f"{change.type} starts from the code {link.code!r}, which the base does not have"
            for change in changes
            for link in change.sources
            if link.code not in self.current
        ]
        problems += [
            f"{change.type} leads to the code {link.code!r}, which the list does not have"
            for change in changes
            for link in change.targets
            if link.code not in listed
        ]
        return problems

    @staticmethod
    def _kept(changes: Sequence[ListedChange]) -> dict[str, str]:
        """New code → code before, where a change keeps the item."""
        return {
            change.targets[0].code: change.sources[0].code
            for change in changes
            if change.type in EVENTS
            and EVENTS[change.type].keeps_item
            and len(change.sources) == len(change.targets) == 1
        }


class _Builder:
    def __init__(self, base: Content | None, pairing: _Pairing, effective_on: date) -> None:
        self.base = base
        self.pairing = pairing
        self.effective_on = effective_on
        self.changed_on: dict[str, date] = {}
        self.added: list[Record] = []
        self.withdrawn: list[RecordKey] = []

    def build(self, items: Sequence[ListedItem], changes: Sequence[ListedChange]) -> Draft:
        """Compare every item with what the base knows of it."""
        self.changed_on = {
            link.code: change.effective_on for change in changes for link in change.sources + change.targets
        }
        before_by_item = {state.item: state for state in self.pairing.current.values()}
        known = self._known()
        unlisted = {key for key in known if key.family == "designation"}
        levels = {item.code: item.level for item in items}
        for item in items:
            identity = self.pairing.items[item.code]
            before = before_by_item.pop(identity, None)
            state = self._state(item, identity, before)
            self._replace(before, state)
            designations = self._designations(item, identity)
            unlisted.difference_update(record.record_key for record in designations)
            self._add_new(designations, known)
            self._add_new(self._observations(item, identity), known)
        for leaver in before_by_item.values():
            self._end(leaver, self._since(leaver.code))
        self.withdrawn += sorted(unlisted)
        self.added += [self._event(change, levels).record() for change in changes]
        return Draft(tuple(sorted(self.added, key=lambda record: record.order)), tuple(self.withdrawn))

    def _known(self) -> set[RecordKey]:
        if self.base is None:
            return set()
        return {record.record_key for record in self.base.records() if record.family != "state"}

    def _state(self, item: ListedItem, identity: uuid.UUID, before: State | None) -> State:
        start = self._since(item.code) if before is not None or self.base is not None else None
        return State(
            item=identity,
            code=item.code,
            level=item.level,
            parent=None if item.parent is None else self.pairing.items[item.parent],
            names=item.names,
            attributes=item.attributes,
            shape=None if item.shape is None else to_wkb(item.shape),
            valid_from=item.valid_from or start,
        )

    def _replace(self, before: State | None, state: State) -> None:
        if before is None:
            self.added.append(state.record())
        elif replace(state, valid_from=before.valid_from).record() != before.record():
            self._end(before, self._since(state.code))
            self.added.append(replace(state, valid_from=self._since(state.code)).record())

    def _since(self, code: str) -> date:
        """The day from which a code's change holds: that of its change event, else of the version."""
        return self.changed_on.get(code, self.effective_on)

    def _end(self, state: State, on: date) -> None:
        self.withdrawn.append(state.record().record_key)
        self.added.append(replace(state, valid_to=on).record())

    def _add_new(self, records: Iterable[Record], known: set[RecordKey]) -> None:
        self.added += [record for record in records if record.record_key not in known]

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
