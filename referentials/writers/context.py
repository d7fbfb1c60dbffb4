"""What a writer is told about the items it writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from referentials.canonical import JSON

Item = Mapping[str, JSON]
"""An item as the API serves it: code, level, parent, names, attributes, status, valid_from, shape …"""


class NotWritable(ValueError):
    """More than a format can hold; `row` is the row of the sheet, from 1, where it is one row."""

    def __init__(self, problem: str, row: int | None = None) -> None:
        self.problem = problem
        self.row = row
        super().__init__(problem if row is None else f"row {row}: {problem}")


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table that depend on the items: languages and attributes by code point."""

    languages: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    points: bool = False


@dataclass(frozen=True, slots=True)
class Export:
    """Where the items come from: written into the formats that have a place for it.

    `columns` are those of a table; `None` has them surveyed, for which the items are gone through twice.
    """

    referential: str
    version: str
    at: date
    licence: str = ""
    attribution: str = ""
    columns: Columns | None = None

    def head(self) -> dict[str, JSON]:
        """The members before the items in JSON and GeoJSON; licence and attribution where they are given."""
        given = {"licence": self.licence, "attribution": self.attribution}
        return {
            "referential": self.referential,
            "version": self.version,
            "at": self.at.isoformat(),
            **{name: text for name, text in given.items() if text},
        }
