"""Rules about the tree that a list is: parents, circles, levels."""

from __future__ import annotations

from collections.abc import Iterator

from referentials.rules.checked import CheckedList, Finding, finding, shown


def empty_list(checked: CheckedList) -> Iterator[Finding]:
    """A list says something (error)."""
    if not checked.items:
        yield Finding("empty_list", "error", None, "", "", "", "the list has no items")


def unknown_parents(checked: CheckedList) -> Iterator[Finding]:
    """A parent is an item of the same list (error)."""
    for row, item in checked.numbered():
        if item.parent is not None and item.parent not in checked.codes:
            problem = f"the parent {shown(item.parent)} is not in the list"
            yield finding("unknown_parents", "error", (row, item), "parent", item.parent, problem)


def cycles(checked: CheckedList) -> Iterator[Finding]:
    """No item lies within itself; each circle is named once, from its first code on (error)."""
    settled: set[int] = set()
    for start in range(len(checked.items)):
        path: dict[int, None] = {}
        at: int | None = start
        while at is not None and at not in settled and at not in path:
            path[at] = None
            at = checked.parents[at]
        if at is not None and at in path:
            ring = list(path)[list(path).index(at) :]
            codes = [checked.items[place].code for place in ring]
            first = codes.index(min(codes))
            round_trip = " → ".join([*codes[first:], *codes[: first + 1]])
            item = checked.items[ring[first]]
            problem = f"the parents go round in a circle: {round_trip}"
            place = (checked.rows[ring[first]], item)
            yield finding("cycles", "error", place, "parent", item.parent or "", problem)
        settled.update(path)


def unknown_levels(checked: CheckedList) -> Iterator[Finding]:
    """A level is one of the referential's (error)."""
    levels = frozenset(checked.levels)
    for row, item in checked.numbered():
        if item.level not in levels:
            known = ", ".join(sorted(levels))
            problem = f"{shown(item.level)} is not a level of the referential; there are {known}"
            yield finding("unknown_levels", "error", (row, item), "level", item.level, problem)


def levels_out_of_order(checked: CheckedList) -> Iterator[Finding]:
    """The level of the parent is above the item's, in the order of the referential's levels (error)."""
    ranks = {level: rank for rank, level in enumerate(checked.levels)}
    for (row, item), parent in zip(checked.numbered(), checked.parents, strict=True):
        if parent is None or item.level not in ranks:
            continue
        above = checked.items[parent].level
        if above in ranks and ranks[above] >= ranks[item.level]:
            problem = f"a {item.level} cannot lie within the {above} {item.parent!r}"
            yield finding("levels_out_of_order", "error", (row, item), "level", item.level, problem)
