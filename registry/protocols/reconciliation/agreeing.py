"""Whether an item has what is told of it besides its name, and how probable that makes it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from matching.keys import keys_of
from matching.text import fold
from matching.within import NEAR_ENOUGH
from registry.protocols.reconciliation.properties import (
    CODE,
    LEVEL,
    NAME,
    PARENT,
    Day,
    Entity,
    Value,
    values_of,
)
from registry.protocols.reconciliation.queries import Condition, Wanted
from registry.protocols.reconciliation.service import Service

# How many times as probable a property makes an item that has its value, and one that has another.
_TELLS = {CODE: (20.0, 1 / 20), LEVEL: (5.0, 1 / 5)}
_TELLS_OTHERWISE = (5.0, 1 / 2)
DOUBT = 1e-4
"""Nothing is quite certain or impossible where properties are weighed."""


@dataclass(frozen=True, slots=True)
class Feature:
    """A named part of what a candidate was judged by."""

    id: str
    value: float | bool


@dataclass(frozen=True, slots=True)
class Found:
    """A candidate, by a name of its; `probability` is from 0 to 1."""

    row: int
    code: str
    name: str
    probability: float
    features: tuple[Feature, ...]
    match: bool = False

    @property
    def score(self) -> float:
        """The probability in hundredths, as clients show it."""
        return round(100 * self.probability, 2)


def weighed(probability: float, property: str, agrees: bool) -> float:
    """The probability after a property is known (Bayes' rule, in odds)."""
    likely = _TELLS.get(property, _TELLS_OTHERWISE)[0 if agrees else 1]
    doubtful = min(max(probability, DOUBT), 1 - DOUBT)
    odds = doubtful / (1 - doubtful) * likely
    return odds / (1 + odds)


def agreement(service: Service, found: Found, condition: Condition, *, is_within: bool) -> bool | None:
    """Whether the item has what is told of it; None where nothing is known of it.

    `is_within` where matching has weighed it already. Raises DamagedStore.
    """
    if is_within:
        part = next((each.value for each in found.features if each.id == PARENT), None)
        # A parent that names nothing tells nothing.
        return _compared(service, found, condition) or None if part is None else part >= NEAR_ENOUGH
    return _compared(service, found, condition)


def _compared(service: Service, found: Found, condition: Condition) -> bool | None:
    if condition.property == CODE:
        met = [
            found.code in codes_told(service, replace(condition, values=(one,))) for one in condition.values
        ]
    else:
        values = _known(service, found.row, condition.property)
        if not values and condition.quantifier != "none":
            return None
        met = [any(_same(service, value, one) for value in values) for one in condition.values]
    if condition.quantifier == "none":
        return not any(met)
    return all(met) if condition.quantifier == "all" else any(met)


def _known(service: Service, row: int, property: str) -> list[Value]:
    """The values to compare with: a parent at any height, any name."""
    if property == PARENT:
        above = service.ancestors(row)
        return [Entity(service.store.code(each), service.row_name(each)) for each in above]
    if property == NAME:
        return [name.text for name in service.store.names(row)]
    if property == LEVEL:
        level = service.store.level(row)
        return [level, *service.snapshot.referential.level_names.get(level, {}).values()]
    return values_of(service, row, [property])[property]


def _same(service: Service, value: Value, wanted: Wanted) -> bool:
    if isinstance(value, Entity):
        if value.id in (wanted.id, wanted.text.strip()):
            return True
        row = service.row_of(value.id) if value.referential is None else None
        names = [value.name] if row is None else [name.text for name in service.store.names(row)]
        return any(_alike(name, wanted.text) for name in names)
    if isinstance(value, bool):
        return wanted.text.strip().lower() == str(value).lower()
    if isinstance(value, Day):
        return wanted.text.startswith(value.text)
    if isinstance(value, int | float):
        return wanted.text.strip() in (str(value), f"{value:.1f}")
    return _alike(value, wanted.text)


def _alike(text: str, other: str) -> bool:
    """Whether two texts are spellings of one."""
    if fold(text) == fold(other):
        return True
    key = keys_of(text).key
    return bool(key) and key == keys_of(other).key


def codes_told(service: Service, condition: Condition) -> list[str]:
    """The codes that are told, and of one that ended those that replaced it."""
    codes: list[str] = []
    for value in condition.values:
        code = (value.id or value.text).strip()
        row = service.row_of(code)
        if row is not None:
            codes += [code, *service.store.successors(row)]
    return list(dict.fromkeys(codes))
