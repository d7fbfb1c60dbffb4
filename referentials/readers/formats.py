"""The formats that are read, and how a file's is told: from its content, whatever the file is called."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import orjson

from referentials.readers.addresses import (
    BAL_TITLES,
    OPENADDRESSES_PROPERTIES,
    OPENADDRESSES_TITLES,
    read_bal,
    read_openaddresses,
)
from referentials.readers.delimited import read_delimited
from referentials.readers.features import read_collection, read_lines
from referentials.readers.geopackage import MARK as SQLITE_MARK
from referentials.readers.geopackage import read_geopackage
from referentials.readers.packed import GZIP_MARK, first_bytes
from referentials.readers.source import Source, Wanted
from referentials.readers.workbooks import read_workbook
from referentials.sheets.headers import folded
from referentials.sheets.limits import TableError
from referentials.sheets.workbooks import is_workbook

_SAMPLE = 1 << 16


@dataclass(frozen=True, slots=True)
class Format:
    """A format by its id, what people call it, and what opens it."""

    id: str
    title: str
    read: Callable[[Path, Wanted], Source]


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        format.id: format
        for format in (
            Format("csv", "CSV, or another separator; also .gz", read_delimited),
            Format("workbook", "XLSX, ODS, XLS", read_workbook),
            Format("geojson", "GeoJSON FeatureCollection; also .gz", read_collection),
            Format("geojson-lines", "GeoJSON, one feature on each line; also .gz", read_lines),
            Format("geopackage", "GeoPackage, in WGS 84", read_geopackage),
            Format("bal", "Base Adresse Locale 1.3 or 1.4", read_bal),
            Format("openaddresses", "OpenAddresses, CSV or GeoJSON lines", read_openaddresses),
        )
    }
)


def format_of(path: Path) -> Format:
    """The format of a file, by its first bytes; raises TableError where it is none that is read."""
    head = first_bytes(path, _SAMPLE)
    if not head:
        raise TableError("the file is empty", file=path.name)
    if head.startswith(SQLITE_MARK) or is_workbook(head):
        with path.open("rb") as file:
            if file.read(len(GZIP_MARK)) == GZIP_MARK:
                raise TableError("only texts are read from .gz files: unpack it first", file=path.name)
    if head.startswith(SQLITE_MARK):
        return FORMATS["geopackage"]
    if is_workbook(head):
        return FORMATS["workbook"]
    start = head.removeprefix(codecs.BOM_UTF8).lstrip(b" \t\r\n\x1e")
    if start.startswith(b"{"):
        return FORMATS[_of_json(start)]
    if start.startswith((b"[", b"<")):
        listed = ", ".join(format.title for format in FORMATS.values())
        raise TableError(f"not of a format that is read; these are: {listed}", file=path.name)
    return FORMATS[_of_text(head)]


def format_named(id: str) -> Format:
    """A format by its id; raises TableError with those that there are."""
    if id not in FORMATS:
        raise TableError(f"there is no format {id[:40]!r}; there are {', '.join(FORMATS)}", file="", value=id)
    return FORMATS[id]


def _of_json(start: bytes) -> str:
    """Lines where the first line is a whole feature; a line may be longer than the sample."""
    line, ended, _ = start.partition(b"\n")
    try:
        first = orjson.loads(line)
    except orjson.JSONDecodeError:
        whole = b'"FeatureCollection"' in start[:4096] or bool(ended)
        return "geojson" if whole or b'"Feature"' not in start[:4096] else "geojson-lines"
    if not isinstance(first, dict) or first.get("type") != "Feature":
        return "geojson"
    properties = first.get("properties")
    names = set(properties) if isinstance(properties, dict) else set()
    return "openaddresses" if names >= set(OPENADDRESSES_PROPERTIES) else "geojson-lines"


def _of_text(head: bytes) -> str:
    """By the titles of the first line: those of the two address formats are ASCII in any encoding."""
    line = head.partition(b"\n")[0].replace(b"\0", b"").decode("latin-1").removeprefix("ï»¿")
    titles = {folded(title.strip(' "\r')) for title in line.replace(";", ",").split(",")}
    if titles >= set(BAL_TITLES):
        return "bal"
    return "openaddresses" if titles >= {*OPENADDRESSES_TITLES, "hash"} else "csv"
