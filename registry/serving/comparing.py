"""Two versions of a referential against each other, whole or page by page."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from referentials.comparing import Comparison, ItemChange, compare, rendering
from referentials.comparing.model import summary_of
from referentials.differing import TooDifferent
from referentials.records import ChangeEvent
from referentials.snapshot import Content
from registry.errors import BadCursor, BadValue, TooLarge, UnknownVersion
from registry.library import Library, Snapshot
from registry.serving.cursors import Cursor, decode, encode, query_mark

MOST_RECORDS = 100_000  # that differ: about ten seconds of work, and what an answer may hold in memory
_KEPT = 4  # comparisons, so that the next page need not begin anew
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions, and what was asked for of their comparison: items of some levels and kinds, events."""

    before: Snapshot
    after: Snapshot
    comparison: Comparison
    items: tuple[ItemChange, ...]
    events: tuple[ChangeEvent, ...]
    withdrawn_events: tuple[ChangeEvent, ...]
    query: str

    @property
    def size(self) -> int:
        """How many items and events there are to page through."""
        return len(self.items) + len(self.events) + len(self.withdrawn_events)


@dataclass(frozen=True, slots=True)
class Format:
    """How a whole comparison is written."""

    media_type: str
    extension: str
    write: Callable[[Compared], Iterator[bytes]]


def compare_versions(
    library: Library,
    referential: str,
    from_version: str | None = None,
    to_version: str | None = None,
    *,
    levels: Sequence[str] = (),
    kinds: Sequence[str] = (),
    most: int | None = MOST_RECORDS,
) -> Compared:
    """Compare two versions; by default the newest one with the one before it.

    `levels` keeps items of these levels and the events that link one of them; `kinds` keeps items that differ
    in one of these kinds, and no events. Raises UnknownReferential, UnknownVersion, BadValue for a level that
    the referential does not have, and TooLarge where more than `most` records differ.
    """
    after = library.snapshot(referential, to_version)
    before = library.snapshot(referential, from_version or _preceding(after))
    known = after.referential.levels
    for level in levels:
        if level not in known:
            raise BadValue("level", level, f"one of {', '.join(known)}")
    try:
        comparison = _compared(before.content, after.content, most)
    except TooDifferent as error:
        raise TooLarge("The comparison", error.most, "records that differ") from error
    return Compared(
        before=before,
        after=after,
        comparison=comparison,
        items=tuple(change for change in comparison.items if _is_kept(change, levels, kinds)),
        events=_kept_events(comparison.events, levels, kinds),
        withdrawn_events=_kept_events(comparison.withdrawn_events, levels, kinds),
        query=query_mark(before.version.content_root, after.version.content_root, levels, kinds),
    )


def page_document(compared: Compared, limit: int | None = None, cursor: str | None = None) -> dict[str, Any]:
    """A page of at most `limit` items and events, items first, as a plain object; all without a limit.

    The summary is of all that was asked for, on every page. Raises BadCursor.
    """
    start = 0 if cursor is None else _start(compared, cursor)
    end = compared.size if limit is None else min(start + limit, compared.size)
    first, second = len(compared.items), len(compared.items) + len(compared.events)
    following = Cursor(compared.after.version.label, compared.after.version.effective_on, end, compared.query)
    return {
        **_head(compared),
        "items": [rendering.item_document(change) for change in compared.items[start:end]],
        "events": [rendering.event_document(event) for event in _slice(compared.events, first, start, end)],
        "withdrawn_events": [
            rendering.event_document(event) for event in _slice(compared.withdrawn_events, second, start, end)
        ],
        "next": encode(following) if end < compared.size else None,
    }


def write_csv(compared: Compared) -> Iterator[bytes]:
    """One row for each field that changed: UTF-8, RFC 4180, no cell that a spreadsheet would run."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(rendering.COLUMNS)
    for row in rendering.rows(compared.items):
        writer.writerow(row)
        if out.tell() >= _PIECE:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def write_text(compared: Compared) -> Iterator[bytes]:
    """The summary, every item and every event in lines for a person."""
    yield from (f"{line}\n".encode() for line in rendering.text(_narrowed(compared)))


WHOLE: Mapping[str, Format] = MappingProxyType(
    {
        "csv": Format("text/csv; charset=utf-8", ".csv", write_csv),
        "text": Format("text/plain; charset=utf-8", ".txt", write_text),
    }
)


@lru_cache(maxsize=_KEPT)
def _compared(before: Content, after: Content, most: int | None) -> Comparison:
    return compare(before, after, most=most)


def _preceding(after: Snapshot) -> str:
    """The label of the version before, which every version but the first has."""
    older = [entry for entry in after.referential.versions if entry.ordinal < after.version.ordinal]
    if not older:
        known = [entry.label for entry in after.referential.versions]
        raise UnknownVersion(after.referential.id, f"before {after.version.label}", known)
    return max(older, key=lambda entry: entry.ordinal).label


def _is_kept(change: ItemChange, levels: Sequence[str], kinds: Sequence[str]) -> bool:
    return (not levels or change.level in levels) and (not kinds or not set(kinds).isdisjoint(change.kinds))


def _kept_events(
    events: Sequence[ChangeEvent], levels: Sequence[str], kinds: Sequence[str]
) -> tuple[ChangeEvent, ...]:
    if kinds:
        return ()
    return tuple(event for event in events if not levels or any(link.level in levels for link in event.links))


def _head(compared: Compared) -> dict[str, Any]:
    before, after = compared.before.version, compared.after.version
    return {
        "referential": after.referential,
        "from_version": before.label,
        "from_content_root": before.content_root,
        "to_version": after.label,
        "to_content_root": after.content_root,
        "summary": summary_of(compared.items),
        "event_counts": _narrowed(compared).event_counts,
    }


def _narrowed(compared: Compared) -> Comparison:
    whole = compared.comparison
    return Comparison(whole.before, whole.after, compared.items, compared.events, compared.withdrawn_events)


def _start(compared: Compared, cursor: str) -> int:
    found = decode(cursor)
    if found.query != compared.query or found.start > compared.size:
        raise BadCursor("The cursor belongs to another query: only `limit` may change from page to page.")
    return found.start


def _slice(events: Sequence[ChangeEvent], offset: int, start: int, end: int) -> Sequence[ChangeEvent]:
    """The events of a page, where they come after `offset` other things."""
    return events[max(0, start - offset) : max(0, end - offset)]
