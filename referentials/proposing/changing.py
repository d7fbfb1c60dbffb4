"""What became of units that stayed: another name, another parent, another meaning."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from referentials.listing import ListedLink
from referentials.proposing.dividing import Propose
from referentials.proposing.model import ProposedChange, Side, Unit

_SEEN = 0.95  # the lists say it; that it is no correction is for a person to say
_REDRAWN = 0.5
_LEAST_REDRAWN = 0.02  # of the area before


def changes_of_stayers(
    before: Side, after: Side, stays: Mapping[str, str], redrawn: Collection[str], propose: Propose
) -> Iterator[ProposedChange]:
    """Rename, reparent and redefinition of each unit that stayed, by code.

    `redrawn` are codes before whose shapes other events explain. A name in a language that the unit had none
    in, and a first shape, are no events; nor is, for a unit with a new code, an attribute that the list does
    not state.
    """
    for code in sorted(stays):
        one, other = before.units[code], after.units[stays[code]]
        for kind, sure, reason in _changes(one, other, stays, redrawn):
            yield propose(kind, (ListedLink(one.code),), (ListedLink(other.code),), sure, reason)


def _changes(
    one: Unit, other: Unit, stays: Mapping[str, str], redrawn: Collection[str]
) -> Iterator[tuple[str, float, str]]:
    renamed = [
        f"{language}: {one.names[language]} → {other.names[language]}"
        for language in sorted(one.names.keys() & other.names.keys())
        if one.names[language] != other.names[language]
    ]
    if renamed:
        yield "rename", _SEEN, f"the name is written otherwise ({'; '.join(renamed)})"
    if not _same_parent(one, other, stays):
        yield "reparent", _SEEN, f"its parent was {one.parent or 'none'} and is {other.parent or 'none'}"
    redefined = [f"its level was {one.level} and is {other.level}"] if one.level != other.level else []
    redefined += [
        f"its {name} was {one.attributes.get(name)!r} and is {other.attributes.get(name)!r}"
        for name in sorted(
            other.attributes.keys() | (one.attributes.keys() if one.code == other.code else ())
        )
        if one.attributes.get(name) != other.attributes.get(name)
    ]
    if redefined:
        yield "redefinition", _SEEN, "; ".join(redefined)
    elif one.code not in redrawn:
        part = _redrawn(one, other)
        if part >= _LEAST_REDRAWN:
            yield "redefinition", _REDRAWN, f"its area changed by {part:.1%}, and no other unit explains it"


def _same_parent(one: Unit, other: Unit, stays: Mapping[str, str]) -> bool:
    if one.parent is None:
        return other.parent is None
    return stays.get(one.parent) == other.parent


def _redrawn(one: Unit, other: Unit) -> float:
    """The area that only one of the two shapes covers, as a part of the area before."""
    if one.area is None or other.area is None or one.shape == other.shape:
        return 0.0
    return float(one.area.symmetric_difference(other.area).area / one.area.area)
