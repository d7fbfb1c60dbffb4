"""A comparison: the items that differ between two contents, and the change events of the later one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from referentials.canonical import JSON
from referentials.records import ChangeEvent
from referentials.snapshot import ContentHeader

# What can have happened to an item from one content to another, in the order in which it is told.
KINDS: Mapping[str, str] = {
    "added": "only the later version knows the item",
    "removed": "only the earlier version knows the item",
    "ended": "the item goes on in the earlier version and has an end in the later one",
    "recoded": "its code",
    "relevelled": "its level",
    "reparented": "its parent is another item",
    "renamed": "a name",
    "other-names": "another name, or an entry of an index",
    "attributes": "an attribute",
    "figures": "a dated figure",
    "shaped": "it has a shape in only one of the two",
    "moved": "its place: a point or line elsewhere, or an area that no longer touches where it was",
    "reshaped": "its area",
    "validity": "from when, or until when, it is valid, or an earlier state",
}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of an item; None where it had, or has, no value.

    `field` is code, level, parent, valid_from, valid_to, earlier_states, shape, `name.fr`,
    `other_name.alternative.fr`, `attribute.status` or `figure.population.2024-09-01`.
    """

    field: str
    before: JSON
    after: JSON


@dataclass(frozen=True, slots=True)
class ItemChange:
    """An item that differs, by its id: what it was called before and after, and every field that changed.

    `moved_km` is the distance between the representative points, `reshaped_km2` the area that only one of the
    two shapes covers, and `reshaped_share` that area as a part of the earlier shape's.
    """

    item: UUID
    level: str
    code_before: str | None
    code_after: str | None
    names: Mapping[str, str]
    kinds: tuple[str, ...]
    fields: tuple[FieldChange, ...]
    moved_km: float | None = None
    reshaped_km2: float | None = None
    reshaped_share: float | None = None

    @property
    def code(self) -> str:
        """The code of the later version, or the one before where the item is there no more."""
        return self.code_after or self.code_before or ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that differs; items by code, events by date. `before` is None for a first version.

    `events` are those that only the later version states, `withdrawn_events` those that it no longer states.
    """

    before: ContentHeader | None
    after: ContentHeader
    items: tuple[ItemChange, ...]
    events: tuple[ChangeEvent, ...]
    withdrawn_events: tuple[ChangeEvent, ...]

    @property
    def added(self) -> tuple[ItemChange, ...]:
        """The items that only the later version knows."""
        return self._of("added")

    @property
    def removed(self) -> tuple[ItemChange, ...]:
        """The items that only the earlier version knows: it should never have stated them."""
        return self._of("removed")

    @property
    def ended(self) -> tuple[ItemChange, ...]:
        """The items that have an end in the later version."""
        return self._of("ended")

    @property
    def changed(self) -> tuple[ItemChange, ...]:
        """The items that go on, otherwise than before."""
        gone = {"added", "removed", "ended"}
        return tuple(change for change in self.items if gone.isdisjoint(change.kinds))

    @property
    def summary(self) -> dict[str, dict[str, int]]:
        """How many items of each level differ in each kind; `items` counts each of them once."""
        return summary_of(self.items)

    @property
    def event_counts(self) -> dict[str, int]:
        """How many events of each type the later version adds."""
        return dict(sorted(Counter(event.type for event in self.events).items()))

    def _of(self, kind: str) -> tuple[ItemChange, ...]:
        return tuple(change for change in self.items if kind in change.kinds)


def summary_of(items: Iterable[ItemChange]) -> dict[str, dict[str, int]]:
    """Counts by level and kind, levels by name, kinds in the order of `KINDS`."""
    counts: dict[str, Counter[str]] = {}
    for change in items:
        counts.setdefault(change.level, Counter()).update(("items", *change.kinds))
    order = ("items", *KINDS)
    return {
        level: {kind: counts[level][kind] for kind in order if counts[level][kind]}
        for level in sorted(counts)
    }
