"""Projection of a code from one date to another by walking change events (decision D3).

Where the answer is not one code the projection says so; it never picks one of several.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from referentials.records import ChangeEvent, State
from registry.history.facts import Facts, state_on
from registry.history.steps import (
    DIVIDING,
    ENDING,
    JOINING,
    RETURNING,
    STARTING,
    Destination,
    concerns,
    destinations,
)


@dataclass(frozen=True, slots=True)
class Target:
    """An item that holds all or a part of what the code meant; `share` (0..1) is None where unknown."""

    code: str
    level: str
    names: Mapping[str, str]
    share: float | None
    share_basis: str | None


@dataclass(frozen=True, slots=True)
class Projection:
    """What a code of one date is on another.

    `outcome` is unchanged, renamed, recoded, merged, split, mixed, abolished, created (the target date lies
    before its creation) or unknown (no event says what became of it). `ambiguous` is true where it is not
    exactly one code. `certain` is false where the uncertain date of an event may lie on the other side of
    `start` or `end`. `path` has the events walked, in walking order.
    """

    code: str
    start: date
    end: date
    outcome: str
    ambiguous: bool
    certain: bool
    targets: tuple[Target, ...]
    path: tuple[ChangeEvent, ...]


def project(facts: Facts, item: UUID, start: date, end: date) -> Projection:
    """Project the item's code of `start` to `end`; raises ValueError where it has no state on `start`."""
    origin = state_on(facts, item, start)
    if origin is None:
        raise ValueError(f"item {item} has no state on {start.isoformat()}")
    walk = _Walk(facts, start, end)
    first_day = start.toordinal() if end >= start else start.toordinal() + 1
    walk.follow(item, first_day, 1.0, ())
    targets = tuple(walk.targets())
    return Projection(
        code=origin.code,
        start=start,
        end=end,
        outcome=_outcome(origin, targets, walk),
        ambiguous=len(targets) != 1,
        certain=not walk.straddles,
        targets=targets,
        path=tuple(walk.path.values()),
    )


@dataclass(slots=True)
class _Walk:
    facts: Facts
    start: date
    end: date
    path: dict[UUID, ChangeEvent] = field(default_factory=dict)
    reached: dict[UUID, list[tuple[float | None, tuple[str, ...]]]] = field(default_factory=dict)
    unexplained: bool = False
    straddles: bool = False

    @property
    def forward(self) -> bool:
        return self.end >= self.start

    def follow(self, item: UUID, since: int, share: float | None, bases: tuple[str, ...]) -> None:
        """Walk one item from a day (ordinal; forward: events after it, backward: before it) to the end."""
        absent = False
        for event in self._ahead(item, since):
            self.path[event.id] = event
            if event.type in ENDING | STARTING | RETURNING:
                # Walking back over an end finds the item again; walking back over a start loses it.
                absent = (event.type in ENDING) == self.forward
                continue
            onward = destinations(event, item, self.forward)
            for place in onward:
                if place.item != item:
                    self._pass_on(place, event, share, bases)
            own = next((place for place in onward if place.item == item), None)
            if own is None:
                return
            share, bases = _part_of(own, share, bases)
        if not absent:
            self.reached.setdefault(item, []).append((share, bases))

    def targets(self) -> list[Target]:
        """The states reached on the end date, by code, the shares of several ways to one item added up."""
        found: list[Target] = []
        for item, ways in self.reached.items():
            state = state_on(self.facts, item, self.end)
            if state is None:
                self.unexplained = True
                continue
            shares = [share for share, _ in ways if share is not None]
            total = round(sum(shares), 9) if len(shares) == len(ways) else None
            bases = dict.fromkeys(basis for _, way in ways for basis in way)
            found.append(Target(state.code, state.level, state.names, total, "; ".join(bases) or None))
        return sorted(found, key=lambda target: target.code)

    def _pass_on(
        self, place: Destination, event: ChangeEvent, share: float | None, bases: tuple[str, ...]
    ) -> None:
        part, reasons = _part_of(place, share, bases)
        self.follow(place.item, event.effective_on.toordinal(), part, reasons)

    def _ahead(self, item: UUID, since: int) -> list[ChangeEvent]:
        events = [event for event in self.facts.events_of(item) if concerns(event, item, self.forward)]
        self.straddles = self.straddles or any(_may_straddle(event, self.start, self.end) for event in events)
        if self.forward:
            return [e for e in events if since < e.effective_on.toordinal() and e.effective_on <= self.end]
        return [
            e for e in reversed(events) if self.end < e.effective_on and e.effective_on.toordinal() < since
        ]


def _part_of(
    place: Destination, share: float | None, bases: tuple[str, ...]
) -> tuple[float | None, tuple[str, ...]]:
    part = None if share is None or place.share is None else share * place.share
    return part, (*bases, place.share_basis) if place.share_basis else bases


def _may_straddle(event: ChangeEvent, *days: date) -> bool:
    """Whether a day lies within the uncertainty of the event's date, so that it may be before or after it."""
    earliest, latest = event.earliest_on or event.effective_on, event.latest_on or event.effective_on
    return any(earliest <= day < latest for day in days)


def _outcome(origin: State, targets: tuple[Target, ...], walk: _Walk) -> str:
    types = {event.type for event in walk.path.values()}
    joined, divided = bool(types & JOINING), bool(types & DIVIDING)
    if not targets:
        return _nothing_reached(types, walk)
    if walk.unexplained:
        return "unknown"
    ended = bool(types & (ENDING | STARTING)) and (joined or divided)
    if (joined and divided) or ended:
        return "mixed"
    if joined or divided:
        return "merged" if joined else "split"
    only = targets[0]
    if only.code != origin.code:
        return "recoded"
    return "renamed" if dict(only.names) != dict(origin.names) else "unchanged"


def _nothing_reached(types: set[str], walk: _Walk) -> str:
    if walk.unexplained:
        return "unknown"
    if types & STARTING and not walk.forward:
        return "created"
    return "abolished" if types & ENDING else "unknown"
