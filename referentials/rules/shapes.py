"""Rules about shapes: good ones, within their parents, beside each other without overlaps and gaps.

Boundaries are simplified, each by itself, so that a good list is no perfect coverage: what is less than one
per cent of the smaller area, and less than ten square kilometres, passes; so does a point 200 m outside.
What is above an item is its nearest ancestor with an area, for levels in between often have no shapes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import shapely

from referentials.rules.checked import CheckedList, Finding, finding
from referentials.rules.ground import Ground, area_km2, distance_km
from referentials.shapes import shape_problem

TOLERATED_SHARE = 0.01
TOLERATED_KM2 = 10.0
TOLERATED_KM = 0.2
MOST_WORK = 20_000_000  # vertices that one rule lays over each other: some ten seconds
_PAIR = 50  # vertices: what laying two shapes over each other costs besides
_TOGETHER = 64  # areas whose neighbours are looked up at once


def invalid_shapes(checked: CheckedList) -> Iterator[Finding]:
    """A shape is not empty, does not cross itself, and lies on the Earth (error)."""
    for at in np.flatnonzero(checked.ground.suspect).tolist():
        item = checked.items[at]
        problem = None if item.shape is None else shape_problem(item.shape)
        if problem is not None:
            yield finding("invalid_shapes", "error", (checked.rows[at], item), "shape", "", problem)


def shapes_outside_parent(checked: CheckedList) -> Iterator[Finding]:
    """An area lies within that of its parent (warning, with the area outside)."""
    ground, above = checked.ground, _above(checked)
    work = _Work(ground)
    inner = np.flatnonzero(ground.areal & (above >= 0))
    shapely.prepare(ground.shapes[above[inner]])
    inner = inner[~shapely.covers(ground.shapes[above[inner]], ground.shapes[inner])]
    parts, wholes = work.of(inner, above[inner])
    common = area_km2(shapely.intersection(ground.shapes[parts], ground.shapes[wholes]))
    sizes = ground.km2[parts]
    for at in np.flatnonzero(sizes - common > _tolerated(sizes)).tolist():
        item, parent = checked.items[parts[at]], checked.items[wholes[at]]
        outside = sizes[at] - common[at]
        problem = (
            f"{_km2(outside)} of {_km2(sizes[at])} ({outside / sizes[at]:.1%}) lie outside "
            f"the {parent.level} {parent.code!r}"
        )
        place = (checked.rows[parts[at]], item)
        yield finding("shapes_outside_parent", "warning", place, "shape", parent.code, problem)
    yield from work.unfinished("shapes_outside_parent")


def points_outside_parent(checked: CheckedList) -> Iterator[Finding]:
    """A point, or a line, touches the area of its parent (warning, with the distance)."""
    ground, above = checked.ground, _above(checked)
    inner = np.flatnonzero(ground.thin & (above >= 0))
    wholes = ground.shapes[above[inner]]
    shapely.prepare(wholes)
    for at in inner[~shapely.intersects(wholes, ground.shapes[inner])].tolist():
        parent = checked.items[above[at]]
        away = distance_km(ground.shapes[at], ground.shapes[above[at]])
        if away > TOLERATED_KM:
            problem = f"it lies {away:,.1f} km outside the {parent.level} {parent.code!r}"
            place = (checked.rows[at], checked.items[at])
            yield finding("points_outside_parent", "warning", place, "shape", parent.code, problem)


def overlapping_siblings(checked: CheckedList) -> Iterator[Finding]:
    """No two areas of one level share ground (warning, with the area that they share)."""
    ground = checked.ground
    work = _Work(ground)
    by_level: defaultdict[str, list[int]] = defaultdict(list)
    for at in np.flatnonzero(ground.areal).tolist():
        by_level[checked.items[at].level].append(at)
    for places in map(np.array, by_level.values()):
        for pairs in _neighbours(ground, places):
            ones, others = work.of(*pairs)
            shared = area_km2(shapely.intersection(ground.shapes[ones], ground.shapes[others]))
            smaller = np.minimum(ground.km2[ones], ground.km2[others])
            for at in np.flatnonzero(shared > _tolerated(smaller)).tolist():
                pair = (int(ones[at]), int(others[at]))
                first, second = sorted(pair, key=lambda place: checked.items[place].code)
                other = checked.items[first]
                share = shared[at] / smaller[at]
                problem = f"it shares {_km2(shared[at])} ({share:.1%} of the smaller) with {other.code!r}"
                place = (checked.rows[second], checked.items[second])
                yield finding("overlapping_siblings", "warning", place, "shape", other.code, problem)
            if work.stopped:
                break
    yield from work.unfinished("overlapping_siblings")


def gaps_between_siblings(checked: CheckedList) -> Iterator[Finding]:
    """The areas of all parts of an item cover its own (warning, with the area that none covers).

    A part without an area counts as its own parts do; where one has none, nothing can be said.
    """
    ground = checked.ground
    work = _Work(ground)
    areal = frozenset(np.flatnonzero(ground.areal).tolist())
    for whole in sorted(areal):
        listed = checked.parts(whole, areal.__contains__)
        if not listed:
            continue
        parts, _ = work.of(np.array(listed), np.full(len(listed), whole))
        if work.stopped:
            break
        covered = shapely.union_all(ground.shapes[parts])
        gap = float(area_km2(np.array([shapely.difference(ground.shapes[whole], covered)]))[0])
        size = ground.km2[whole]
        if gap > _tolerated(size):
            problem = f"{_km2(gap)} of {_km2(size)} ({gap / size:.1%}) are covered by none of its parts"
            place = (checked.rows[whole], checked.items[whole])
            yield finding("gaps_between_siblings", "warning", place, "shape", "", problem)
    yield from work.unfinished("gaps_between_siblings")


class _Work:
    """How much a rule has laid over each other; what would be too much is left, and said so."""

    def __init__(self, ground: Ground) -> None:
        self._vertices = ground.vertices
        self._left = MOST_WORK
        self.stopped = False

    def of(self, ones: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As many of the pairs as there is time for."""
        costs = np.cumsum(self._vertices[ones] + self._vertices[others] + _PAIR)
        fit = int(np.searchsorted(costs, self._left, "right"))
        self.stopped = self.stopped or fit < len(ones)
        self._left -= int(costs[fit - 1]) if fit else 0
        return ones[:fit], others[:fit]

    def unfinished(self, rule: str) -> Iterator[Finding]:
        """The finding that says what was left."""
        if self.stopped:
            problem = "the shapes are too many or too large; not all of them were compared"
            yield Finding(rule, "warning", None, "", "shape", "", problem)


def _above(checked: CheckedList) -> np.ndarray:
    """Where each item's nearest ancestor with an area is; -1 for none."""
    areal, parents = checked.ground.areal.tolist(), checked.parents
    above = np.full(len(parents), -1)
    if not any(areal):
        return above
    for start in np.flatnonzero(checked.ground.areal | checked.ground.thin).tolist():
        at, seen = parents[start], {start}
        while at is not None and at not in seen and not areal[at]:
            seen.add(at)
            at = parents[at]
        if at is not None and at not in seen:
            above[start] = at
    return above


def _neighbours(ground: Ground, places: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Each pair of places once whose boxes touch, some at a time."""
    tree = shapely.STRtree(ground.shapes[places])
    for start in range(0, len(places), _TOGETHER):
        asked, found = tree.query(ground.shapes[places[start : start + _TOGETHER]])
        once = asked + start < found
        yield places[asked[once] + start], places[found[once]]


def _tolerated(km2: np.ndarray) -> np.ndarray:
    tolerated: np.ndarray = np.minimum(km2 * TOLERATED_SHARE, TOLERATED_KM2)
    return tolerated


def _km2(area: float) -> str:
    return f"{area:,.2f} km²" if area >= 0.01 else f"{area * 1e6:,.0f} m²"
