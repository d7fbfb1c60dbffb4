"""What the rules look at, and what they say: a list with all that is known of it, and findings about it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal, NamedTuple

from referentials.kinds import Kind
from referentials.listing import ListedChange, ListedItem
from referentials.rules.ground import Ground

_SHOWN_CHARACTERS = 80
_LONGEST_VALUE = 200

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


class Reference(NamedTuple):
    """That items of another referential name a code of the list, perhaps in an attribute."""

    referential: str
    code: str
    attribute: str = ""


@dataclass(frozen=True, slots=True)
class Base:
    """What the list is compared with: the codes of the version before, each with its level.

    `ended` are codes that items had before and no longer have. `effective_on` is when it takes effect.
    """

    levels: Mapping[str, str]
    ended: frozenset[str] = frozenset()
    effective_on: date | None = None


@dataclass(frozen=True)
class CheckedList:
    """What the rules look at: the items, the row each came from, and what their referential says of them.

    `levels` are in order, from the widest to the narrowest. `patterns` are regular expressions that a level's
    whole codes match; what their group `parent` matches is how the parent's code begins. `base` is None for a
    first version; `changes` are the events that lead here from it, `removed` the codes that are said to go.
    `references` are those of other referentials to codes that the list lets go. `effective_on` is when the
    list takes effect.
    """

    items: Sequence[ListedItem]
    rows: Sequence[int | None]
    kind: Kind
    levels: tuple[str, ...]
    languages: tuple[str, ...]
    patterns: Mapping[str, str] = field(default_factory=dict)
    base: Base | None = None
    changes: Sequence[ListedChange] = ()
    removed: Collection[str] = ()
    references: Collection[Reference] = ()
    effective_on: date | None = None

    def numbered(self) -> Iterator[tuple[int | None, ListedItem]]:
        """Each item with the number of its row."""
        return zip(self.rows, self.items, strict=True)

    @cached_property
    def codes(self) -> frozenset[str]:
        """The codes that items have."""
        return frozenset(item.code for item in self.items)

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """Where the item of a code is; without codes that several items have, which mean none of them."""
        times = Counter(item.code for item in self.items)
        return {item.code: at for at, item in enumerate(self.items) if times[item.code] == 1}

    @cached_property
    def parents(self) -> Sequence[int | None]:
        """Where the parent of each item is; None where it has none, or none that can be told."""
        return [None if item.parent is None else self.positions.get(item.parent) for item in self.items]

    @cached_property
    def children(self) -> Mapping[int, Sequence[int]]:
        """Where the children of an item are."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        for at, parent in enumerate(self.parents):
            if parent is not None:
                found[parent].append(at)
        return found

    def parts(self, whole: int, counted: Callable[[int], bool]) -> list[int]:
        """Where the parts of an item are: of each child itself if it counts, else its own parts.

        Empty where that does not lead to the end: a part neither counts nor has parts.
        """
        found: list[int] = []
        seen = {whole}
        waiting = list(self.children.get(whole, ()))
        while waiting:
            at = waiting.pop()
            if counted(at):
                found.append(at)
                continue
            within = self.children.get(at)
            if not within or at in seen:
                return []
            seen.add(at)
            waiting += within
        return found

    @cached_property
    def ground(self) -> Ground:
        """The shapes of the items."""
        return Ground([item.shape for item in self.items])


Rule = Callable[[CheckedList], Iterator[Finding]]


def finding(
    rule: str,
    severity: Severity,
    place: tuple[int | None, ListedItem],
    column: str,
    value: str,
    message: str,
) -> Finding:
    """A finding about an item in its row; a long value is cut."""
    row, item = place
    kept = value if len(value) <= _LONGEST_VALUE else value[:_LONGEST_VALUE] + "…"
    return Finding(rule, severity, row, item.code, column, kept, message)


def shown(text: str) -> str:
    """A value as messages quote it."""
    return repr(text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…")
