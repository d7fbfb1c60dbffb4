"""What is compared, and what is proposed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

import shapely
from shapely.geometry.base import BaseGeometry

from referentials.canonical import JSON
from referentials.comparing.measuring import equal_area
from referentials.listing import ListedChange, ListedItem
from referentials.records import Observation, State
from referentials.snapshot import Content

Figures = Mapping[tuple[str, date], int | float]


@dataclass(frozen=True, slots=True)
class ProposedChange:
    """A change event that would explain a difference, how sure that is (0..1), and why, as a sentence."""

    change: ListedChange
    confidence: float
    reason: str


@dataclass(frozen=True)
class Unit:
    """An item as either side has it; `figures` are its observations by measure and day."""

    code: str
    level: str
    parent: str | None
    names: Mapping[str, str]
    attributes: Mapping[str, JSON]
    shape: BaseGeometry | None
    figures: Figures

    @cached_property
    def area(self) -> BaseGeometry | None:
        """The shape in kilometres, areas kept; None where it is no area."""
        if self.shape is None or self.shape.area == 0:
            return None
        return equal_area(self.shape)


class Side:
    """The units of the base, or those of the list, by code."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self.units = {unit.code: unit for unit in units}
        self.children: defaultdict[str, list[str]] = defaultdict(list)
        for code in sorted(self.units):
            parent = self.units[code].parent
            if parent is not None:
                self.children[parent].append(code)

    def ancestors(self, code: str) -> Iterator[str]:
        """The codes above a code, nearest first; a list in which codes go round in a circle is cut."""
        seen = {code}
        above = self.units[code].parent
        while above is not None and above in self.units and above not in seen:
            yield above
            seen.add(above)
            above = self.units[above].parent


def units_of_base(base: Content) -> tuple[list[Unit], list[Unit]]:
    """The items of a content that go on, and those that have ended, as they were last."""
    figures: defaultdict[UUID, dict[tuple[str, date], int | float]] = defaultdict(dict)
    for fact in base.facts("observation"):
        if isinstance(fact, Observation):
            figures[fact.item][fact.measure, fact.observed_on] = fact.value
    # An item's states come earliest first: the last one stays.
    last = {fact.item: fact for fact in base.facts("state") if isinstance(fact, State)}
    standing: list[Unit] = []
    former: list[Unit] = []
    for item, state in last.items():
        parent = None if state.parent is None else last.get(state.parent)
        unit = Unit(
            code=state.code,
            level=state.level,
            parent=None if parent is None else parent.code,
            names=state.names,
            attributes=state.attributes,
            shape=None if state.shape is None else shapely.from_wkb(state.shape),
            figures=figures.get(item, {}),
        )
        (standing if state.valid_to is None else former).append(unit)
    return standing, former


def units_of_list(items: Iterable[ListedItem]) -> Iterator[Unit]:
    """The items of a list; what cannot be a shape, as validation will say, is none."""
    for item in items:
        usable = item.shape is not None and not item.shape.is_empty and item.shape.is_valid
        yield Unit(
            code=item.code,
            level=item.level,
            parent=item.parent,
            names=item.names,
            attributes=item.attributes,
            shape=item.shape if usable else None,
            figures={(seen.measure, seen.observed_on): seen.value for seen in item.observations},
        )
