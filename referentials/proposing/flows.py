"""What went from each unit of the base to each of the list: in area, or in the units below them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import shapely

from referentials.proposing.model import Side, Unit

Amounts = defaultdict[str, defaultdict[str, float]]


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Parts below `some` are taken for noise, and from `most` on for the whole."""

    some: float
    most: float


AREA = Tolerance(0.02, 0.95)  # boundaries are simplified, and drawn again
COUNT = Tolerance(0.0, 1.0)  # units are counted exactly


class Flows:
    """Amounts from code to code, of what each code had and has in all; `basis` names what is counted."""

    def __init__(self, basis: str, tolerance: Tolerance) -> None:
        self.basis = basis
        self.tolerance = tolerance
        self.had: dict[str, float] = {}
        self.has: dict[str, float] = {}
        self._out: Amounts = defaultdict(lambda: defaultdict(float))
        self._into: Amounts = defaultdict(lambda: defaultdict(float))

    def add(self, old: str, new: str, amount: float) -> None:
        """An amount that a code of the base had, and a code of the list has."""
        self._out[old][new] += amount
        self._into[new][old] += amount

    def amount(self, old: str, new: str) -> float:
        """How much went from one code to the other."""
        return self._out[old].get(new, 0.0) if old in self._out else 0.0

    def out_of(self, code: str) -> dict[str, float]:
        """The parts of a code of the base that went to each code of the list, by code; noise left out."""
        return self._parts(self._out.get(code, {}), self.had.get(code, 0))

    def into(self, code: str) -> dict[str, float]:
        """The parts of a code of the list that came from each code of the base, by code; noise left out."""
        return self._parts(self._into.get(code, {}), self.has.get(code, 0))

    def is_whole(self, part: float) -> bool:
        """Whether a part is all, but for noise."""
        return part >= self.tolerance.most

    def _parts(self, amounts: Mapping[str, float], whole: float) -> dict[str, float]:
        if not whole:
            return {}
        parts = {code: amounts[code] / whole for code in sorted(amounts)}
        return {code: part for code, part in parts.items() if part > self.tolerance.some}


def flows_of_area(before: Iterable[Unit], after: Iterable[Unit]) -> Flows:
    """Square kilometres that units of the base share with units of the list; others are left out."""
    flows = Flows("area", AREA)
    olds = [(unit.code, unit.area) for unit in before if unit.area is not None]
    news = [(unit.code, unit.area) for unit in after if unit.area is not None]
    flows.had.update({code: area.area for code, area in olds})
    flows.has.update({code: area.area for code, area in news})
    tree = shapely.STRtree([area for _, area in news])
    for old, area in olds:
        for index in sorted(tree.query(area, predicate="intersects").tolist()):
            new, other = news[index]
            flows.add(old, new, area.intersection(other).area)
    return flows


def flows_of_units(before: Side, after: Side, kept: Mapping[str, str], level: str) -> Flows:
    """How many of the units right below those of a level went where."""
    flows = Flows("count", COUNT)
    for parent, children in before.children.items():
        if parent in before.units and before.units[parent].level == level:
            flows.had[parent] = len(children)
    for parent, children in after.children.items():
        if parent in after.units and after.units[parent].level == level:
            flows.has[parent] = len(children)
    for parent, children in before.children.items():
        if parent not in flows.had:
            continue
        for child in children:
            new = kept.get(child)
            above = None if new is None else after.units[new].parent
            if above is not None and above in flows.has:
                flows.add(parent, above, 1)
    return flows
