"""What a list adds to its base, and what it withdraws: item by item, then its change events (D3, D4)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
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
from referentials.shapes import to_wkb
from referentials.standing_codes import StandingCodes


class DraftRecords:
    """Compares a list with what its base knows, item by item; gathers what is added and withdrawn."""

    def __init__(
        self, current: StandingCodes, pairing: Pairing, calendar: Calendar, *, editorial: bool
    ) -> None:
        self.current = current
        self.base = current.content
        self.pairing = pairing
        self.calendar = calendar
        self.editorial = editorial
        self.added: list[Record] = []
        self.withdrawn: list[RecordKey] = []

    def items(self, items: Sequence[ListedItem], leaving: Iterable[str]) -> None:
        """Compare every item of the list, and end those of the codes that leave."""
        listed = set(self.pairing.items.values())
        for item in items:
            identity = self.pairing.items[item.code]
            self._place(item, identity)
            self._alongside(item, identity)
            displaced = self.current.state(item.code)
            if displaced is not None and displaced.item not in listed:
                self._leave(displaced)
        for code in sorted(leaving):
            leaver = self.current.state(code)
            if leaver is not None and leaver.item not in listed:
                self._leave(leaver)

    def events(self, changes: Sequence[ListedChange], levels: Mapping[str, str]) -> None:
        """Take in the change events that the base does not state; `levels` by code of the list."""
        stated = {} if self.base is None else {event.key: event.record() for event in self.base.events()}
        for change in changes:
            self._add(self._event(change, levels).record(), stated)

    def _place(self, item: ListedItem, identity: uuid.UUID) -> None:
        before = self.current.state_of(identity)
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
        if self.editorial and not self.calendar.dates(before.code, item.code):
            self._withdraw(before)
            self.added.append(restated.record())
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
            parent=None if item.parent is None else self.pairing.item(item.parent),
            names=item.names,
            attributes=item.attributes,
            shape=None if item.shape is None else to_wkb(item.shape),
            valid_from=start,
        )

    def _alongside(self, item: ListedItem, identity: uuid.UUID) -> None:
        """Other names as the list has them; figures of the list, beside those that the base has."""
        names = {} if self.base is None else _by_key(self.base.designations_of(identity))
        figures = {} if self.base is None else _by_key(self.base.observations_of(identity))
        listed = _by_key(
            Designation(identity, other.text, other.language, other.script, other.use, other.source)
            for other in item.other_names
        )
        self.withdrawn += [record.record_key for key, record in names.items() if key not in listed]
        for record in listed.values():
            self._add(record, names)
        for seen in item.observations:
            figure = Observation(identity, seen.measure, seen.observed_on, seen.value, seen.unit, seen.source)
            self._add(figure.record(), figures)

    def _add(self, record: Record, known: Mapping[str, Record]) -> None:
        """Add what the base does not state; what it states otherwise under the same key is withdrawn."""
        stated = known.get(record.key)
        if stated is not None:
            if stated.payload == record.payload:
                return
            self.withdrawn.append(record.record_key)
        self.added.append(record)

    def _leave(self, state: State) -> None:
        """End an item; of one that was never right nothing stays but figures, which are dated."""
        if not self.calendar.withdraws(state.code):
            self._end(state, self.calendar.end(state.code))
            return
        for wrong in (state, *self._earlier(state)):
            self._withdraw(wrong)
        if self.base is not None:
            names = self.base.designations_of(state.item)
            self.withdrawn += [name.record().record_key for name in names]

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

    def _event(self, change: ListedChange, levels: Mapping[str, str]) -> ChangeEvent:
        sources = [
            self._link("source", link, before.item, before.level)
            for link in change.sources
            if (before := self.pairing.before(link.code)) is not None
        ]
        targets = [
            self._link("target", link, self.pairing.item(link.code), self._level(link.code, levels))
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

    def _level(self, code: str, levels: Mapping[str, str]) -> str:
        state = None if code in levels else self.current.state(code)
        return levels[code] if state is None else state.level


def _by_key(facts: Iterable[Designation | Observation]) -> dict[str, Record]:
    """The records of facts by their keys; of two with one key, the last."""
    return {record.key: record for record in (fact.record() for fact in facts)}
