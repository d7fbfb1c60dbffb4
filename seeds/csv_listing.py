"""Reads a seed folder: items.csv, perhaps with entries.csv beside it, and correspondence.csv."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from referentials.listing import ListedItem
from seeds.csv_rows import CsvRow, read_rows
from seeds.entries import designations_of, read_entries
from seeds.model import RELATIONS, Listing, SeedAssociation, SeedError

_ATTRIBUTE = "attribute:"
_NAME = "name_"


def read_listing(folder: Path) -> Listing:
    """The items of `items.csv`: code, level, parent, `name_<language>` and `attribute:<name>` columns.

    An empty cell says nothing; an item may have a code alone. Raises SeedError with the file, line
    and column.
    """
    return Listing([_item(row) for row in read_rows(folder / "items.csv", ("code", "level", "parent"))], [])


def read_listing_with_entries(folder: Path) -> Listing:
    """The items of `items.csv`, with the texts of `entries.csv` as their designations; raises SeedError."""
    items = read_listing(folder).items
    texts = designations_of(read_entries(folder / "entries.csv", {item.code for item in items}))
    return Listing([replace(item, other_names=texts.get(item.code, ())) for item in items], [])


def read_associations(folder: Path) -> list[SeedAssociation]:
    """The rows of `correspondence.csv`; raises SeedError with the file, the line and the column."""
    columns = ("source", "target", "relation", "share", "basis", "note")
    return [_association(row) for row in read_rows(folder / "correspondence.csv", columns)]


def _item(row: CsvRow) -> ListedItem:
    filled = {column: value for column, value in row.cells.items() if value}
    names = {
        column.removeprefix(_NAME): value for column, value in filled.items() if column.startswith(_NAME)
    }
    return ListedItem(
        code=row.required("code"),
        level=row.required("level"),
        parent=filled.get("parent"),
        names=names,
        attributes={
            column.removeprefix(_ATTRIBUTE): value
            for column, value in filled.items()
            if column.startswith(_ATTRIBUTE)
        },
    )


def _association(row: CsvRow) -> SeedAssociation:
    relation = row.required("relation")
    if relation not in RELATIONS:
        raise SeedError(
            row.where, f"column 'relation' must be one of {', '.join(RELATIONS)}, not {relation!r}"
        )
    return SeedAssociation(
        source=row.required("source"),
        target=row.required("target"),
        relation=relation,
        share=_share(row),
        basis=row.required("basis"),
        note=row.cells["note"] or None,
    )


def _share(row: CsvRow) -> float | None:
    text = row.cells["share"]
    if not text:
        return None
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise SeedError(row.where, f"column 'share' must be a number from 0 to 1, not {text!r}")
    return share
