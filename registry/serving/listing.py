"""Lists of items: filters, pages and their JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely

from matching.store import CodeFilter, Store
from matching.suggesting import suggest
from registry.errors import BadCursor, BadValue
from registry.library import Library, Snapshot
from registry.serving.cursors import Cursor, decode, encode, query_mark
from registry.serving.moments import Moment, moment, moment_of, require_recorded
from registry.serving.rendering import item_bytes

STATUSES = ("announced", "valid", "superseded", "retired", "invalid")
DEFAULT_LIMIT = 100
MOST = 1000
_NOWHERE = (np.nan,) * 4
RANKED = 1000  # `q` keeps that many best names, in the order of their score


@dataclass(frozen=True, slots=True)
class Filters:
    """Which items a list has, and how it shows them. `bbox` is west, south, east, north in degrees.

    `containing` is a longitude and a latitude in the shape. `parent` keeps direct children, `under` all
    descendants; `q` keeps the best matches of a text, best first.
    """

    statuses: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    parent: str | None = None
    under: str | None = None
    codes: CodeFilter | None = None
    bbox: tuple[float, float, float, float] | None = None
    containing: tuple[float, float] | None = None
    q: str | None = None
    language: str | None = None
    shape: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list: items as rendered JSON, `next` is the cursor of the next page, None on the last."""

    version: str
    at: str
    language: str | None
    items: tuple[bytes, ...]
    next: str | None

    def json(self) -> bytes:
        """The page as UTF-8 JSON."""
        tail: dict[str, str | None] = {"next": self.next, "version": self.version, "at": self.at}
        if self.language is not None:
            tail["language"] = self.language
        return b'{"items":[%b],%b' % (b",".join(self.items), json.dumps(tail).encode()[1:])


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that was asked for: the snapshot and day it is read from, its filters, and where it goes on."""

    snapshot: Snapshot
    at: Moment
    filters: Filters
    start: int
    query: str


def open_listing(
    library: Library,
    referential: str,
    filters: Filters,
    *,
    version: str | None = None,
    at: str | None = None,
    cursor: str | None = None,
    today: date,
) -> Listing:
    """Find what a list is read from: a cursor's own version and day, else those asked for.

    `at` is an ISO date or "today". Raises UnknownReferential, UnknownVersion, BadValue, BeforeRecords and
    BadCursor.
    """
    query = query_mark(referential, version, at, filters)
    if cursor is None:
        snapshot = library.snapshot(referential, version)
        chosen = moment_of(snapshot, at, versioned=version is not None, today=today)
        return Listing(snapshot, chosen, filters, 0, query)
    found = decode(cursor)
    if found.query != query:
        raise BadCursor("The cursor belongs to another query: only `limit` may change from page to page.")
    snapshot = library.snapshot(referential, found.version)
    require_recorded(snapshot, found.at)
    return Listing(snapshot, moment(found.at), filters, found.start, query)


def read_page(listing: Listing, limit: int = DEFAULT_LIMIT) -> Page:
    """One page of at most `limit` items; raises BadValue for a filter that the referential does not have."""
    store = listing.snapshot.store
    rows, following = _rows(listing, limit)
    filters, day = listing.filters, listing.at.number
    items = tuple(
        item_bytes(store, row, f'"status":"{store.status(row, day)}"', filters.language, filters.shape)
        for row in rows
    )
    version = listing.snapshot.version.label
    cursor = None if following is None else encode(Cursor(version, listing.at.day, following, listing.query))
    return Page(version, listing.at.text, filters.language, items, cursor)


def require_levels(snapshot: Snapshot, levels: Sequence[str]) -> None:
    """Raise BadValue for a level that the referential does not have."""
    known = snapshot.store.levels
    for level in levels:
        if level not in known:
            raise BadValue("level", level, f"one of {', '.join(known)}")


def require_filters(snapshot: Snapshot, filters: Filters) -> None:
    """Raise BadValue for a level or a code that the version does not have."""
    require_levels(snapshot, filters.levels)
    _require_code(snapshot, "parent", filters.parent)
    _require_code(snapshot, "under", filters.under)


def _require_code(snapshot: Snapshot, name: str, code: str | None) -> None:
    if code is not None and not snapshot.store.rows_of(code):
        nearest = snapshot.store.nearest_codes(code)
        known = f"a code of {snapshot.referential.id} {snapshot.version.label}"
        raise BadValue(name, code, f"{known}, such as {', '.join(nearest)}" if nearest else known)


def _rows(listing: Listing, limit: int) -> tuple[list[int], int | None]:
    """The rows of a page, and where the next one starts: a row number, or a rank where `q` ranks."""
    selected = select(listing.snapshot, listing.at, listing.filters)
    if listing.filters.q is None:
        first = int(np.searchsorted(selected, listing.start))
        page = selected[first : first + limit + 1].tolist()
        return page[:limit], page[limit] if len(page) > limit else None
    ranked = _ranked(listing, selected)
    page = ranked[listing.start : listing.start + limit]
    following = listing.start + limit
    return page, following if following < len(ranked) else None


def select(snapshot: Snapshot, at: Moment, filters: Filters) -> np.ndarray:
    """The rows that the filters keep (all but `q`), in the order of codes.

    Raises BadValue for a level or a code that the version does not have.
    """
    require_filters(snapshot, filters)
    rows = snapshot.store.select(
        at=at.number,
        level=filters.levels,
        parent=filters.parent,
        under=filters.under,
        codes=filters.codes,
        status=filters.statuses,
        bbox=filters.bbox,
    )
    return rows if filters.containing is None else _containing(snapshot.store, rows, *filters.containing)


def _containing(store: Store, rows: np.ndarray, longitude: float, latitude: float) -> np.ndarray:
    """The rows in whose shape a point lies, or on whose border."""
    boxes = np.array([store.bbox(row) or _NOWHERE for row in rows.tolist()], float).reshape(-1, 4)
    around = (boxes[:, :2] <= (longitude, latitude)).all(axis=1) & (
        boxes[:, 2:] >= (longitude, latitude)
    ).all(axis=1)
    near = rows[around]
    shapes = shapely.from_wkb([store.shape(row, simplified=False) for row in near.tolist()])
    kept: np.ndarray = near[shapely.covers(shapes, shapely.Point(longitude, latitude))]
    return kept


def _ranked(listing: Listing, selected: np.ndarray) -> list[int]:
    """The selected rows that `q` finds, best first."""
    filters, store = listing.filters, listing.snapshot.store
    narrow = (
        filters.statuses
        or filters.parent
        or filters.under
        or filters.codes
        or filters.bbox
        or filters.containing
    )
    best = suggest(
        store,
        filters.q or "",
        at=listing.at.number,
        levels=filters.levels,
        limit=RANKED,
        among=selected if narrow else None,  # otherwise what is valid is what is suggested
    )
    return [candidate.row for candidate in best]
