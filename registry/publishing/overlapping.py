"""One owner of a code at a moment: what the unique index cannot see (D4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, or_, select, union

from registry.models import Base

STATE = Base.metadata.tables["item_state"]

Range = tuple[date | None, date | None]


@dataclass(frozen=True, slots=True)
class Overlap:
    """A code that two current states hold at the same moment, and their ranges `[from, to)`."""

    code: str
    first: Range
    second: Range


def overlaps(connection: Connection, referential: str, ordinal: int) -> list[Overlap]:
    """The codes that a version gives to two states at a moment, by code; empty where all is well.

    Only states that the version introduces can bring an overlap. Two open states of a code are refused by
    the unique index, so that one of a pair has an end: each half of the union finds its other by an index.
    """
    introduced, closed, opened = STATE.alias("introduced"), STATE.alias("closed"), STATE.alias("opened")
    pairs = union(
        _pairs(introduced, closed, referential, ordinal).where(closed.c.valid_to.is_not(None)),
        _pairs(introduced, opened, referential, ordinal).where(
            opened.c.valid_to.is_(None), introduced.c.valid_to.is_not(None)
        ),
    )
    found = {
        (row.code, *sorted(((row.first_from, row.first_to), (row.second_from, row.second_to)), key=_order))
        for row in connection.execute(pairs)
    }
    return [
        Overlap(code, first, second)
        for code, first, second in sorted(found, key=lambda pair: (pair[0], _order(pair[1]), _order(pair[2])))
    ]


def _pairs(one: FromClause, other: FromClause, referential: str, ordinal: int) -> Select[Any]:
    """Two current states of one code, the first introduced by the version, at a common moment."""
    return select(
        one.c.code,
        one.c.valid_from.label("first_from"),
        one.c.valid_to.label("first_to"),
        other.c.valid_from.label("second_from"),
        other.c.valid_to.label("second_to"),
    ).where(
        one.c.referential == referential,
        one.c.introduced_in == ordinal,
        one.c.withdrawn_in.is_(None),
        other.c.referential == referential,
        other.c.code == one.c.code,
        other.c.withdrawn_in.is_(None),
        other.c.id != one.c.id,
        _begins_before_the_end_of(other, one),
        _begins_before_the_end_of(one, other),
    )


def _begins_before_the_end_of(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    begin, end = one.c.valid_from, other.c.valid_to
    return or_(begin.is_(None), end.is_(None), begin < end)


def _order(held: Range) -> tuple[date, date]:
    """Sorts an unknown start first and an open end last."""
    return held[0] or date.min, held[1] or date.max
