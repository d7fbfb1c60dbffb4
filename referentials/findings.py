"""What is wrong with a list of items: each rule is one named function over the whole list.

All rules run and all their findings are reported at once, so that a person corrects a file in one go.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import isfinite
from typing import Literal

import numpy as np
import shapely

from referentials.canonical import JSON
from referentials.kinds import LONGEST_CODE, AttributeType, Kind
from referentials.listing import ListedItem
from referentials.shapes import shape_problem

LIMIT = 1_000
LONGEST_NAME = 1_000
_SHOWN_IN_MESSAGE = 10
_SHOWN_CHARACTERS = 80

# Marks, embeddings, overrides and isolates (Unicode Bidirectional Algorithm, UAX 9): they make a text
# read otherwise than it is. Joiners (U+200C, U+200D) are spelling, and stay.
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNREADABLE = frozenset("\ufeff\ufffd")
_FORMULA_SIGNS = ("=", "@", "+", "-")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?%?")

_INEXACT = "holds a number that is not finite, or an integer beyond 2**53"

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: by which rule, in which row (from 1), code and column, with which value."""

    rule: str
    severity: Severity
    row: int | None
    code: str
    column: str
    value: str
    message: str

    def __str__(self) -> str:
        """The finding as a line that a person can act on."""
        places = (
            ("" if self.row is None else f"row {self.row}"),
            (f"code {self.code}" if self.code else ""),
            (f"column {self.column}" if self.column else ""),
        )
        return f"{', '.join(place for place in places if place) or 'list'}: {self.message}"


class InvalidItems(ValueError):
    """A list with errors; `findings` are all of them, the message shows the first."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        shown = "\n".join(f"  {finding}" for finding in self.findings[:_SHOWN_IN_MESSAGE])
        more = len(self.findings) - _SHOWN_IN_MESSAGE
        rest = f"\n  and {more:,} more" if more > 0 else ""
        super().__init__(f"{len(self.findings):,} errors in the list:\n{shown}{rest}")


@dataclass(frozen=True, slots=True)
class CheckedList:
    """What the rules look at: the items, the row each came from, and what their referential says of them."""

    items: Sequence[ListedItem]
    rows: Sequence[int]
    kind: Kind
    levels: frozenset[str]
    languages: tuple[str, ...]

    def numbered(self) -> Iterator[tuple[int, ListedItem]]:
        """Each item with the number of its row."""
        return zip(self.rows, self.items, strict=True)


Rule = Callable[[CheckedList], Iterator[Finding]]


def check(
    items: Sequence[ListedItem],
    kind: Kind,
    levels: Iterable[str],
    languages: Iterable[str],
    *,
    rows: Sequence[int] | None = None,
    limit: int = LIMIT,
) -> list[Finding]:
    """All findings about a list, in order of row: at most `limit`, errors before warnings where that cuts.

    `rows` are the numbers of the rows that the items came from; without them, items count from 1.
    """
    numbers = range(1, len(items) + 1) if rows is None else rows
    checked = CheckedList(items, numbers, kind, frozenset(levels), tuple(languages))
    found = [finding for rule in RULES for finding in islice(rule(checked), limit)]
    found.sort(key=lambda finding: finding.severity)
    return sorted(found[:limit], key=lambda finding: finding.row or 0)


def raise_on_errors(findings: Iterable[Finding]) -> None:
    """Raises InvalidItems where a finding is an error; warnings pass."""
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise InvalidItems(errors)


def empty_list(checked: CheckedList) -> Iterator[Finding]:
    """A list says something."""
    if not checked.items:
        yield Finding("empty_list", "error", None, "", "", "", "the list has no items")


def duplicate_codes(checked: CheckedList) -> Iterator[Finding]:
    """A code has one owner at a moment."""
    first: dict[str, int] = {}
    for row, item in checked.numbered():
        earlier = first.setdefault(item.code, row)
        if earlier != row and item.code:
            yield _error(
                "duplicate_codes",
                row,
                item,
                "code",
                item.code,
                f"the code {item.code!r} is in row {earlier} too",
            )


def malformed_codes(checked: CheckedList) -> Iterator[Finding]:
    """A code is there, is short, and looks as codes of its kind do."""
    pattern = re.compile(checked.kind.code_pattern)
    for row, item in checked.numbered():
        if not item.code.strip():
            yield _error("malformed_codes", row, item, "code", item.code, "the code is blank")
        elif len(item.code) > LONGEST_CODE:
            problem = f"the code has {len(item.code)} characters; at most {LONGEST_CODE} are allowed"
            yield _error("malformed_codes", row, item, "code", item.code, problem)
        elif not pattern.fullmatch(item.code):
            problem = f"{_shown(item.code)} does not look like a code of the kind {checked.kind.id}"
            yield _error("malformed_codes", row, item, "code", item.code, problem)


def unknown_parents(checked: CheckedList) -> Iterator[Finding]:
    """A parent is an item of the same list."""
    codes = {item.code for item in checked.items}
    for row, item in checked.numbered():
        if item.parent is not None and item.parent not in codes:
            problem = f"the parent {_shown(item.parent)} is not in the list"
            yield _error("unknown_parents", row, item, "parent", item.parent, problem)


def cycles(checked: CheckedList) -> Iterator[Finding]:
    """No item lies within itself."""
    parents = {item.code: item.parent for item in checked.items}
    rows = {item.code: (row, item) for row, item in checked.numbered()}
    settled: set[str] = set()
    for start in parents:
        path: dict[str, None] = {}
        code: str | None = start
        while code is not None and code in parents and code not in settled and code not in path:
            path[code] = None
            code = parents[code]
        if code is not None and code in path:
            ring = list(path)[list(path).index(code) :]
            row, item = rows[code]
            problem = f"the parents go round in a circle: {' → '.join([*ring, code])}"
            yield _error("cycles", row, item, "parent", item.parent or "", problem)
        settled.update(path)


def unknown_levels(checked: CheckedList) -> Iterator[Finding]:
    """A level is one of the referential's."""
    for row, item in checked.numbered():
        if item.level not in checked.levels:
            known = ", ".join(sorted(checked.levels))
            problem = f"{_shown(item.level)} is not a level of the referential; there are {known}"
            yield _error("unknown_levels", row, item, "level", item.level, problem)


def missing_names(checked: CheckedList) -> Iterator[Finding]:
    """An item has a name in each of the referential's languages; a list may be published without."""
    for row, item in checked.numbered():
        for language in checked.languages:
            if not item.names.get(language, "").strip():
                column = f"name_{language}"
                problem = f"there is no name in the language {language!r}"
                yield Finding("missing_names", "warning", row, item.code, column, "", problem)


def overlong_names(checked: CheckedList) -> Iterator[Finding]:
    """A name is a name, not a text."""
    for row, item in checked.numbered():
        for column, text in _names(item):
            if len(text) > LONGEST_NAME:
                problem = f"the name has {len(text):,} characters; at most {LONGEST_NAME:,} are allowed"
                yield _error("overlong_names", row, item, column, text, problem)


def deceptive_characters(checked: CheckedList) -> Iterator[Finding]:
    """A text reads as it is: no control characters, no direction controls, no trace of a wrong encoding."""
    for row, item in checked.numbered():
        for column, text in _texts(item):
            if text.isascii() and text.isprintable():
                continue
            for char in text:
                if char in _BIDI or char in _UNREADABLE or unicodedata.category(char) in ("Cc", "Cs"):
                    name = unicodedata.name(char, "a control character")
                    problem = f"holds U+{ord(char):04X} ({name})"
                    yield _error("deceptive_characters", row, item, column, text, problem)
                    break


def formula_like_text(checked: CheckedList) -> Iterator[Finding]:
    """A text that is no number does not start as a formula does, for a spreadsheet would run it."""
    for row, item in checked.numbered():
        for column, text in _texts(item):
            start = text.lstrip()
            if start.startswith(_FORMULA_SIGNS) and not _NUMBER.fullmatch(start.rstrip()):
                problem = (
                    f"{_shown(text)} starts with {start[0]!r}; a spreadsheet would take it for a formula"
                )
                yield _error("formula_like_text", row, item, column, text, problem)


def misfit_attributes(checked: CheckedList) -> Iterator[Finding]:
    """An attribute is one that the kind knows, with a value of its type; numbers are exact in any reader."""
    types = checked.kind.attributes
    for row, item in checked.numbered():
        for name, value in item.attributes.items():
            column = f"attribute_{name}"
            if not _exact(value):
                yield _error("misfit_attributes", row, item, column, _shown(str(value)), _INEXACT)
            elif types is None:
                continue
            elif name not in types:
                known = ", ".join(sorted(types))
                problem = f"items of the kind {checked.kind.id} have no attribute {name!r}; there are {known}"
                yield _error("misfit_attributes", row, item, column, str(value), problem)
            elif value is not None and not _is(value, types[name]):
                problem = f"{_shown(str(value))} is not of the type {types[name]}"
                yield _error("misfit_attributes", row, item, column, str(value), problem)


def unfit_observations(checked: CheckedList) -> Iterator[Finding]:
    """A figure is a finite number, stated once for a measure and a day."""
    for row, item in checked.numbered():
        seen = set()
        for observation in item.observations:
            column = f"{observation.measure} on {observation.observed_on}"
            if not _exact(observation.value):
                yield _error("unfit_observations", row, item, column, str(observation.value), _INEXACT)
            if (observation.measure, observation.observed_on) in seen:
                problem = "the figure is stated twice"
                yield _error("unfit_observations", row, item, column, str(observation.value), problem)
            seen.add((observation.measure, observation.observed_on))


def invalid_shapes(checked: CheckedList) -> Iterator[Finding]:
    """A shape is not empty, does not cross itself, and lies on the Earth."""
    placed = [(row, item) for row, item in checked.numbered() if item.shape is not None]
    shapes = np.array([item.shape for _, item in placed], dtype=object)
    for at in np.flatnonzero(_suspect(shapes)) if placed else ():
        row, item = placed[at]
        problem = None if item.shape is None else shape_problem(item.shape)
        if problem is not None:
            yield _error("invalid_shapes", row, item, "shape", "", problem)


RULES: tuple[Rule, ...] = (
    empty_list,
    duplicate_codes,
    malformed_codes,
    unknown_parents,
    cycles,
    unknown_levels,
    missing_names,
    overlong_names,
    deceptive_characters,
    formula_like_text,
    misfit_attributes,
    unfit_observations,
    invalid_shapes,
)

_TYPES: Mapping[AttributeType, tuple[type, ...]] = {
    "text": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "object": (dict,),
}


def _suspect(shapes: np.ndarray) -> np.ndarray:
    """Which shapes need a closer look: a million points are passed in a second."""
    bounds = shapely.bounds(shapes)
    outside = ~(np.abs(bounds) <= np.array([180, 90, 180, 90])).all(axis=1)  # NaN is outside, too
    suspect: np.ndarray = outside | shapely.is_empty(shapes) | ~shapely.is_valid(shapes)
    return suspect


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


def _names(item: ListedItem) -> Iterator[tuple[str, str]]:
    for language, text in item.names.items():
        yield f"name_{language}", text
    for other in item.other_names:
        yield "other_names", other.text


def _texts(item: ListedItem) -> Iterator[tuple[str, str]]:
    yield "code", item.code
    yield from _names(item)
    for name, value in item.attributes.items():
        if isinstance(value, str):
            yield f"attribute_{name}", value


def _error(rule: str, row: int, item: ListedItem, column: str, value: str, problem: str) -> Finding:
    return Finding(rule, "error", row, item.code, column, value, problem)


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…")
