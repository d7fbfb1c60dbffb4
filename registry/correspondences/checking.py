"""Checks the codes of a correspondence against the published versions that it names."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from registry.catalogue import CorrespondenceEntry
from registry.correspondences.errors import Fault, UnfitCorrespondence
from registry.history.facts import state_on
from registry.library import Library, Snapshot

Items = Mapping[tuple[str, str], UUID]
"""The item behind a code of a side ("source" or "target"), where its referential is hosted here."""


def items_of(library: Library, entry: CorrespondenceEntry) -> Items:
    """The items that the codes mean in the versions that the correspondence names.

    A side whose referential is not hosted here is a code system kept elsewhere: nothing is checked. Raises
    UnfitCorrespondence with every code that its version does not have, and UnknownVersion.
    """
    sides = (
        ("source", entry.source_referential, entry.source_version),
        ("target", entry.target_referential, entry.target_version),
    )
    found: dict[tuple[str, str], UUID] = {}
    faults: list[Fault] = []
    for side, referential, label in sides:
        if referential not in library.catalogue.referentials:
            continue
        snapshot = library.snapshot(referential, label)
        for code in _codes(entry, side):
            item = _item(snapshot, code)
            if item is None:
                why = f"is no code of {referential} {snapshot.version.label}"
                faults.append(Fault(None, side, code, why))
            else:
                found[side, code] = item
    if faults:
        raise UnfitCorrespondence(entry.id, faults)
    return found


def _codes(entry: CorrespondenceEntry, side: str) -> dict[str, None]:
    members = (
        member
        for each in entry.associations
        for member in (each.sources if side == "source" else each.targets)
    )
    return dict.fromkeys(member.code for member in members)


def _item(snapshot: Snapshot, code: str) -> UUID | None:
    """The item that has the code when the version takes effect, else one that had it or will have it."""
    items = snapshot.items_of_code(code)
    on = snapshot.version.effective_on
    holders = [
        item for item in items if (state := state_on(snapshot.content, item, on)) and state.code == code
    ]
    return next(iter((*holders, *items)), None)
