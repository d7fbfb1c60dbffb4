"""GeoJSON (RFC 7946): a feature per item, with its code as id and a null geometry where it has no shape."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

import shapely

from referentials.canonical import JSON
from referentials.writers.context import Export, Item
from referentials.writers.json_text import dumps, wrapped


def stream_geojson(items: Iterable[Item], export: Export) -> Iterator[bytes]:
    """One FeatureCollection; where it comes from stands in members of its own, as section 6.1 allows."""
    head = {"type": "FeatureCollection", **export.head()}
    return wrapped(head, "features", (_feature(item) for item in items), {})


def _feature(item: Item) -> str:
    properties = {name: value for name, value in item.items() if name != "shape"}
    feature = dumps({"type": "Feature", "id": item["code"], "properties": properties})
    return f'{feature[:-1]},"geometry":{_geometry(item.get("shape"))}}}'


def _geometry(shape: JSON) -> str:
    """The geometry with outer rings counterclockwise, as section 3.1.6 has them."""
    if shape is None or not shape["type"].endswith("Polygon"):
        return dumps(shape)
    oriented = shapely.orient_polygons(shapely.from_geojson(json.dumps(shape)))
    return str(shapely.to_geojson(oriented))
