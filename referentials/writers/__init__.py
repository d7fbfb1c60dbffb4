"""Writes items in the formats that are exported; `WRITERS` says which there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import BinaryIO

from referentials.writers.context import Columns, Export, Item, NotWritable
from referentials.writers.csv_text import stream_csv
from referentials.writers.geojson import stream_geojson
from referentials.writers.json_text import stream_json
from referentials.writers.tabular import survey
from referentials.writers.xlsx import stream_xlsx

__all__ = [
    "WRITERS",
    "Columns",
    "Export",
    "Item",
    "NotWritable",
    "UnknownFormat",
    "Writer",
    "stream",
    "survey",
    "write",
    "writer",
]


@dataclass(frozen=True, slots=True)
class Writer:
    """How a format is written and announced; `shapes` says whether it has a place for any shape."""

    format: str
    media_type: str
    stream: Callable[[Iterable[Item], Export], Iterator[bytes]]
    shapes: bool

    @property
    def extension(self) -> str:
        """What a file of the format is called at its end."""
        return f".{self.format}"


class UnknownFormat(ValueError):
    """No writer has this format; `known` are those there are."""

    def __init__(self, format: str) -> None:
        self.format = format
        self.known = tuple(WRITERS)
        super().__init__(f"there is no export format {format!r}; there are {', '.join(self.known)}")


_WRITERS = (
    Writer("csv", "text/csv; charset=utf-8", stream_csv, shapes=False),
    Writer("json", "application/json", stream_json, shapes=True),
    Writer("geojson", "application/geo+json", stream_geojson, shapes=True),
    Writer(
        "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", stream_xlsx, shapes=False
    ),
)

WRITERS: Mapping[str, Writer] = MappingProxyType({writer.format: writer for writer in _WRITERS})


def writer(format: str) -> Writer:
    """The writer of a format; raises UnknownFormat."""
    try:
        return WRITERS[format]
    except KeyError:
        raise UnknownFormat(format) from None


def stream(format: str, items: Iterable[Item], export: Export) -> Iterator[bytes]:
    """The items in a format, piece by piece, the same bytes for the same items.

    Raises UnknownFormat, and NotWritable for what the format cannot hold.
    """
    return writer(format).stream(items, export)


def write(format: str, items: Iterable[Item], out: BinaryIO, export: Export) -> None:
    """The items in a format, into an open file."""
    for chunk in stream(format, items, export):
        out.write(chunk)
