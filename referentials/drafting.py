"""From a full list to a draft: what a new version adds to its base and what it withdraws (D3, D4)."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from referentials.draft_records import DraftRecords
from referentials.listed_changes import codes_ended
from referentials.listing import ListedChange, ListedItem
from referentials.pairing import Calendar, Pairing
from referentials.records import (
    Record,
    RecordKey,
)
from referentials.shapes import shape_problem
from referentials.snapshot import Content
from referentials.standing_codes import StandingCodes


class UnfitList(ValueError):
    """A list that cannot become a version; `problems` names every code concerned."""

    def __init__(self, problems: Sequence[str]) -> None:
        shown = "\n".join(f"- {problem}" for problem in problems[:20])
        more = f"\n… and {len(problems) - 20} more" if len(problems) > 20 else ""
        super().__init__(f"{len(problems)} problem(s) in the list:\n{shown}{more}")
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a version changes: records added, and keys of records of the base that it withdraws."""

    added: tuple[Record, ...]
    withdrawn: tuple[RecordKey, ...]


def draft_from_list(
    referential: str,
    ordinal: int,
    base: Content | None,
    items: Sequence[ListedItem],
    changes: Sequence[ListedChange],
    effective_on: date,
    *,
    editorial: bool = False,
) -> Draft:
    """The draft that makes a full list the state of affairs from `effective_on`.

    Items are paired with the base's by code, or by the change event that keeps an item under a new code
    (recode …) or lets an ended one return. A changed item's state ends and a new one starts on the day of its
    change event, else on `effective_on`; an item of the base that is not in the list ends. What a correction
    or an annulment says was never right is withdrawn, and a correction states it again with the same start;
    so is a state that changes on the day it starts, and, in an `editorial` version, one that changes without
    an event: it says better what was so already. In the first version an item starts when its row says,
    unknown where it says nothing; later arrivals start like changes. Other names that the list no longer has
    are withdrawn; observations are dated and stay, unless the list states another figure for the day.

    Raises UnfitList with every duplicate code or figure, missing parent, code that appears or disappears
    without a change event that says why, item that two codes claim, and code whose change events do not agree
    on a day.
    """
    current = StandingCodes(base)
    listed = {item.code for item in items}
    leaving = current.codes() - listed
    proposal = _Proposal(items, leaving, changes, effective_on, editorial)
    return _draft(referential, ordinal, current, proposal)


def draft_from_changes(
    referential: str,
    ordinal: int,
    base: Content | None,
    items: Sequence[ListedItem],
    removed: Collection[str],
    changes: Sequence[ListedChange],
    effective_on: date,
    *,
    editorial: bool = False,
) -> Draft:
    """The same from what changes only: all that the base has and that is not named here stays as it is.

    `items` are listed whole; the items of the codes `removed`, and of those that a change event ends, leave.
    Also raises UnfitList for a code to remove that the base does not have.
    """
    current = StandingCodes(base)
    unknown = sorted(code for code in removed if code not in current)
    if unknown:
        raise UnfitList(
            [f"code {code!r} is to be removed, and the base does not have it" for code in unknown]
        )
    listed = {item.code for item in items}
    ended = {code for code in codes_ended(changes) if code in current}
    leaving = {*removed, *ended} - listed
    proposal = _Proposal(items, leaving, changes, effective_on, editorial)
    return _draft(referential, ordinal, current, proposal)


@dataclass(frozen=True, slots=True)
class _Proposal:
    """What is to be: items, codes of the base that leave, and why."""

    items: Sequence[ListedItem]
    leaving: Collection[str]
    changes: Sequence[ListedChange]
    effective_on: date
    editorial: bool


def _draft(referential: str, ordinal: int, current: StandingCodes, proposal: _Proposal) -> Draft:
    pairing = Pairing(referential, ordinal, current, proposal.effective_on)
    first = current.content is None
    unpaired = pairing.pair(proposal.items, proposal.leaving, proposal.changes, first=first)
    problems = _structural_problems(current, proposal, pairing) + unpaired
    if problems:
        raise UnfitList(problems)
    calendar = Calendar(proposal.changes, proposal.effective_on)
    compared = DraftRecords(current, pairing, calendar, editorial=proposal.editorial)
    compared.items(proposal.items, proposal.leaving)
    compared.events(proposal.changes, {item.code: item.level for item in proposal.items})
    if calendar.problems:
        raise UnfitList(calendar.problems)
    added = sorted(compared.added, key=lambda record: record.order)
    return Draft(tuple(added), tuple(compared.withdrawn))


def _structural_problems(current: StandingCodes, proposal: _Proposal, pairing: Pairing) -> list[str]:
    items = {item.code: item for item in proposal.items}
    # Who stays under another code keeps its children, listed or not.
    staying = {item: code for code, item in pairing.items.items()}
    gone = frozenset(proposal.leaving)
    codes = Counter(item.code for item in proposal.items)
    problems = [f"code {code!r} comes {count} times" for code, count in codes.items() if count > 1]
    problems += [
        f"code {item.code!r} has the parent {item.parent!r}, which is not in the list"
        for item in proposal.items
        if item.parent is not None
        and item.parent not in items
        and (item.parent not in current or item.parent in gone)
    ]
    problems += _orphans(current, items, gone, staying)
    for item in proposal.items:
        problem = None if item.shape is None else shape_problem(item.shape)
        if problem is not None:
            problems.append(f"code {item.code!r}: {problem}")
        problems += _stated_twice(item)
    return problems + [f"code {code!r} is its own ancestor" for code in _in_cycles(current, items, staying)]


def _orphans(
    current: StandingCodes,
    items: Mapping[str, ListedItem],
    gone: Collection[str],
    staying: Collection[uuid.UUID],
) -> list[str]:
    """What is not listed and stays, while its parent leaves or gives its code to another item."""
    leavers = {
        item: code
        for code in (*gone, *items)
        if code in current and (item := current.item(code)) not in staying
    }
    return [
        f"code {child.code!r} has the parent {parent!r}, which is not in the list"
        if parent in gone
        else f"code {child.code!r} has the parent {parent!r}, which is another item now: list it, too"
        for child in current.children_of(leavers)
        if child.code not in items and child.code not in gone and child.parent is not None
        for parent in [leavers[child.parent]]
    ]


def _stated_twice(item: ListedItem) -> list[str]:
    figures = Counter((seen.measure, seen.observed_on) for seen in item.observations)
    return [
        f"code {item.code!r} has {count} figures of {measure!r} for {day}"
        for (measure, day), count in figures.items()
        if count > 1
    ]


def _in_cycles(
    current: StandingCodes, items: Mapping[str, ListedItem], staying: Mapping[uuid.UUID, str]
) -> list[str]:
    """One code of each circle of parents that goes through the list."""

    def parent_of(code: str) -> str | None:
        if code in items:
            return items[code].parent
        state = current.state(code)
        if state is None or state.parent is None or state.parent in staying:
            return None if state is None or state.parent is None else staying[state.parent]
        parent = current.state_of(state.parent)
        return None if parent is None else parent.code

    settled: set[str] = set()
    found = []
    for start in items:
        trail: dict[str, None] = {}
        code: str | None = start
        while code is not None and code not in settled and code not in trail:
            trail[code] = None
            code = parent_of(code)
        if code is not None and code in trail:
            found.append(code)
        settled.update(trail)
    return found
