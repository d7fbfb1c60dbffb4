"""The walk of what a code meant through the change events, day by day (decision D3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from heapq import heappop, heappush
from itertools import groupby
from uuid import UUID

from referentials.records import ChangeEvent
from registry.history.facts import Facts
from registry.history.steps import Destination, Own, Step, concerns, step

# Shares are published with few decimals: so much may be missing from a sum that is the whole.
_ROUNDING = 1e-4


@dataclass(slots=True)
class Held:
    """The part (0..1) of what the code meant that an item holds, None where it is not known, and on what
    bases; `absent` while the item is not there."""

    part: float | None
    bases: tuple[str, ...]
    absent: bool = False

    def add(self, part: float | None, bases: Iterable[str]) -> None:
        """Another way led to the item, too."""
        self.part = None if part is None or self.part is None else self.part + part
        self.bases = tuple(dict.fromkeys((*self.bases, *bases)))


@dataclass(slots=True)
class Walk:
    """From an item's state on `start` to all items that hold a part of it on `end`.

    Every item is met once on each day on which something happened to it, with all the parts that it holds by
    then, so that the work grows with the events and not with the number of ways between them. `path` has the
    events walked. `straddles` says that an event's uncertain date may lie on the other side of an end, and
    `lost` that a part went nowhere.
    """

    facts: Facts
    start: date
    end: date
    path: dict[UUID, ChangeEvent] = field(default_factory=dict)
    straddles: bool = False
    lost: bool = False
    _held: dict[UUID, Held] = field(default_factory=dict)
    _agenda: dict[int, dict[UUID, list[ChangeEvent]]] = field(default_factory=dict)
    _days: list[int] = field(default_factory=list)

    @property
    def forward(self) -> bool:
        """Whether the walk goes on in time."""
        return self.end >= self.start

    def follow(self, item: UUID) -> None:
        """Walk from an item that holds all."""
        self._held[item] = Held(1.0, ())
        self._look_ahead(item, self.start.toordinal() if self.forward else self.start.toordinal() + 1)
        while self._days:
            self._pass(abs(heappop(self._days)))
        self.lost = self.lost or any(held.absent and held.part != 0.0 for held in self._held.values())

    def reached(self) -> Iterator[tuple[UUID, Held]]:
        """The items that are there at the end and hold a part."""
        return ((item, held) for item, held in self._held.items() if not held.absent and held.part != 0.0)

    def _pass(self, day: int) -> None:
        """Everything that happened on a day, to what each item held before it."""
        arrivals: list[tuple[Destination, Held]] = []
        for item, events in self._agenda.pop(day).items():
            before = self._held.get(item)
            if before is None:
                continue
            self.path.update((event.id, event) for event in events)
            steps = [step(event, item, self.forward) for event in events]
            others = self._others(steps)
            arrivals += [(place, before) for place in others]
            after = self._own(before, steps, others)
            if after is None:
                del self._held[item]
            else:
                self._held[item] = after
        for place, source in arrivals:
            part = None if source.part is None or place.part is None else source.part * place.part
            self._arrive(place.item, part, (*source.bases, *place.bases), day)

    def _arrive(self, item: UUID, part: float | None, bases: tuple[str, ...], day: int) -> None:
        held = self._held.get(item)
        if held is not None and not held.absent:
            held.add(part, bases)
            return
        self.lost = self.lost or (held is not None and held.part != 0.0)
        self._held[item] = Held(part, tuple(dict.fromkeys(bases)))
        self._look_ahead(item, day)

    def _others(self, steps: Sequence[Step]) -> list[Destination]:
        """The other items that a day leads to; looking back, no event knows what another brought."""
        others = [place for one in steps for place in one.others]
        leading = sum(bool(one.others) for one in steps)
        if self.forward or leading < 2:
            return others
        return [Destination(place.item, None) for place in others]

    def _own(self, before: Held, steps: Sequence[Step], others: Sequence[Destination]) -> Held | None:
        """What the item itself holds after a day, None where all is with others."""
        owns = [one.own for one in steps]
        given = [place.part for place in others]
        rest: float | None = None
        if None not in given:
            rest = max(0.0, round(1.0 - sum(part for part in given if part is not None), 9))
        if Own.LEAVES in owns or (Own.VANISHES in owns and others):
            self.lost = self.lost or (rest is not None and rest > _ROUNDING)
            # Should it ever return, nobody says with how much.
            return None if Own.LEAVES in owns else Held(0.0, before.bases, absent=True)
        absent = before.absent
        for own in owns:
            absent = own is Own.VANISHES or (absent and own is not Own.RETURNS)
        part = None if before.part is None or rest is None else before.part * rest
        if before.absent and not absent and before.part == 0.0:
            part = None
        bases = tuple(dict.fromkeys((*before.bases, *(basis for place in others for basis in place.bases))))
        return Held(part, bases, absent)

    def _look_ahead(self, item: UUID, since: int) -> None:
        """Note the days after `since` (walking back: before it) on which something happened to the item."""
        events = [event for event in self.facts.events_of(item) if concerns(event, item, self.forward)]
        self.straddles = self.straddles or any(_may_straddle(event, self.start, self.end) for event in events)
        for day, found in groupby(events, key=lambda event: event.effective_on.toordinal()):
            if not self._lies_ahead(day, since):
                continue
            if day not in self._agenda:
                self._agenda[day] = {}
                heappush(self._days, day if self.forward else -day)
            self._agenda[day][item] = list(found)

    def _lies_ahead(self, day: int, since: int) -> bool:
        end = self.end.toordinal()
        return since < day <= end if self.forward else end < day < since


def _may_straddle(event: ChangeEvent, *days: date) -> bool:
    """Whether a day lies within the uncertainty of the event's date, so that it may be before or after it."""
    earliest, latest = event.earliest_on or event.effective_on, event.latest_on or event.effective_on
    return any(earliest <= day < latest for day in days)
