"""Compares two contents: which items differ, and in which fields."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain
from uuid import UUID

import shapely

from referentials.canonical import JSON
from referentials.comparing.measuring import ShapeChange, area_km2, shape_change
from referentials.comparing.model import KINDS, Comparison, FieldChange, ItemChange
from referentials.differing import difference
from referentials.parsing import parse
from referentials.records import ChangeEvent, Designation, Fact, Observation, Record, State
from referentials.snapshot import Content

# The kind that a field, or the first word of it, belongs to.
_KIND_OF_FIELD = {
    "code": "recoded",
    "level": "relevelled",
    "parent": "reparented",
    "name": "renamed",
    "other_name": "other-names",
    "attribute": "attributes",
    "figure": "figures",
    "valid_from": "validity",
    "valid_to": "validity",
    "earlier_states": "validity",
}


def compare(before: Content | None, after: Content, *, most: int | None = None) -> Comparison:
    """What differs from one content to another; against nothing, all is added.

    An item is one item in both by its id, whatever its code; of several states the latest is compared, and
    earlier ones only as periods. A parent differs where it is another item: its new code alone touches no
    child. Raises DamagedSnapshot, and TooDifferent for more than `most` records that differ.
    """
    found = difference(before, after, most=most)
    old, new = _Side(before, map(_fact, found.removed)), _Side(after, map(_fact, found.added))
    touched = old.items | new.items
    changes = (_item_change(item, old, new) for item in touched)
    kept = [change for change in changes if change is not None]
    kept.sort(key=lambda change: (change.code, change.level, str(change.item)))
    return Comparison(
        before=None if before is None else before.header,
        after=after.header,
        items=tuple(kept),
        events=_events(new.events, old.events),
        withdrawn_events=_events(old.events, new.events, restated=False),
    )


class _Side:
    """One of the two contents, and its facts that the other does not state."""

    def __init__(self, content: Content | None, facts: Iterable[Fact]) -> None:
        self.content = content
        self.items: set[UUID] = set()
        self.events: list[ChangeEvent] = []
        self.designations: defaultdict[UUID, list[Designation]] = defaultdict(list)
        self.observations: defaultdict[UUID, list[Observation]] = defaultdict(list)
        self._codes: dict[UUID, str | None] = {}
        for fact in facts:
            if isinstance(fact, ChangeEvent):
                self.events.append(fact)
                continue
            self.items.add(fact.item)
            if isinstance(fact, Designation):
                self.designations[fact.item].append(fact)
            elif isinstance(fact, Observation):
                self.observations[fact.item].append(fact)

    def states(self, item: UUID) -> list[State]:
        """The states of an item, earliest first."""
        return [] if self.content is None else self.content.states_of(item)

    def code(self, item: UUID | None) -> str | None:
        """The code of an item, from its latest state."""
        if item is None:
            return None
        if item not in self._codes:
            states = self.states(item)
            self._codes[item] = states[-1].code if states else None
        return self._codes[item]


def _fact(record: Record) -> Fact:
    return parse(record.payload)


def _events(
    stated: Sequence[ChangeEvent], other: Sequence[ChangeEvent], *, restated: bool = True
) -> tuple[ChangeEvent, ...]:
    """The events by date and type; without those that the other side states otherwise unless `restated`."""
    known = {event.id for event in other}
    kept = [event for event in stated if restated or event.id not in known]
    return tuple(sorted(kept, key=lambda event: (event.effective_on, event.type, _codes_of(event))))


def _codes_of(event: ChangeEvent) -> tuple[list[str], list[str], str]:
    sources, targets = (sorted(link.code for link in links) for links in (event.sources, event.targets))
    return sources, targets, str(event.id)


def _item_change(item: UUID, old: _Side, new: _Side) -> ItemChange | None:
    before, after = old.states(item), new.states(item)
    last = (after or before)[-1] if after or before else None
    if last is None:  # facts about an item that has no state: nothing that could be told by code
        return None
    measured = _measured(before, after)
    fields = tuple(_fields(item, old, new, before, after))
    kinds = _kinds(before, after, fields, measured)
    if not kinds:
        return None
    return ItemChange(
        item=item,
        level=last.level,
        code_before=before[-1].code if before else None,
        code_after=after[-1].code if after else None,
        names=last.names,
        kinds=kinds,
        fields=fields,
        moved_km=None if measured is None else measured.moved_km,
        reshaped_km2=None if measured is None else measured.reshaped_km2,
        reshaped_share=None if measured is None else measured.reshaped_share,
    )


def _measured(before: Sequence[State], after: Sequence[State]) -> ShapeChange | None:
    one, other = (states[-1].shape if states else None for states in (before, after))
    if one is None or other is None or one == other:
        return None
    return shape_change(shapely.from_wkb(one), shapely.from_wkb(other))


def _kinds(
    before: Sequence[State],
    after: Sequence[State],
    fields: Sequence[FieldChange],
    measured: ShapeChange | None,
) -> tuple[str, ...]:
    if not before:
        return ("added",)
    if not after:
        return ("removed",)
    ended = before[-1].valid_to is None and after[-1].valid_to is not None
    told = [change.field.partition(".")[0] for change in fields]
    kinds = {_KIND_OF_FIELD.get(field) for field in told if not (ended and field == "valid_to")}
    if ended:
        kinds.add("ended")
    if (before[-1].shape is None) != (after[-1].shape is None):
        kinds.add("shaped")
    if measured is not None:
        areas = measured.reshaped_km2 is not None
        kinds.add("reshaped" if areas else "moved")
        if areas and measured.apart:
            kinds.add("moved")
    return tuple(kind for kind in KINDS if kind in kinds)


def _fields(
    item: UUID, old: _Side, new: _Side, before: Sequence[State], after: Sequence[State]
) -> Iterable[FieldChange]:
    one, other = _said(old, before), _said(new, after)
    if before and after and before[-1].parent == after[-1].parent:
        one["parent"] = other["parent"]
    named = dict.fromkeys(chain(one, other))
    yield from (
        FieldChange(field, one.get(field), other.get(field))
        for field in named
        if one.get(field) != other.get(field)
    )
    shapes = [states[-1].shape if states else None for states in (before, after)]
    if shapes[0] != shapes[1]:
        yield FieldChange("shape", *map(_shape_said, shapes))
    yield from _earlier_states(before, after)
    yield from _other_names(old.designations[item], new.designations[item])
    yield from _figures(old.observations[item], new.observations[item])


def _said(side: _Side, states: Sequence[State]) -> dict[str, JSON]:
    """The fields of an item's latest state, and the periods of the earlier ones."""
    if not states:
        return {}
    first, last = states[0], states[-1]
    return {
        "code": last.code,
        "level": last.level,
        "parent": side.code(last.parent),
        **{f"name.{language}": last.names[language] for language in sorted(last.names)},
        **{f"attribute.{name}": last.attributes[name] for name in sorted(last.attributes)},
        "valid_from": None if first.valid_from is None else first.valid_from.isoformat(),
        "valid_to": None if last.valid_to is None else last.valid_to.isoformat(),
    }


def _earlier_states(before: Sequence[State], after: Sequence[State]) -> Iterable[FieldChange]:
    """What is said otherwise of earlier times; that the latest state has ended since is no such thing."""
    lost = [state for state in before[:-1] if state not in after]
    succeeded = [replace(state, valid_to=end) for state in before[-1:] for end in _ends(after)]
    known = [*before, *succeeded]
    gained = [state for state in after[:-1] if state not in known]
    if lost or gained:
        said = ([_period(state) for state in states[:-1]] or None for states in (before, after))
        yield FieldChange("earlier_states", *said)


def _ends(states: Sequence[State]) -> set[date | None]:
    return {state.valid_to for state in states[:-1]}


def _period(state: State) -> str:
    start = "…" if state.valid_from is None else state.valid_from.isoformat()
    end = "…" if state.valid_to is None else state.valid_to.isoformat()
    return f"{state.code} [{start}, {end})"


def _shape_said(shape: bytes | None) -> str | None:
    if shape is None:
        return None
    opened = shapely.from_wkb(shape)
    if opened.geom_type == "Point":
        return f"Point ({opened.x} {opened.y})"
    return f"{opened.geom_type}, {shapely.get_num_coordinates(opened)} vertices, {area_km2(opened):.3f} km²"


def _other_names(before: Sequence[Designation], after: Sequence[Designation]) -> Iterable[FieldChange]:
    yield from (FieldChange(_other_name(gone), gone.text, None) for gone in before)
    yield from (FieldChange(_other_name(come), None, come.text) for come in after)


def _other_name(name: Designation) -> str:
    return f"other_name.{name.use}.{name.language or name.script}"


def _figures(before: Sequence[Observation], after: Sequence[Observation]) -> Iterable[FieldChange]:
    one = {(seen.measure, seen.observed_on): seen for seen in before}
    other = {(seen.measure, seen.observed_on): seen for seen in after}
    for measure, day in sorted({*one, *other}):
        was, now = one.get((measure, day)), other.get((measure, day))
        whole = was is not None and now is not None and was.value == now.value
        yield FieldChange(f"figure.{measure}.{day}", _figure_said(was, whole), _figure_said(now, whole))


def _figure_said(seen: Observation | None, whole: bool) -> JSON:
    """The figure; where it is the same and only what is said of it differs, `whole` says that too."""
    if seen is None:
        return None
    return f"{seen.value} {seen.unit} ({seen.source})" if whole else seen.value
