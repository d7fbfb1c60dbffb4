"""Items as rows of a table, for CSV and XLSX alike."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from referentials.canonical import JSON
from referentials.writers.context import Columns, Export, Item

FIXED = ("code", "level", "parent", "status", "valid_from", "valid_to")
POINT = ("longitude", "latitude")

Cell = str | int | float | None


def survey(items: Iterable[Item]) -> Columns:
    """The columns that these items need, from one pass over them."""
    languages: set[str] = set()
    attributes: set[str] = set()
    points = False
    for item in items:
        languages.update(item.get("names", ()))
        attributes.update(item.get("attributes", ()))
        points = points or _point(item) is not None
    return Columns(tuple(sorted(languages)), tuple(sorted(attributes)), points)


def columns_of(items: Iterable[Item], export: Export) -> Columns:
    """The columns that the export states, else those that the items need.

    Raises TypeError for an iterator without stated columns: the survey would leave nothing to write.
    """
    if export.columns is not None:
        return export.columns
    if isinstance(items, Iterator):
        raise TypeError("items that can be gone through only once need Export.columns")
    return survey(items)


def header(columns: Columns) -> list[str]:
    """The titles of the table."""
    return [
        *FIXED,
        *(f"name_{language}" for language in columns.languages),
        *(f"attribute_{name}" for name in columns.attributes),
        *(POINT if columns.points else ()),
    ]


def row(item: Item, columns: Columns) -> list[Cell]:
    """The cells of an item under the header; what it does not have is `None`."""
    names, attributes = item.get("names", {}), item.get("attributes", {})
    cells: list[Cell] = [item.get(title) for title in FIXED]
    cells += [names.get(language) for language in columns.languages]
    cells += [_cell(attributes.get(name)) for name in columns.attributes]
    if columns.points:
        cells += _point(item) or (None, None)
    return cells


def _cell(value: JSON) -> Cell:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, str | int | float):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _point(item: Item) -> tuple[float, float] | None:
    shape = item.get("shape")
    if not shape or shape["type"] != "Point":
        return None
    longitude, latitude = shape["coordinates"][:2]
    return longitude, latitude
