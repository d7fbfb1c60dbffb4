"""Streams the features of a GeoJSON FeatureCollection, each bounded, whatever the document nests."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import ijson

from referentials.canonical import JSON
from referentials.readers.packed import open_bytes
from referentials.readers.source import MAX_NESTING, MAX_VERTICES
from referentials.sheets.limits import MIB, TableError, TableTooLarge

_CHUNK = 1 << 16
_MAX_FEATURE_BYTES = 64 * MIB
_MAX_VALUES = 4 * MAX_VERTICES + 20_000  # a position is an array of two or three numbers
_WGS_84 = ("CRS84", "EPSG::4326", "EPSG:4326")  # the ends of the names of what RFC 7946 prescribes

Event = tuple[str, JSON]


def collected_features(path: Path) -> Iterator[tuple[int, JSON]]:
    """The members of `features`, numbered from 1.

    Raises TableError where the document is no FeatureCollection, is damaged, nests deeper than MAX_NESTING or
    states another reference system than WGS 84, and TableTooLarge for a feature beyond the limits.
    """
    with open_bytes(path) as stream:
        number = 0
        try:
            for number, feature in _features(stream, path.name):
                yield number, feature
        except ijson.JSONError as error:
            said = error.args[0] if error.args else ""
            text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
            problem = f"not well-formed JSON after feature {number:,} ({text.partition(chr(10))[0]})"
            raise TableError(problem, file=path.name) from None


class _Metered:
    """Counts the bytes of the feature that is being read."""

    def __init__(self, stream: BinaryIO, file: str) -> None:
        self.stream = stream
        self.file = file
        self.count = 0
        self.head = stream.read(3).removeprefix(codecs.BOM_UTF8)

    def read(self, size: int) -> bytes:
        """The next bytes; raises TableTooLarge where one feature goes on for too long."""
        if self.head and size:  # the parser asks for no bytes at first, to see that they are bytes
            head, self.head = self.head, b""
            return head
        piece = self.stream.read(size)
        self.count += len(piece)
        if self.count > _MAX_FEATURE_BYTES:
            problem = f"a feature of more than {_MAX_FEATURE_BYTES:,} bytes"
            raise TableTooLarge(problem, file=self.file)
        return piece


def _features(stream: BinaryIO, file: str) -> Iterator[tuple[int, JSON]]:
    metered = _Metered(stream, file)
    events: Iterator[Event] = ijson.basic_parse(metered, use_float=True, buf_size=_CHUNK)
    if next(events)[0] != "start_map":
        raise TableError("not a GeoJSON FeatureCollection", file=file)
    found = False
    number = 0
    for event, key in events:
        if event == "end_map":
            break
        following = next(events)
        if key == "features" and following[0] == "start_array":
            found = True
            for inner in events:
                if inner[0] == "end_array":
                    break
                number += 1
                metered.count = 0
                yield number, _value(inner, events, file, number)
        else:
            _check_member(str(key), _value(following, events, file, number), file)
        metered.count = 0
    for _ in events:  # what comes after the end is an error, which the parser raises
        pass
    if not found:
        raise TableError("a GeoJSON FeatureCollection has an array of features; this has none", file=file)


def _check_member(key: str, value: JSON, file: str) -> None:
    if key == "type" and value != "FeatureCollection":
        raise TableError(f"a GeoJSON FeatureCollection is read, not {str(value)[:40]!r}", file=file)
    if key == "crs" and value is not None:
        properties = value.get("properties") if isinstance(value, dict) else None
        name = str(properties.get("name", "") if isinstance(properties, dict) else "")
        if not name.endswith(_WGS_84):
            problem = f"the reference system is {name[:80]!r}; only WGS 84 (EPSG:4326) is read: reproject it"
            raise TableError(problem, file=file, column="crs", value=name[:80])


def _value(first: Event, events: Iterator[Event], file: str, number: int) -> JSON:
    """The value that begins with an event."""
    event, scalar = first
    if event not in ("start_map", "start_array"):
        return scalar
    current: JSON = {} if event == "start_map" else []
    stack = [current]
    key, count = "", 0
    for event, value in events:
        if event == "map_key":
            key = value
            continue
        if event in ("end_map", "end_array"):
            done = stack.pop()
            if not stack:
                return done
            current = stack[-1]
            continue
        opens = event in ("start_map", "start_array")
        new: JSON = ({} if event == "start_map" else []) if opens else value
        if isinstance(current, list):
            current.append(new)
        else:
            current[key] = new
        count += 1
        if opens:
            stack.append(new)
            current = new
            if len(stack) > MAX_NESTING:
                problem = f"nests deeper than {MAX_NESTING} levels"
                raise TableError(problem, file=file, row=number)
        if count > _MAX_VALUES:
            problem = f"a feature of more than {MAX_VERTICES:,} vertices: simplify it"
            raise TableTooLarge(problem, file=file, row=number)
    raise TableError("the document ends within a feature", file=file, row=number)
