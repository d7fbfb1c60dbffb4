"""From a content back to the list that it came from: the items that go on, by code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from uuid import UUID

import shapely

from referentials.listing import ListedItem, ListedObservation, OtherName
from referentials.records import Designation, Observation, State
from referentials.snapshot import Content


def codes_of(content: Content) -> dict[UUID, str]:
    """The code of each item whose state goes on (has no end yet)."""
    return {
        fact.item: fact.code
        for fact in content.facts("state")
        if isinstance(fact, State) and fact.valid_to is None
    }


def relist(content: Content) -> Iterator[ListedItem]:
    """The items that go on, in the order of their ids, as a full list would state them.

    Drafting this list over the same content changes nothing.
    """
    codes = codes_of(content)
    # Both are read once: most items have neither, and looking for a million of them takes minutes.
    names: defaultdict[UUID, list[Designation]] = defaultdict(list)
    for name in content.facts("designation"):
        if isinstance(name, Designation):
            names[name.item].append(name)
    figures: defaultdict[UUID, list[Observation]] = defaultdict(list)
    for seen in content.facts("observation"):
        if isinstance(seen, Observation):
            figures[seen.item].append(seen)
    for fact in content.facts("state"):
        if isinstance(fact, State) and fact.valid_to is None:
            yield _listed(fact, codes, names.get(fact.item, ()), figures.get(fact.item, ()))


def relist_item(content: Content, item: UUID, codes: dict[UUID, str]) -> ListedItem | None:
    """One item that goes on, as a list would state it; None where it has ended. `codes` is of `codes_of`."""
    state = next((state for state in content.states_of(item) if state.valid_to is None), None)
    if state is None:
        return None
    return _listed(state, codes, content.designations_of(item), content.observations_of(item))


def _listed(
    state: State, codes: dict[UUID, str], names: Iterable[Designation], figures: Iterable[Observation]
) -> ListedItem:
    return ListedItem(
        code=state.code,
        level=state.level,
        parent=None if state.parent is None else codes.get(state.parent),
        names=state.names,
        attributes=state.attributes,
        shape=None if state.shape is None else shapely.from_wkb(state.shape),
        other_names=tuple(
            OtherName(name.text, name.language, name.script, name.use, name.source) for name in names
        ),
        observations=tuple(
            ListedObservation(seen.measure, seen.observed_on, seen.value, seen.unit, seen.source)
            for seen in figures
        ),
        valid_from=state.valid_from,
    )
