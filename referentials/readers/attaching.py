"""Shapes for items that a content has already: all else of them stays as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from referentials.findings import Finding
from referentials.readers.items import UNREADABLE, ReadRow
from referentials.relisting import codes_of, relist_item
from referentials.snapshot import Content
from referentials.standing_codes import StandingCodes

UNKNOWN_CODES = "unknown_codes"
SHAPE_ROLES = frozenset({"code", "shape", "longitude", "latitude"})


def attached(rows: Iterable[ReadRow], content: Content, level: str | None = None) -> Iterator[ReadRow]:
    """For each row with a code and a shape the content's item with that shape.

    A row without a shape, with a code that no item has, or with one of an item of another level than `level`,
    is a row with a problem.
    """
    standing = StandingCodes(content)
    codes = codes_of(content)
    for row in rows:
        if row.problems or row.item is None:
            yield row
            continue
        known = relist_item(content, standing.item(row.code), codes) if row.code in standing else None
        if known is None:
            yield _refused(
                row, UNKNOWN_CODES, "code", row.code, "no item of the version before has this code"
            )
        elif level is not None and known.level != level:
            problem = f"the item is a {known.level}, not a {level}"
            yield _refused(row, UNKNOWN_CODES, "level", known.level, problem)
        elif row.item.shape is None:
            yield _refused(row, UNREADABLE, "shape", "", "there is no shape")
        else:
            yield replace(row, item=replace(known, shape=row.item.shape))


def _refused(row: ReadRow, rule: str, column: str, value: str, message: str) -> ReadRow:
    finding = Finding(rule, "error", row.row, row.code, column, value, message)
    return replace(row, item=None, problems=(finding,))
