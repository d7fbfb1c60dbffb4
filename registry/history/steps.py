"""Where one change event leads an item, forward or backward in time (decision D3).

A source's share is the part of it that the event concerns, a target's share the part of those that it got;
their product is the part of the source that goes to the target. A share that is left out is all, where
there is nothing else that it could be; otherwise it is not known, and nothing is estimated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from referentials.events import EVENTS, Effect
from referentials.records import ChangeEvent, ChangeLink


class Own(Enum):
    """What walking over an event does to the item walked from."""

    STAYS = "it is there on the far side, with what it did not give away"
    LEAVES = "what it held is all in the destinations"
    VANISHES = "it is not there on the far side; what no destination holds is nowhere"
    RETURNS = "it is there again on the far side"


@dataclass(frozen=True, slots=True)
class Destination:
    """An item that an event leads to, with the part of what went in (0..1), None where it is not known."""

    item: UUID
    part: float | None
    bases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """What an event does to an item: what becomes of it, and the other items that hold parts of it."""

    own: Own
    others: tuple[Destination, ...] = ()


def concerns(event: ChangeEvent, item: UUID, forward: bool) -> bool:
    """Whether walking in this direction the event does something to the item."""
    effect = EVENTS[event.type].effect
    links = event.sources if forward else event.targets
    if effect is Effect.RETURNS:
        links = event.targets
    elif effect is Effect.ENDS and not forward:
        links = event.links  # a source is there again, a target took it in
    elif effect is Effect.STARTS and forward:
        return False
    return any(link.item == item for link in links)


def step(event: ChangeEvent, item: UUID, forward: bool) -> Step:
    """Where an event that concerns an item leads it."""
    return _forward(event, item) if forward else _backward(event, item)


def _forward(event: ChangeEvent, item: UUID) -> Step:
    meaning = EVENTS[event.type]
    if meaning.effect is Effect.RETURNS:
        return Step(Own.RETURNS)
    source = next(link for link in event.sources if link.item == item)
    is_target = any(link.item == item for link in event.targets)
    took_in = meaning.effect is Effect.JOINS and meaning.target_was
    if is_target and (took_in or meaning.effect in (Effect.SAME, Effect.ENDS)):
        return Step(Own.STAYS)
    if meaning.effect is Effect.SAME and not (meaning.withdraws and event.targets):
        return Step(Own.STAYS)  # whatever else its links name
    if meaning.effect is Effect.ENDS:
        return Step(Own.VANISHES, _parts(event, source))
    if meaning.source_stays and not is_target:
        return Step(Own.STAYS, _parts(event, source))
    return Step(Own.LEAVES, _parts(event, source))


def _parts(event: ChangeEvent, source: ChangeLink) -> tuple[Destination, ...]:
    """The parts of a source that went to each target."""
    alone = len(event.sources) == 1
    only = len(event.targets) == 1
    stays = EVENTS[event.type].source_stays
    found = []
    for target in event.targets:
        shares = (source.share, target.share)
        known = only or (alone and target.share is not None)
        if stays and shares == (None, None):
            known = False  # it kept something, and nobody says how much
        part = (1.0 if shares[0] is None else shares[0]) * (1.0 if shares[1] is None else shares[1])
        bases = tuple(basis for basis in (source.share_basis, target.share_basis) if basis)
        found.append(
            Destination(target.item, part, bases if known else ())
            if known
            else Destination(target.item, None)
        )
    return tuple(found)


def _backward(event: ChangeEvent, item: UUID) -> Step:
    meaning = EVENTS[event.type]
    sources = list(dict.fromkeys(link.item for link in event.sources))
    if meaning.effect is Effect.RETURNS:
        return Step(Own.VANISHES)
    if meaning.effect is Effect.ENDS and item in sources:
        return Step(Own.RETURNS)
    if meaning.effect is Effect.SAME or meaning.withdraws:
        return Step(Own.STAYS)
    others = [source for source in sources if source != item]
    if meaning.effect is Effect.STARTS:
        return Step(Own.VANISHES, _origins(others, alone=True))
    if item in sources and meaning.source_stays and not meaning.target_was:
        return Step(Own.STAYS)  # an extraction's source only gave away
    stays = meaning.target_was or item in sources
    return Step(Own.STAYS if stays else Own.LEAVES, _origins(others, alone=not stays))


def _origins(items: Sequence[UUID], *, alone: bool) -> tuple[Destination, ...]:
    """The parts of a target that were each source's: all of it, where there is nothing else."""
    part = 1.0 if alone and len(items) == 1 else None
    return tuple(Destination(item, part) for item in items)
