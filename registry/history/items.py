"""The history of the items behind a code: every state, and the change events that link them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from referentials.canonical import JSON
from referentials.records import ChangeEvent, State
from registry.history.facts import Facts, code_on


@dataclass(frozen=True, slots=True)
class PastState:
    """A state as a reader sees it: `parent` is the code that the parent had when the state began."""

    code: str
    level: str
    parent: str | None
    names: Mapping[str, str]
    attributes: Mapping[str, JSON]
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class ItemHistory:
    """One item: its states, earliest first, and the events it had a part in, by date."""

    item: UUID
    states: tuple[PastState, ...]
    events: tuple[ChangeEvent, ...]


def histories_of(facts: Facts, items: Iterable[UUID]) -> tuple[ItemHistory, ...]:
    """The histories of items, by the start of their first state."""
    found = [
        ItemHistory(
            item,
            tuple(_as_read(facts, state) for state in facts.states_of(item)),
            tuple(facts.events_of(item)),
        )
        for item in items
    ]
    return tuple(sorted(found, key=_start))


def _start(history: ItemHistory) -> tuple[date, str]:
    first = history.states[0].valid_from if history.states else None
    return first or date.min, str(history.item)


def _as_read(facts: Facts, state: State) -> PastState:
    parent = None if state.parent is None else code_on(facts, state.parent, state.valid_from)
    return PastState(
        state.code, state.level, parent, state.names, state.attributes, state.valid_from, state.valid_to
    )
