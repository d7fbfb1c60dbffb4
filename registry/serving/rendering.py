"""Items as JSON: the bytes that were rendered when the version was compiled, wrapped and narrowed."""

from __future__ import annotations

import json
from collections.abc import Sequence

import shapely

from matching.store import Store

# Where the wanted language has no name, these are tried, then any other in order of its tag.
FALLBACK = ("fr", "ar", "en")
SHAPES = ("simplified", "full")


def narrowed(rendered: bytes, language: str) -> bytes:
    """An item with the names of one language: the one asked for, else the first of `FALLBACK` that there is.

    `language` of the result says which one was used, null where the item has no name at all.
    """
    item = json.loads(rendered)
    names = item["names"]
    used = used_language(list(names), language)
    item["names"] = {} if used is None else {used: names[used]}
    item["other_names"] = [name for name in item["other_names"] if name["language"] == used]
    item["language"] = used
    return json.dumps(item, ensure_ascii=False, separators=(",", ":")).encode()


def used_language(available: Sequence[str], wanted: str) -> str | None:
    """Which of the available languages answers a wish; None where there is none."""
    order = (wanted, *FALLBACK, *sorted(available))
    return next((language for language in order if language in available), None)


def with_shape(rendered: bytes, store: Store, row: int, detail: str) -> bytes:
    """An item with its shape as GeoJSON (RFC 7946), null where it has none; `detail` is one of `SHAPES`."""
    wkb = store.shape(row, detail == "simplified")
    geojson = "null" if wkb is None else shapely.to_geojson(shapely.from_wkb(wkb))
    return b'%b,"shape":%b}' % (rendered[:-1], geojson.encode())


def item_bytes(store: Store, row: int, head: str, language: str | None, shape: str | None) -> bytes:
    """One item: `head` (members of its JSON object, without braces) before what was rendered."""
    rendered = store.rendered(row)
    if language is not None:
        rendered = narrowed(rendered, language)
    if shape is not None:
        rendered = with_shape(rendered, store, row, shape)
    return b"{%b,%b" % (head.encode(), rendered[1:])
