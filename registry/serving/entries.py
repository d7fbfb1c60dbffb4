"""The index of one code: the texts that lead to it, and those that it is not for, with their sources."""

from __future__ import annotations

from dataclasses import dataclass

from referentials.kinds import LONGEST_CODE
from referentials.records import Designation
from registry.errors import UnknownCode
from registry.library import Snapshot
from registry.serving.moments import Moment

USES = ("entry", "exclusion")


@dataclass(frozen=True, slots=True)
class IndexOf:
    """The entries and exclusions of the state that answers for a code, by language and text."""

    code: str
    status: str
    entries: tuple[Designation, ...]
    exclusions: tuple[Designation, ...]


def index_of(snapshot: Snapshot, code: str, at: Moment) -> IndexOf:
    """What leads to a code on a day, and away from it. Raises UnknownCode."""
    found = snapshot.store.find(code, at.number)
    if found is None:
        nearest = snapshot.store.nearest_codes(code[:LONGEST_CODE])
        raise UnknownCode(snapshot.referential.id, code, snapshot.version.label, nearest)
    known = snapshot.content.designations_of(snapshot.item_of(found.row))
    told = sorted(
        (each for each in known if each.use in USES and _holds(each, at)),
        key=lambda each: (each.language or "", each.text),
    )
    entries, exclusions = (tuple(each for each in told if each.use == use) for use in USES)
    return IndexOf(code, found.status, entries, exclusions)


def _holds(designation: Designation, at: Moment) -> bool:
    start, end = designation.valid_from, designation.valid_to
    return (start is None or start <= at.day) and (end is None or at.day < end)
