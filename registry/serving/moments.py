"""The day that an answer is about (decision D2), as a date and as the day number of a store."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from matching.layout import day_of
from registry.errors import BadValue, BeforeRecords
from registry.library import Snapshot

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Moment:
    """A day: `number` counts from 1970-01-01, `fixed` is false where "today" was meant."""

    day: date
    number: int
    fixed: bool

    @property
    def text(self) -> str:
        """The day in ISO 8601."""
        return self.day.isoformat()


def moment(day: date, *, fixed: bool = True) -> Moment:
    """The moment of a date."""
    return Moment(day, day_of(day), fixed)


def parse_day(text: str, name: str = "at") -> date:
    """An ISO 8601 calendar date; raises BadValue naming the parameter."""
    if _ISO_DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass  # such as 2024-02-30: refused below, like any other text
    raise BadValue(name, text, "a date as 2024-09-01")


def moment_of(snapshot: Snapshot, at: str | None, *, versioned: bool, today: date) -> Moment:
    """The moment that a request means: `at` as a date or "today", by default today, or for an answer from a
    named version the day that the version is effective on.

    Raises BadValue, and BeforeRecords for a day of which the referential knows nothing.
    """
    if at is None:
        chosen = moment(snapshot.version.effective_on) if versioned else moment(today, fixed=False)
    elif at == "today":
        chosen = moment(today, fixed=False)
    else:
        chosen = moment(parse_day(at))
    require_recorded(snapshot, chosen.day)
    return chosen


def require_recorded(snapshot: Snapshot, day: date) -> None:
    """Raise BeforeRecords for a day before the referential's records begin."""
    referential = snapshot.referential
    if referential.records_from is not None and day < referential.records_from:
        raise BeforeRecords(referential.id, day, referential.records_from, referential.records_basis)
