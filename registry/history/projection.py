"""Projection of a code from one date to another by walking change events (decision D3).

Where the answer is not one code the projection says so; it never picks one of several.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from referentials.events import EVENTS, Effect
from referentials.records import ChangeEvent, State
from registry.history.facts import Facts, state_on
from registry.history.walk import Walk


@dataclass(frozen=True, slots=True)
class Target:
    """An item that holds all or a part of what the code meant; `share` (0..1) is None where unknown."""

    item: UUID
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
    exactly one code that holds all of it. `certain` is false where the uncertain date of an event may lie on
    the other side of `start` or `end`. `reversible` is true where projecting back leads to this code alone,
    with all that the target holds. `path` has the events walked, by date.
    """

    code: str
    start: date
    end: date
    outcome: str
    ambiguous: bool
    certain: bool
    reversible: bool
    targets: tuple[Target, ...]
    path: tuple[ChangeEvent, ...]


def project(facts: Facts, item: UUID, start: date, end: date) -> Projection:
    """Project the item's code of `start` to `end`; raises ValueError where it has no state on `start`."""
    origin = state_on(facts, item, start)
    if origin is None:
        raise ValueError(f"item {item} has no state on {start.isoformat()}")
    walk = Walk(facts, start, end)
    walk.follow(item)
    targets, unexplained = _targets(walk)
    ambiguous = len(targets) != 1 or walk.lost
    return Projection(
        code=origin.code,
        start=start,
        end=end,
        outcome="unknown" if unexplained else _outcome(origin, targets, walk),
        ambiguous=ambiguous,
        certain=not walk.straddles,
        reversible=not ambiguous and _leads_back(facts, targets[0], end, start, item),
        targets=targets,
        path=tuple(walk.path.values()),
    )


def _leads_back(facts: Facts, target: Target, end: date, start: date, origin: UUID) -> bool:
    """Whether all that the target holds on `end` was the origin's on `start`, and the other way round."""
    if target.share != 1.0:
        return False
    walk = Walk(facts, end, start)
    walk.follow(target.item)
    before, unexplained = _targets(walk)
    only = [(held.item, held.share) for held in before]
    return not unexplained and not walk.lost and only == [(origin, 1.0)]


def _targets(walk: Walk) -> tuple[tuple[Target, ...], bool]:
    """The states reached on the end date, by code; and whether an item reached has none then."""
    found: list[Target] = []
    unexplained = False
    for item, held in walk.reached():
        state = state_on(walk.facts, item, walk.end)
        if state is None:
            unexplained = True
            continue
        share = None if held.part is None else round(held.part, 9)
        bases = "; ".join(held.bases) if share is not None else ""
        found.append(Target(item, state.code, state.level, state.names, share, bases or None))
    return tuple(sorted(found, key=lambda target: target.code)), unexplained


def _outcome(origin: State, targets: tuple[Target, ...], walk: Walk) -> str:
    if not targets:
        return _nothing_reached(walk)
    events = walk.path.values()
    joined = any(EVENTS[event.type].effect is Effect.JOINS or _passes_on(event) for event in events)
    divided = any(
        EVENTS[event.type].effect is Effect.DIVIDES or (_passes_on(event) and len(event.targets) > 1)
        for event in events
    )
    if (joined and divided) or walk.lost:
        return "mixed"
    if joined or divided:
        return "merged" if joined else "split"
    only = targets[0]
    if only.code != origin.code:
        return "recoded"
    return "renamed" if dict(only.names) != dict(origin.names) else "unchanged"


def _passes_on(event: ChangeEvent) -> bool:
    """Whether an item's end says where what it held went."""
    return EVENTS[event.type].effect is Effect.ENDS and bool(event.targets)


def _nothing_reached(walk: Walk) -> str:
    effects = {EVENTS[event.type].effect for event in walk.path.values()}
    if Effect.STARTS in effects and not walk.forward:
        return "created"
    return "abolished" if Effect.ENDS in effects else "unknown"
