"""GeoJSON features, in a collection or one on each line, as rows under titles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import orjson

from referentials.canonical import JSON
from referentials.readers.collection import collected_features
from referentials.readers.geometries import UnfitShape, from_geojson
from referentials.readers.packed import open_bytes
from referentials.readers.source import GEOMETRY, Source, SourceRow, Wanted
from referentials.sheets.limits import MIB, TableError, TableTooLarge

ID = "feature id"  # the title of a feature's own id, which is not one of its properties
_SAMPLED = 200
_LONGEST_LINE = 64 * MIB
_RECORD_SEPARATOR = b"\x1e"  # RFC 8142


def read_collection(path: Path, wanted: Wanted) -> Source:
    """The features of a FeatureCollection (RFC 7946), streamed; raises TableError and TableTooLarge."""
    return _source(path, wanted, map(_row_of_value, collected_features(path)))


def read_lines(path: Path, wanted: Wanted) -> Source:
    """The features of a text with one GeoJSON feature on each line; a malformed line is a row's problem."""
    return _source(path, wanted, _lines(path))


@dataclass(frozen=True, slots=True)
class _Feature:
    number: int
    properties: Mapping[str, JSON]
    geometry: JSON = None
    problem: str | None = None


def _source(path: Path, wanted: Wanted, features: Iterator[_Feature]) -> Source:
    if wanted.sheet is not None:
        raise TableError("a GeoJSON file has no layers", file=path.name, sheet=wanted.sheet)
    first = list(islice(features, _SAMPLED))
    if not first:
        raise TableError("there are no features in the file", file=path.name)
    titles = (*dict.fromkeys(title for feature in first for title in feature.properties), GEOMETRY)
    return Source(path.name, titles, _rows(chain(first, features), titles))


def _rows(features: Iterator[_Feature], titles: Sequence[str]) -> Iterator[SourceRow]:
    for feature in features:
        values = tuple(map(feature.properties.get, titles))
        if feature.problem is not None:
            yield SourceRow(feature.number, values, problem=feature.problem)
            continue
        try:
            yield SourceRow(feature.number, values, from_geojson(feature.geometry))
        except UnfitShape as error:
            yield SourceRow(feature.number, values, problem=str(error))


def _lines(path: Path) -> Iterator[_Feature]:
    with open_bytes(path) as stream:
        number = 0
        while line := stream.readline(_LONGEST_LINE):
            number += 1
            if len(line) == _LONGEST_LINE:
                problem = f"a line of {_LONGEST_LINE:,} bytes or more"
                raise TableTooLarge(problem, file=path.name, row=number)
            line = line.strip(b"\xef\xbb\xbf \t\r\n" + _RECORD_SEPARATOR)
            if line:
                yield _of_line(number, line)


def _of_line(number: int, line: bytes) -> _Feature:
    try:
        return _row_of_value((number, orjson.loads(line)))
    except (orjson.JSONDecodeError, RecursionError) as error:
        return _Feature(number, {}, problem=f"the line is not JSON ({error})")


def _row_of_value(numbered: tuple[int, JSON]) -> _Feature:
    number, value = numbered
    if not isinstance(value, Mapping) or value.get("type") != "Feature":
        return _Feature(number, {}, problem="not a GeoJSON feature")
    properties = value.get("properties") or {}
    if not isinstance(properties, Mapping):
        return _Feature(number, {}, problem="the properties of the feature are not an object")
    flat = dict(_flat(properties))
    if value.get("id") is not None:
        flat[ID] = value["id"]
    return _Feature(number, flat, value.get("geometry"))


def _flat(properties: Mapping[str, JSON]) -> Iterator[tuple[str, JSON]]:
    """Properties under their names; the members of one that is an object also as `name.member`."""
    for name, value in properties.items():
        yield name, value
        if isinstance(value, Mapping):
            yield from ((f"{name}.{member}", inner) for member, inner in value.items())
