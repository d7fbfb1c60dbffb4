"""The facts that history is read from: states and change events, by item."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol
from uuid import UUID

from referentials.records import ChangeEvent, State


class Facts(Protocol):
    """What history needs of a version's content (`referentials.snapshot.Content` has it)."""

    def states_of(self, item: UUID) -> Sequence[State]:
        """The states of an item, earliest first."""
        ...

    def events_of(self, item: UUID) -> Sequence[ChangeEvent]:
        """The change events an item had a part in, by date."""
        ...


def holds(state: State, day: date) -> bool:
    """Whether a state holds on a day: validity is `[from, to)`, an unknown start reaches back without end."""
    return (state.valid_from is None or state.valid_from <= day) and (
        state.valid_to is None or day < state.valid_to
    )


def state_on(facts: Facts, item: UUID, day: date) -> State | None:
    """The state of an item on a day, None where it had none."""
    return next((state for state in facts.states_of(item) if holds(state, day)), None)


def code_on(facts: Facts, item: UUID, day: date | None) -> str | None:
    """The code of an item on a day; its first code where the day is not known or lies before its states."""
    states = facts.states_of(item)
    if not states:
        return None
    held = None if day is None else next((state for state in states if holds(state, day)), None)
    return (held or states[0]).code
