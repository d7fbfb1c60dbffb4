"""From a version's content to the rows that are looked up, listed and matched: what can be searched.

An item state becomes one row, or several where its parent's code changes while it holds, so that each row is
rendered once, for all of its days.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import groupby
from operator import itemgetter
from uuid import UUID

import orjson

from matching.layout import day_of
from matching.store import OPEN_END, UNKNOWN_START, Name, Row
from matching.text import script_of
from referentials.canonical import JSON
from referentials.events import EVENTS
from referentials.records import ChangeEvent
from referentials.shapes import bounds_of, simplified
from referentials.snapshot import Content


@cache  # a referential has few days
def day_number(iso: str) -> int:
    """Days from 1970-01-01 to an ISO date."""
    return day_of(date.fromisoformat(iso))


@dataclass(slots=True)
class _Ends:
    """What a code was replaced by or came from, by (item, code, day)."""

    successors: defaultdict[tuple[str, str, str], list[dict[str, JSON]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    predecessors: defaultdict[tuple[str, str, str], list[dict[str, JSON]]] = field(
        default_factory=lambda: defaultdict(list)
    )


@dataclass(frozen=True, slots=True)
class Portion:
    """The items of a content from one id up to, not including, another; to the end where that is None."""

    content: Content
    low: bytes = b""
    high: bytes | None = None

    def payloads(self, family: str) -> Iterator[bytes]:
        """The canonical bytes of a family's records about these items, in order."""
        return self.content.payloads_between(family, self.low, self.high)


def rows_of(portion: Portion) -> Iterator[Row]:
    """The rows of a portion: its item states, and, at the end, the codes that a correction withdrew."""
    timelines = _parent_timelines(portion)
    ends = _ends(portion.content.events())
    designations = _Alongside(portion.payloads("designation"))
    observations = _Alongside(portion.payloads("observation"))
    states = map(orjson.loads, portion.payloads("state"))
    for item, item_states in groupby(states, key=itemgetter("item")):
        others, seen = designations.of(item), observations.of(item)
        for state in item_states:
            yield from _rows_of_state(state, timelines, ends, others, seen)
    if portion.high is None:
        yield from _invalid_rows(portion.content)


class _Alongside:
    """The records about each item of a stream that is sorted by item, taken in step with another one."""

    def __init__(self, payloads: Iterator[bytes]) -> None:
        facts = (orjson.loads(payload) for payload in payloads)
        self._groups = groupby(facts, key=itemgetter("item"))
        self._next = next(self._groups, None)

    def of(self, item: str) -> list[dict[str, JSON]]:
        """The records about an item; items are asked for in ascending order."""
        while self._next is not None and self._next[0] < item:
            self._next = next(self._groups, None)
        if self._next is None or self._next[0] != item:
            return []
        facts = list(self._next[1])
        self._next = next(self._groups, None)
        return facts


def _parent_timelines(portion: Portion) -> Mapping[str, list[tuple[int, int, str]]]:
    """For every item that is a parent here: its periods with the code that it had, earliest first."""
    parents: set[bytes] = set()
    for payload in portion.payloads("state"):
        # Only dates and hexadecimal digits come after a state's parent, so that no text passes for it. Where
        # there is none, an attribute or a name may pass for one: that costs a timeline nobody asks for.
        start = payload.rfind(b',"parent":"') + 11
        if start > 10:
            parents.add(payload[start : start + 36])
    timelines: defaultdict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for payload in portion.content.payloads_about("state", _items(parents)):
        state = orjson.loads(payload)
        timelines[state["item"]].append((*_period(state), state["code"]))
    return timelines


def _items(texts: Iterable[bytes]) -> Iterator[UUID]:
    """The ids among texts, some of which may be something else."""
    for text in texts:
        with suppress(ValueError):
            yield UUID(text.decode())


def _period(state: Mapping[str, JSON]) -> tuple[int, int]:
    start, end = state.get("valid_from"), state.get("valid_to")
    return (
        UNKNOWN_START if start is None else day_number(start),
        OPEN_END if end is None else day_number(end),
    )


def _ends(events: Sequence[ChangeEvent]) -> _Ends:
    ends = _Ends()
    for event in events:
        day = event.effective_on.isoformat()
        for source in event.sources if EVENTS[event.type].descends else ():
            for target in event.targets:
                if (source.item, source.code) == (target.item, target.code):
                    continue
                if EVENTS[event.type].succeeds:
                    link = {"code": target.code, "event": event.type, "effective_on": day}
                    ends.successors[str(source.item), source.code, day].append(link)
                link = {"code": source.code, "event": event.type, "effective_on": day}
                ends.predecessors[str(target.item), target.code, day].append(link)
    return ends


def _rows_of_state(
    state: Mapping[str, JSON],
    timelines: Mapping[str, list[tuple[int, int, str]]],
    ends: _Ends,
    designations: Sequence[Mapping[str, JSON]],
    observations: Sequence[Mapping[str, JSON]],
) -> Iterator[Row]:
    item, code = state["item"], state["code"]
    successors = ends.successors.get((item, code, state.get("valid_to", "")), ())
    predecessors = ends.predecessors.get((item, code, state.get("valid_from", "")), ())
    start, end = _period(state)
    others = [other for other in designations if _overlaps(other, start, end)] if designations else []
    shape = bytes.fromhex(state["shape"]) if "shape" in state else None
    names, importance = _names(state, others), _importance(state, observations)
    bounds = None if shape is None else bounds_of(shape)
    simple = None if shape is None else simplified(shape)
    replaced_by = tuple(link["code"] for link in successors)
    for first, last, parent in _pieces(start, end, timelines.get(state.get("parent", ""), ())):
        yield Row(
            code=code,
            level=state["level"],
            parent=parent,
            valid_from=first,
            valid_to=last,
            rendered=_rendered(state, parent, others, observations, successors, predecessors),
            names=names,
            importance=importance,
            bbox=bounds,
            shape=shape,
            simplified=simple,
            successors=replaced_by,
        )


def _names(state: Mapping[str, JSON], others: Sequence[Mapping[str, JSON]]) -> tuple[Name, ...]:
    names = [
        Name(text, language, script_of(text), "preferred")
        for language, text in state.get("names", {}).items()
    ]
    for other in others:
        names.append(Name(other["text"], other.get("language"), other["script"], other["use"]))
    return tuple(names)


def _pieces(
    start: int, end: int, timeline: Sequence[tuple[int, int, str]]
) -> list[tuple[int, int, str | None]]:
    """The parts of `[start, end)` during which the parent had one code; None where it had none."""
    if len(timeline) == 1 and timeline[0][0] <= start and timeline[0][1] >= end:
        return [(start, end, timeline[0][2])]  # nearly always
    position = start
    pieces: list[tuple[int, int, str | None]] = []
    for first, last, code in timeline:
        if last <= position or first >= end:
            continue
        if first > position:
            pieces.append((position, first, None))
            position = first
        until = min(last, end)
        pieces.append((position, until, code))
        position = until
    if position < end:
        pieces.append((position, end, None))
    return pieces


def _overlaps(fact: Mapping[str, JSON], start: int, end: int) -> bool:
    first, last = _period(fact)
    return first < end and last > start


def _rendered(
    state: Mapping[str, JSON],
    parent: str | None,
    others: Sequence[Mapping[str, JSON]],
    observations: Sequence[Mapping[str, JSON]],
    successors: Sequence[Mapping[str, JSON]],
    predecessors: Sequence[Mapping[str, JSON]],
) -> bytes:
    """An item as it is served; entries and exclusions of an index are not other names."""
    return orjson.dumps(
        {
            "code": state["code"],
            "level": state["level"],
            "parent": parent,
            "item": state["item"],
            "names": state.get("names", {}),
            "other_names": [
                {"text": other["text"], "language": other.get("language"), "script": other["script"]}
                for other in others
                if other["use"] == "alternative"
            ],
            "attributes": state.get("attributes", {}),
            "observations": [
                {key: seen[key] for key in ("measure", "observed_on", "value", "unit", "source")}
                for seen in observations
            ],
            "valid_from": state.get("valid_from"),
            "valid_to": state.get("valid_to"),
            "successors": successors,
            "predecessors": predecessors,
        }
    )


def _importance(state: Mapping[str, JSON], observations: Sequence[Mapping[str, JSON]]) -> float:
    """The logarithm of the latest population: of two places of a name, people mostly mean the larger one."""
    population = state.get("attributes", {}).get("population", 0)
    for seen in observations:  # in order of date
        if seen["measure"] == "population":
            population = seen["value"]
    return math.log1p(max(0, population)) if isinstance(population, int | float) else 0.0


def _invalid_rows(content: Content) -> Iterator[Row]:
    """One row for every code that a correction or an annulment says was never right."""
    for event in content.events():
        for source in event.sources if EVENTS[event.type].withdraws else ():
            if any(state.code == source.code for state in content.states_of(source.item)):
                continue
            right = tuple(target.code for target in event.targets)
            day = event.effective_on.isoformat()
            never = {"code": source.code, "level": source.level, "item": str(source.item)}
            successors = [{"code": code, "event": event.type, "effective_on": day} for code in right]
            yield Row(
                code=source.code,
                level=source.level,
                parent=None,
                valid_from=UNKNOWN_START,
                valid_to=OPEN_END,
                rendered=_rendered(never, None, (), (), successors, ()),
                names=(),
                successors=right,
                invalid=True,
            )
