"""Where one change event leads an item, forward or backward in time (decision D3)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from referentials.records import ChangeEvent

# These change what is said of an item and leave it the same item, whatever else their links name.
SAME_ITEM = frozenset({"rename", "recode", "reparent", "redefinition", "correction"})
JOINING = frozenset({"merge", "absorption"})
DIVIDING = frozenset({"split", "extraction", "transfer"})
ENDING = frozenset({"abolition", "annulment"})
STARTING = frozenset({"creation"})
RETURNING = frozenset({"reinstatement"})

# (type, forward): the item walked from goes on beside what the links name on the far side.
_GOES_ON = frozenset({("transfer", True), ("transfer", False), ("extraction", True), ("absorption", False)})
# (type, forward): an item on both sides only took in (or only gave away), so that it leads to itself.
_ITS_OWN = frozenset({("absorption", True), ("extraction", False)})


@dataclass(frozen=True, slots=True)
class Destination:
    """An item that an event leads to, with the share of what went in (0..1), None where it is not known."""

    item: UUID
    share: float | None
    share_basis: str | None


def concerns(event: ChangeEvent, item: UUID, forward: bool) -> bool:
    """Whether walking in this direction the event does something to the item."""
    if event.type in ENDING | RETURNING:  # named on one side only, met in both directions
        return any(link.item == item for link in event.links)
    return any(link.item == item for link in (event.sources if forward else event.targets))


def destinations(event: ChangeEvent, item: UUID, forward: bool) -> tuple[Destination, ...]:
    """The items on the far side of an event for an item on its near side; empty where it ends there.

    A share is known where everything goes to one item, and forward from a single source where the event
    states it. Nothing is estimated.
    """
    near, far = (event.sources, event.targets) if forward else (event.targets, event.sources)
    far_items = {link.item: link for link in far}
    walk = (event.type, forward)
    if event.type in SAME_ITEM or (walk in _ITS_OWN and item in far_items):
        return (Destination(item, 1.0, None),)
    reached = list(far_items)
    if walk in _GOES_ON and item not in far_items:
        reached.insert(0, item)
    if len(reached) == 1:
        return (Destination(reached[0], 1.0, None),)
    stated = far_items if forward and len(near) == 1 else {}
    return tuple(
        Destination(found, stated[found].share, stated[found].share_basis)
        if found in stated
        else Destination(found, None, None)
        for found in reached
    )
