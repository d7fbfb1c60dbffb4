"""One owner of a code, and one state of an item, at a moment: what no unique index can see (D4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, or_, select, union_all

from registry.models import Base

STATE = Base.metadata.tables["item_state"]

Range = tuple[date | None, date | None]


@dataclass(frozen=True, slots=True)
class Overlap:
    """A code that two current states hold at the same moment, or that one of two states of an item has; and
    their ranges `[from, to)`."""

    code: str
    first: Range
    second: Range


def overlaps(connection: Connection, referential: str, ordinal: int) -> list[Overlap]:
    """The codes that a version gives to two states, or to one of two states of an item, at a moment.

    By code; empty where all is well. Only states that the version introduces can bring an overlap. Two open
    states of a code are refused by a unique index, so that one of the two has an end; two states of an item
    with the same start, or none, are refused by others. So each quarter of the union finds the other state by
    an index of its own. For each introduced state at most one other state of each quarter is told.
    """
    introduced, other = STATE.alias("introduced"), STATE.alias("other")
    pairs = union_all(
        _pairs(introduced, referential, ordinal, "code", lambda state: state.c.valid_to.is_not(None)),
        _pairs(introduced, referential, ordinal, "code", lambda state: state.c.valid_to.is_(None)).where(
            introduced.c.valid_to.is_not(None)
        ),
        _pairs(introduced, referential, ordinal, "item", lambda state: state.c.valid_from.is_not(None)),
        _pairs(introduced, referential, ordinal, "item", lambda state: state.c.valid_from.is_(None)).where(
            introduced.c.valid_from.is_not(None)
        ),
    ).subquery("pairs")
    found = connection.execute(
        select(
            introduced.c.code,
            introduced.c.valid_from,
            introduced.c.valid_to,
            other.c.valid_from.label("other_from"),
            other.c.valid_to.label("other_to"),
        )
        .join_from(pairs, introduced, introduced.c.id == pairs.c.introduced)
        .join(other, other.c.id == pairs.c.other)
    )
    ordered = {
        (row.code, *sorted(((row.valid_from, row.valid_to), (row.other_from, row.other_to)), key=_order))
        for row in found
    }
    return [
        Overlap(code, first, second)
        for code, first, second in sorted(
            ordered, key=lambda pair: (pair[0], _order(pair[1]), _order(pair[2]))
        )
    ]


def _pairs(
    introduced: FromClause,
    referential: str,
    ordinal: int,
    shared: str,
    chosen: Callable[[FromClause], ColumnElement[bool]],
) -> Select[Any]:
    """Ids of introduced states and of a chosen state with the shared column at a common moment, or NULL.

    A scalar subquery, not a join: a planner whose statistics are behind cannot turn it round.
    """
    state = STATE.alias("state")
    other = (
        select(state.c.id)
        .where(
            state.c.referential == introduced.c.referential,
            state.c[shared] == introduced.c[shared],
            state.c.withdrawn_in.is_(None),
            chosen(state),
            state.c.id != introduced.c.id,
            _begins_before_the_end_of(state, introduced),
            _begins_before_the_end_of(introduced, state),
        )
        .limit(1)
        .scalar_subquery()
    )
    return select(introduced.c.id.label("introduced"), other.label("other")).where(
        introduced.c.referential == referential,
        introduced.c.introduced_in == ordinal,
        introduced.c.withdrawn_in.is_(None),
    )


def _begins_before_the_end_of(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    begin, end = one.c.valid_from, other.c.valid_to
    return or_(begin.is_(None), end.is_(None), begin < end)


def _order(held: Range) -> tuple[date, date]:
    """Sorts an unknown start first and an open end last."""
    return held[0] or date.min, held[1] or date.max
