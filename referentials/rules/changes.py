"""Rules about what a list changes: events explain the codes that come or go, and link codes that exist."""

from __future__ import annotations

from collections.abc import Iterator

from referentials.events import EVENTS, Effect
from referentials.listed_changes import contradictions
from referentials.rules.checked import CheckedList, Finding, finding, shown


def effective_before_base(checked: CheckedList) -> Iterator[Finding]:
    """A version takes effect when the version before does, or later (warning)."""
    before = None if checked.base is None else checked.base.effective_on
    if before is not None and checked.effective_on is not None and checked.effective_on < before:
        problem = f"the version before takes effect on {before}, this one earlier"
        day = checked.effective_on.isoformat()
        yield Finding("effective_before_base", "warning", None, "", "effective_on", day, problem)


def unexplained_appearances(checked: CheckedList) -> Iterator[Finding]:
    """A code that the version before does not have comes by a change event (error)."""
    if checked.base is None:
        return
    explained = {link.code for change in checked.changes for link in change.targets}
    for row, item in checked.numbered():
        if item.code not in checked.base.levels and item.code not in explained:
            problem = "the code appears, and no change event says why"
            yield finding("unexplained_appearances", "error", (row, item), "code", item.code, problem)


def unexplained_disappearances(checked: CheckedList) -> Iterator[Finding]:
    """A code that the version before has goes by a change event (error)."""
    if checked.base is None:
        return
    explained = {link.code for change in checked.changes for link in change.sources}
    for code in sorted(checked.base.levels.keys() - checked.codes - explained):
        problem = "the code disappears, and no change event says why"
        yield Finding("unexplained_disappearances", "error", None, code, "code", code, problem)


def unknown_removals(checked: CheckedList) -> Iterator[Finding]:
    """A code that is said to go is one that the version before has (error)."""
    before = frozenset[str]() if checked.base is None else checked.base.levels.keys()
    for code in sorted(frozenset(checked.removed) - before):
        problem = "the code is to be removed, and the version before does not have it"
        yield Finding("unknown_removals", "error", None, code, "code", code, problem)


def changed_levels(checked: CheckedList) -> Iterator[Finding]:
    """A code that stays is of the level it was of, unless a change event has to do with it (warning)."""
    if checked.base is None:
        return
    explained = {link.code for change in checked.changes for link in (*change.sources, *change.targets)}
    for row, item in checked.numbered():
        before = checked.base.levels.get(item.code, item.level)
        if before != item.level and item.code not in explained:
            problem = f"the code was of the level {before}: it will be another item"
            yield finding("changed_levels", "warning", (row, item), "level", item.level, problem)


def unknown_change_codes(checked: CheckedList) -> Iterator[Finding]:
    """A change event has a known type, and leads from codes there were to codes there are (error)."""
    before = frozenset[str]() if checked.base is None else checked.base.levels.keys()
    ended = frozenset[str]() if checked.base is None else checked.base.ended
    for change in checked.changes:
        if change.type not in EVENTS:
            problem = f"{shown(change.type)} is no type of change event; there are {', '.join(EVENTS)}"
            yield Finding("unknown_change_codes", "error", None, "", "change", change.type, problem)
        returns = change.type in EVENTS and EVENTS[change.type].effect is Effect.RETURNS
        for link in change.sources:
            if link.code not in before and not (returns and link.code in ended):
                problem = f"{change.type} on {change.effective_on} starts from a code that there was not"
                yield Finding("unknown_change_codes", "error", None, link.code, "change", link.code, problem)
        for link in change.targets:
            if link.code not in checked.codes:
                problem = f"{change.type} on {change.effective_on} leads to a code that is not in the list"
                yield Finding("unknown_change_codes", "error", None, link.code, "change", link.code, problem)


def contradictory_changes(checked: CheckedList) -> Iterator[Finding]:
    """No two change events, and no event and the list, say of a code what cannot all be true (error)."""
    for each in contradictions(checked.changes, checked.codes):
        yield Finding("contradictory_changes", "error", None, each.code, "change", each.code, each.problem)
