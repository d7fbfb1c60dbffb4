"""History and projection of a code, with the errors that a reader of a snapshot should get."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from referentials.kinds import LONGEST_CODE
from registry.errors import NotValidThen, UnknownCode
from registry.history.facts import state_on
from registry.history.items import ItemHistory, histories_of
from registry.history.projection import Projection, project
from registry.library import Snapshot
from registry.serving.moments import require_recorded


def history_of(snapshot: Snapshot, code: str) -> tuple[ItemHistory, ...]:
    """The histories of all items that have, had or will have a code; raises UnknownCode."""
    return histories_of(snapshot.content, _items(snapshot, code))


def project_code(snapshot: Snapshot, code: str, start: date, end: date) -> Projection:
    """What the code of one date is on another.

    Raises UnknownCode, BeforeRecords where either date lies before the records, and NotValidThen, with the
    periods in which it was valid, where no item had the code on `start`.
    """
    for day in (start, end):
        require_recorded(snapshot, day)
    items = _items(snapshot, code)
    for item in items:
        state = state_on(snapshot.content, item, start)
        if state is not None and state.code == code:
            return project(snapshot.content, item, start, end)
    states = [state for item in items for state in snapshot.content.states_of(item) if state.code == code]
    periods = [{"valid_from": _iso(state.valid_from), "valid_to": _iso(state.valid_to)} for state in states]
    raise NotValidThen(snapshot.referential.id, code, start, periods)


def _items(snapshot: Snapshot, code: str) -> tuple[UUID, ...]:
    items = snapshot.items_of_code(code)
    if not items:
        nearest = snapshot.store.nearest_codes(code[:LONGEST_CODE])
        raise UnknownCode(snapshot.referential.id, code, snapshot.version.label, nearest)
    return items


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
