"""The part of a unit that went to another, and by what it is told: people, else area, else a count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from referentials.listing import ListedLink
from referentials.proposing.flows import Flows
from referentials.proposing.model import Side

POPULATION = "population"
_DECIMALS = 6


class Shares:
    """Tells parts of units of the base; `kept` is code before → code after."""

    def __init__(self, before: Side, after: Side, kept: Mapping[str, str], flows: Flows) -> None:
        self.before = before
        self.after = after
        self.kept = kept
        self.flows = flows

    def of_targets(self, source: str, targets: Sequence[str]) -> tuple[ListedLink, ...]:
        """Links to what a unit was divided into, each with its part of the unit."""
        return tuple(self._link(target, source, target, targets) for target in targets)

    def of_sources(self, sources: Sequence[str], target: str) -> tuple[ListedLink, ...]:
        """Links to units that gave a part to another, each with the part of itself that it gave."""
        return tuple(self._link(source, source, target, ()) for source in sources)

    def _link(self, code: str, source: str, target: str, all_targets: Sequence[str]) -> ListedLink:
        found = (
            self._of_people_below(source, target)
            or self._of_people(source, target, all_targets)
            or self._of_amount(source, target)
        )
        return ListedLink(code) if found is None else ListedLink(code, round(found[0], _DECIMALS), found[1])

    def _of_people_below(self, source: str, target: str) -> tuple[float, str] | None:
        """By the people of the units below, of which each went to one side."""
        if self.flows.basis == "area":
            return None
        children = self.before.children.get(source, [])
        day = _common_day([self._people_days(self.before, child) for child in children])
        if day is None:
            return None
        people = {child: self.before.units[child].figures[POPULATION, day] for child in children}
        total = sum(people.values())
        went = sum(people[child] for child in children if self._parent_now(child) == target)
        return (went / total, f"population of {day}") if total > 0 else None

    def _of_people(self, source: str, target: str, targets: Sequence[str]) -> tuple[float, str] | None:
        """By the people of the parts, counted on the same day as those of the whole, or as each other."""
        parts = [self._people_days(self.after, part) for part in targets or (target,)]
        day = _common_day(parts if targets else [*parts, self._people_days(self.before, source)])
        if day is None or (self.flows.basis != "area" and not targets):
            return None
        figure = self.after.units[target].figures[POPULATION, day]
        if targets:
            whole = sum(self.after.units[part].figures[POPULATION, day] for part in targets)
        else:
            whole = self.before.units[source].figures[POPULATION, day]
        return (figure / whole, f"population of {day}") if 0 < figure <= whole else None

    def _of_amount(self, source: str, target: str) -> tuple[float, str] | None:
        had, went = self.flows.had.get(source, 0), self.flows.amount(source, target)
        if not had or not went:
            return None
        if self.flows.basis == "area":
            return min(1.0, went / had), "area"
        return went / had, f"count of units below: {went:.0f} of {had:.0f}"

    def _parent_now(self, child: str) -> str | None:
        now = self.kept.get(child)
        return None if now is None else self.after.units[now].parent

    @staticmethod
    def _people_days(side: Side, code: str) -> set[date]:
        return {day for measure, day in side.units[code].figures if measure == POPULATION}


def _common_day(days: Sequence[set[date]]) -> date | None:
    """The latest day on which all were counted."""
    return max(set.intersection(*days), default=None) if days else None
