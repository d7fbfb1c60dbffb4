"""Rules about values: attributes of their types, figures stated once, parts that make up the whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from math import isfinite

from referentials.canonical import JSON
from referentials.kinds import AttributeType
from referentials.rules.checked import CheckedList, Finding, finding, shown

# Measures of which a whole has as much as its parts together.
SUMMED = frozenset({"area_km2", "dwellings", "households", "population"})
_INEXACT = "holds a number that is not finite, or an integer beyond 2**53"
_ROUNDING = 1e-6  # of the whole, where figures have fractions

_TYPES: Mapping[AttributeType, tuple[type, ...]] = {
    "text": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "object": (dict,),
}


def misfit_attributes(checked: CheckedList) -> Iterator[Finding]:
    """An attribute is one that the kind knows, of its type; numbers are exact in any reader (error)."""
    types = checked.kind.attributes
    for place in checked.numbered():
        for name, value in place[1].attributes.items():
            column = f"attribute_{name}"
            if not _exact(value):
                yield finding("misfit_attributes", "error", place, column, str(value), _INEXACT)
            elif types is None:
                continue
            elif name not in types:
                known = ", ".join(sorted(types))
                problem = f"items of the kind {checked.kind.id} have no attribute {name!r}; there are {known}"
                yield finding("misfit_attributes", "error", place, column, str(value), problem)
            elif value is not None and not _is(value, types[name]):
                problem = f"{shown(str(value))} is not of the type {types[name]}"
                yield finding("misfit_attributes", "error", place, column, str(value), problem)


def unfit_observations(checked: CheckedList) -> Iterator[Finding]:
    """A figure is a finite number that any reader keeps (error)."""
    for place in checked.numbered():
        for seen in place[1].observations:
            if not _exact(seen.value):
                column = _column(seen.measure, seen.observed_on)
                yield finding("unfit_observations", "error", place, column, str(seen.value), _INEXACT)


def repeated_figures(checked: CheckedList) -> Iterator[Finding]:
    """A figure of an item is stated once for a measure and a day (error)."""
    for place in checked.numbered():
        first: dict[tuple[str, date], int | float] = {}
        for seen in place[1].observations if len(place[1].observations) > 1 else ():
            key = (seen.measure, seen.observed_on)
            if key in first:
                problem = f"the figure is stated twice: {first[key]} and {seen.value}"
                yield finding("repeated_figures", "error", place, _column(*key), str(seen.value), problem)
            else:
                first[key] = seen.value


def parts_unlike_whole(checked: CheckedList) -> Iterator[Finding]:
    """The figures of all parts of an item add up to its own, for the same measure and day (warning).

    A part without the figure counts as its own parts do; where one has none, nothing can be said.
    """
    figures: defaultdict[tuple[str, date], dict[int, int | float]] = defaultdict(dict)
    for at, item in enumerate(checked.items):
        for seen in item.observations:
            if seen.measure in SUMMED and _exact(seen.value):
                figures[seen.measure, seen.observed_on].setdefault(at, seen.value)
    for key, known in figures.items():
        for at, whole in known.items():
            parts = checked.parts(at, known.__contains__)
            total = sum(known[part] for part in parts)
            if parts and abs(total - whole) > _ROUNDING * abs(whole):
                problem = f"the parts have {_number(total)} together, the whole has {_number(whole)}"
                place = (checked.rows[at], checked.items[at])
                yield finding("parts_unlike_whole", "warning", place, _column(*key), str(whole), problem)


def _column(measure: str, day: date) -> str:
    return f"{measure} on {day}"


def _number(value: int | float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.6g}"


def _is(value: JSON, type_name: AttributeType) -> bool:
    if isinstance(value, bool):
        return type_name == "boolean"
    return isinstance(value, _TYPES[type_name])


def _exact(value: JSON) -> bool:
    """Whether all numbers in a value are finite, and integers small enough for any reader (RFC 7493, 2.2)."""
    if isinstance(value, float):
        return isfinite(value)
    if isinstance(value, int):
        return abs(value) < 2**53
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return all(map(_exact, inner))
