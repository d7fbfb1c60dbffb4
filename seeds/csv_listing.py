"""Reads a seed folder: items.csv (one row per item) and correspondence.csv (one row per association)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from referentials.listing import ListedItem
from seeds.model import RELATIONS, Listing, SeedAssociation, SeedError

_ATTRIBUTE = "attribute:"
_NAME = "name_"


@dataclass(frozen=True, slots=True)
class _Row:
    where: str
    cells: dict[str, str]

    def required(self, column: str) -> str:
        value = self.cells[column]
        if not value:
            raise SeedError(self.where, f"column {column!r} is empty")
        return value


def read_listing(folder: Path) -> Listing:
    """The items of `items.csv`: code, level, parent, `name_<language>` and `attribute:<name>` columns.

    An empty cell says nothing; an item may have a code alone. Raises SeedError with the file, line
    and column.
    """
    return Listing([_item(row) for row in _rows(folder / "items.csv", ("code", "level", "parent"))], [])


def read_associations(folder: Path) -> list[SeedAssociation]:
    """The rows of `correspondence.csv`; raises SeedError with the file, the line and the column."""
    columns = ("source", "target", "relation", "share", "basis", "note")
    return [_association(row) for row in _rows(folder / "correspondence.csv", columns)]


def _item(row: _Row) -> ListedItem:
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


def _association(row: _Row) -> SeedAssociation:
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


def _share(row: _Row) -> float | None:
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


def _rows(path: Path, required: tuple[str, ...]) -> Iterator[_Row]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file, strict=True)
            lines = [(reader.line_num, cells) for cells in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SeedError(str(path), f"cannot be read: {error}") from error
    header = lines[0][1] if lines else []
    missing = [column for column in required if column not in header]
    if missing:
        raise SeedError(str(path), f"has no column {missing[0]!r}; its header is {','.join(header)!r}")
    for number, cells in lines[1:]:
        where = f"{path}, line {number}"
        if len(cells) != len(header):
            raise SeedError(where, f"has {len(cells)} cells where the header has {len(header)}")
        yield _Row(where, {column: cell.strip() for column, cell in zip(header, cells, strict=True)})
