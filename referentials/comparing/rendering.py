"""A comparison as a document, as rows of a table, and as text that a person reads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict

from referentials.canonical import JSON
from referentials.comparing.model import Comparison, ItemChange, summary_of
from referentials.formulas import inert
from referentials.records import ChangeEvent, ChangeLink

COLUMNS = ("level", "code_before", "code_after", "name", "kinds", "field", "before", "after")
_NAMES_FIRST = ("fr", "ar", "en")


def item_document(change: ItemChange) -> dict[str, JSON]:
    """One item as a plain object."""
    document = asdict(change)
    return {
        **document,
        "item": str(change.item),
        "names": dict(change.names),
        "kinds": list(change.kinds),
        "fields": [asdict(field) for field in change.fields],
    }


def event_document(event: ChangeEvent) -> dict[str, JSON]:
    """One change event as a plain object, by codes."""
    return {
        "id": str(event.id),
        "type": event.type,
        "effective_on": event.effective_on.isoformat(),
        "sources": [_link_document(link) for link in event.sources],
        "targets": [_link_document(link) for link in event.targets],
        "basis": event.basis,
        "note": event.note,
    }


def document(comparison: Comparison, items: Iterable[ItemChange] | None = None) -> dict[str, JSON]:
    """The comparison as a plain object, with all its items or with these; the summary is of the same."""
    chosen = comparison.items if items is None else tuple(items)
    before = comparison.before
    return {
        "referential": comparison.after.referential,
        "from_version": None if before is None else before.label,
        "to_version": comparison.after.label,
        "summary": summary_of(chosen),
        "event_counts": comparison.event_counts,
        "items": [item_document(change) for change in chosen],
        "events": [event_document(event) for event in comparison.events],
        "withdrawn_events": [event_document(event) for event in comparison.withdrawn_events],
    }


def rows(items: Iterable[ItemChange]) -> Iterator[tuple[str | int | float | None, ...]]:
    """One row under `COLUMNS` for each field that changed; what a spreadsheet would run is quoted (`'`)."""
    for change in items:
        head = (change.level, change.code_before, change.code_after, _name(change.names))
        safe_head = tuple(map(_cell, head))
        for field in change.fields or ():
            yield (
                *safe_head,
                " ".join(change.kinds),
                _cell(field.field),
                _cell(field.before),
                _cell(field.after),
            )


def text(comparison: Comparison, items: Iterable[ItemChange] | None = None) -> Iterator[str]:
    """Lines without their ends: the summary, then every item with its fields, then the events."""
    chosen = comparison.items if items is None else tuple(items)
    yield _title(comparison)
    yield ""
    yield from _summary(summary_of(chosen))
    yield from (line for change in chosen for line in _item_lines(change))
    for title, events in (
        ("Change events", comparison.events),
        ("Change events that are no longer stated", comparison.withdrawn_events),
    ):
        if events:
            yield ""
            yield title
            yield from map(_event_line, events)


def _title(comparison: Comparison) -> str:
    before, after = comparison.before, comparison.after
    start = "nothing" if before is None else f"{before.label} ({before.effective_on})"
    return f"{after.referential}: from {start} to {after.label} ({after.effective_on})"


def _summary(counts: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    if not counts:
        yield "No item differs."
    for level, by_kind in counts.items():
        told = ", ".join(f"{count:,} {kind}" for kind, count in by_kind.items() if kind != "items")
        yield f"{level}: {by_kind['items']:,} ({told})"


def _item_lines(change: ItemChange) -> Iterator[str]:
    codes = dict.fromkeys(code for code in (change.code_before, change.code_after) if code)
    yield ""
    yield f"{' → '.join(codes)}  {_name(change.names)}  [{change.level}: {', '.join(change.kinds)}]"
    for field in change.fields:
        if not (change.kinds[0] in ("added", "removed") and field.field in ("code", "level")):
            yield f"  {field.field}: {_value(field.before)} → {_value(field.after)}"
    if change.moved_km:
        yield f"  moved by {change.moved_km:,.3f} km"
    if change.reshaped_km2 is not None and change.reshaped_share is not None:
        yield f"  area of difference {change.reshaped_km2:,.3f} km² ({change.reshaped_share:.2%} of the area)"


def _event_line(event: ChangeEvent) -> str:
    sources, targets = (" + ".join(map(_link_said, links)) for links in (event.sources, event.targets))
    return f"  {event.effective_on} {event.type}: {sources or 'nothing'} → {targets or 'nothing'}"


def _link_said(link: ChangeLink) -> str:
    return link.code if link.share is None else f"{link.code} ({link.share:.0%})"


def _link_document(link: ChangeLink) -> dict[str, JSON]:
    return {"code": link.code, "level": link.level, "share": link.share, "share_basis": link.share_basis}


def _name(names: Mapping[str, str]) -> str:
    order = (*_NAMES_FIRST, *sorted(names))
    return next((names[language] for language in order if language in names), "")


def _value(value: JSON) -> str:
    if value is None:
        return "—"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _cell(value: JSON) -> str | int | float | None:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    return inert(_value(value))
