"""Figures that the items of a list have already: they are dated, and follow an item to its new code (D3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from uuid import UUID

from referentials.listed_changes import codes_kept
from referentials.listing import ListedChange, ListedItem, ListedObservation
from referentials.records import Observation, State
from referentials.snapshot import Content
from referentials.standing_codes import StandingCodes


class KeptFigures:
    """What the base knows of items that a list goes on from, by code or by the events that keep an item."""

    def __init__(self, base: Content | None, changes: Sequence[ListedChange]) -> None:
        self._base = base
        self._changes = changes

    def beside(self, item: ListedItem) -> ListedItem:
        """The item with its figures of the base, but for those that it states otherwise for the same day."""
        if not self._figures:
            return item
        before = self._before(item)
        known = () if before is None else self._figures.get(before.item, ())
        stated = {(seen.measure, seen.observed_on) for seen in item.observations}
        kept = tuple(seen for seen in known if (seen.measure, seen.observed_on) not in stated)
        return replace(item, observations=(*item.observations, *kept)) if kept else item

    def _before(self, item: ListedItem) -> State | None:
        """The state that the item goes on from, as `referentials.pairing` finds it."""
        code = self._codes.get(item.code)
        if code is not None:
            return self._standing.state(code) or self._standing.last_of(code)
        state = self._standing.state(item.code)
        return state if state is not None and state.level == item.level else None

    @cached_property
    def _codes(self) -> Mapping[str, str]:
        return codes_kept(self._changes, self._standing)[0]

    @cached_property
    def _standing(self) -> StandingCodes:
        return StandingCodes(self._base)

    @cached_property
    def _figures(self) -> Mapping[UUID, list[ListedObservation]]:
        """By item; read once, for looking them up for each of a million items takes minutes."""
        found: defaultdict[UUID, list[ListedObservation]] = defaultdict(list)
        for fact in () if self._base is None else self._base.facts("observation"):
            if isinstance(fact, Observation):
                found[fact.item].append(
                    ListedObservation(fact.measure, fact.observed_on, fact.value, fact.unit, fact.source)
                )
        return found
