"""Items as JSON: the bytes that were rendered when the version was compiled, wrapped and narrowed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import shapely

from matching.store import DamagedStore, Store
from registry.serving.languages import in_language

# What readers of an item go by: these must be there, and be of these types.
_MEMBERS: Mapping[str, type] = MappingProxyType(
    {"code": str, "level": str, "names": dict, "other_names": list, "attributes": dict}
)
SHAPES = ("simplified", "full")


def narrowed(rendered: bytes, language: str) -> bytes:
    """An item with the names of one language: the one asked for, else one that stands in for it.

    `language` of the result says which one was used, null where the item has no name at all.
    """
    item = read_item(rendered)
    item["names"], used = in_language(item["names"], language)
    item["other_names"] = [name for name in item["other_names"] if name["language"] == used]
    item["language"] = used
    return json.dumps(item, ensure_ascii=False, separators=(",", ":")).encode()


def read_item(rendered: bytes) -> dict[str, Any]:
    """An item as it was rendered, as a plain object; raises ValueError for what is none."""
    item = json.loads(rendered)
    if not isinstance(item, dict) or any(type(item.get(name)) is not kind for name, kind in _MEMBERS.items()):
        raise ValueError(f"no item: {rendered[:120]!r}")
    return item


def with_shape(rendered: bytes, store: Store, row: int, detail: str) -> bytes:
    """An item with its shape as GeoJSON (RFC 7946), null where it has none; `detail` is one of `SHAPES`."""
    wkb = store.shape(row, detail == "simplified")
    geojson = "null" if wkb is None else shapely.to_geojson(shapely.from_wkb(wkb))
    return b'%b,"shape":%b}' % (rendered[:-1], geojson.encode())


def item_bytes(store: Store, row: int, head: str, language: str | None, shape: str | None) -> bytes:
    """One item: `head` (members of its JSON object, without braces) before what was rendered.

    Raises DamagedStore where something has to be read for it that cannot be.
    """
    rendered = store.rendered(row)
    try:
        if language is not None:
            rendered = narrowed(rendered, language)
        if shape is not None:
            rendered = with_shape(rendered, store, row, shape)
    except (ValueError, LookupError, TypeError, RecursionError, shapely.errors.ShapelyError) as error:
        raise DamagedStore(store.folder / "rendered", f"row {row} cannot be read ({error})") from error
    return b"{%b,%b" % (head.encode(), rendered[1:])
