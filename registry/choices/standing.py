"""What became of chosen codes: those that ended are shown with what replaced them, and not used silently."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from matching.choices import Choice
from matching.layout import day_of
from matching.standing import Successions
from matching.store import Store
from registry.choices.remembering import ChoiceView, choices_for


@dataclass(frozen=True, slots=True)
class StandingChoice:
    """A choice and whether its code still holds; `successors` are codes that replaced one that does not."""

    choice: ChoiceView
    stale: bool
    successors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remembered:
    """What an administration settled before: `used` is handed to matching, `stale` waits for somebody."""

    used: tuple[Choice, ...]
    stale: tuple[StandingChoice, ...]


def stand(choices: Iterable[ChoiceView], store: Store, at: date) -> list[StandingChoice]:
    """How these choices stand on a version, as of a day; all are of its referential."""
    day = day_of(at)
    successions = Successions(store, day)
    return [_stand(choice, store, day, successions) for choice in choices]


def remembered_for(
    connection: Connection,
    administration: str | None,
    referential: str,
    data_set: str | None,
    store: Store,
    at: date,
) -> Remembered:
    """What a file of an administration gets from the choices before; nothing without an administration."""
    if administration is None:
        return Remembered((), ())
    standing = stand(choices_for(connection, administration, referential, data_set), store, at)
    return Remembered(
        tuple(each.choice.settled for each in standing if not each.stale),
        tuple(each for each in standing if each.stale),
    )


def _stand(choice: ChoiceView, store: Store, day: int, successions: Successions) -> StandingChoice:
    if choice.code is None:
        return StandingChoice(choice, stale=False, successors=())
    found = store.find(choice.code, day)
    if found is None:
        return StandingChoice(choice, stale=True, successors=())
    if found.status == "valid":
        return StandingChoice(choice, stale=False, successors=())
    rows: Sequence[int] = [each.row for each in successions.of(found.row) if not each.ended]
    return StandingChoice(choice, stale=True, successors=tuple(store.code(row) for row in rows))
