"""Exports: the items of a version in a format that other programs read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Any

from matching.store import DamagedStore
from referentials import writers
from registry.library import Snapshot
from registry.serving.listing import Filters, select
from registry.serving.moments import Moment
from registry.serving.rendering import item_bytes, read_item


class ExportedItems:
    """The selected items of a version, read anew each time they are gone through."""

    def __init__(self, snapshot: Snapshot, at: Moment, filters: Filters, *, only_points: bool) -> None:
        self._store = snapshot.store
        self._day = at.number
        self._filters = filters
        self._only_points = only_points
        self._rows: list[int] = select(snapshot, at, filters).tolist()

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for row in self._rows:
            head = f'"status":"{self._store.status(row, self._day)}"'
            shape = "full" if self._only_points and self._is_point(row) else self._filters.shape
            body = item_bytes(self._store, row, head, self._filters.language, shape)
            try:
                yield read_item(body)
            except (ValueError, RecursionError) as error:
                raise DamagedStore(self._store.folder / "rendered", f"row {row}: {error}") from error

    def _is_point(self, row: int) -> bool:
        bounds = self._store.bbox(row)
        return bounds is not None and bounds[:2] == bounds[2:]


def export(
    snapshot: Snapshot, format: str, at: Moment, filters: Filters, *, licensed: bool = True
) -> Iterator[bytes]:
    """The items that the filters keep, in a format of `referentials.writers`, piece by piece.

    GeoJSON has full shapes unless `filters.shape` says otherwise, JSON those asked for, tables points only.
    `licensed` writes licence and attribution where the format has a place for them: they belong to the
    referential and may change, so that bytes that never change are without them. What cannot be written is
    known before the first piece is given out: raises UnknownFormat, NotWritable and BadValue for a level or a
    code that the version does not have.
    """
    writer = writers.writer(format)
    if format == "geojson" and filters.shape is None:
        filters = replace(filters, shape="full")
    items = ExportedItems(snapshot, at, filters, only_points=not writer.shapes)
    referential, version = snapshot.referential, snapshot.version
    provenance = writers.Export(referential.id, version.label, at.day)
    if licensed:
        provenance = replace(provenance, licence=referential.licence, attribution=referential.attribution)
    pieces = writer.stream(items, provenance)
    first = next(pieces, b"")
    return chain((first,), pieces)
