"""The content of a version on disk: canonical records, the same bytes on every machine (D1).

A folder holds `records.bin` (canonical records one after the other, in content order), `offsets.bin`
(little-endian uint64, one more than there are records), `subjects.bin` (16 bytes a record: the id of the item
or event it is about) and `manifest.json`, written last, with the sizes, the SHA-256 of each file and the
content root: the Merkle root over all records in their order (states by item id and start, then designations,
observations and change events).
"""

from __future__ import annotations

import json
import mmap
import os
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import file_digest
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, TypeVar

import numpy as np

from referentials.canonical import canonical
from referentials.merkle import TreeHead, tree_root
from referentials.parsing import parse, record_of
from referentials.records import (
    FAMILIES,
    FAMILY_RANK,
    ChangeEvent,
    Designation,
    Fact,
    MalformedRecord,
    Observation,
    Record,
    State,
)

Read = TypeVar("Read", Record, Fact)

FORMAT = 1
_FILES = ("records.bin", "offsets.bin", "subjects.bin")


class DamagedSnapshot(ValueError):
    """A folder that is not a whole, untouched snapshot; says which file and why."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path
        self.why = why


class UnorderedRecords(ValueError):
    """Records that do not come in content order, or the same one twice."""


@dataclass(frozen=True, slots=True)
class ContentHeader:
    """What a content is of."""

    referential: str
    ordinal: int
    label: str
    effective_on: date


@dataclass(frozen=True, slots=True)
class WrittenContent:
    """What was written: the content root (hex) and the number of records of each family."""

    root: str
    counts: Mapping[str, int]


def write_content(folder: Path, header: ContentHeader, records: Iterable[Record]) -> WrittenContent:
    """Write records, already in content order, into a new folder; the manifest comes last.

    Raises UnorderedRecords where the order is broken or a key comes twice. An interrupted call leaves a
    folder without a manifest, which cannot be opened.
    """
    folder.mkdir(parents=True)
    head = TreeHead()
    counts = dict.fromkeys(FAMILIES, 0)
    previous = (-1, "")
    offsets, position = bytearray(), 0
    with (folder / "records.bin").open("wb") as out, (folder / "subjects.bin").open("wb") as subjects:
        for record in records:
            order = (FAMILY_RANK[record.family], record.key)
            if order <= previous:
                raise UnorderedRecords(f"{record.family} {record.key!r} comes after {previous[1]!r}")
            previous = order
            counts[record.family] += 1
            head.add(record.payload)
            offsets += position.to_bytes(8, "little")
            position += len(record.payload)
            out.write(record.payload)
            subjects.write(bytes.fromhex(record.key[:36].replace("-", "")))
        offsets += position.to_bytes(8, "little")
    (folder / "offsets.bin").write_bytes(offsets)
    written = WrittenContent(head.root().hex(), counts)
    manifest = {
        "format": FORMAT,
        "referential": header.referential,
        "ordinal": header.ordinal,
        "label": header.label,
        "effective_on": header.effective_on.isoformat(),
        "content_root": written.root,
        "counts": counts,
        "files": {name: _fingerprint(folder / name) for name in _FILES},
    }
    write_whole(folder / "manifest.json", canonical(manifest))
    return written


def write_whole(path: Path, data: bytes) -> None:
    """Replace a file in one step, so that a reader sees the old bytes or the new ones; flushed to disk."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _fingerprint(path: Path) -> dict[str, int | str]:
    with path.open("rb") as file:
        return {"size": path.stat().st_size, "sha256": file_digest(file, "sha256").hexdigest()}


class Content:
    """An opened content: facts by item, and all records in order, read from the mapped file."""

    def __init__(self, folder: Path, header: ContentHeader, root: str, counts: Mapping[str, int]) -> None:
        self.folder = folder
        self.header = header
        self.root = root
        self.counts = counts
        self.size = sum(counts.values())
        self._data = _mapped(folder / "records.bin")
        self._offsets = _array(folder / "offsets.bin", "<u8")
        self._subjects = _array(folder / "subjects.bin", "S16")
        starts = np.cumsum([0, *(counts[family] for family in FAMILIES)])
        self._span = {
            family: (int(starts[rank]), int(starts[rank + 1])) for family, rank in FAMILY_RANK.items()
        }

    @property
    def raw(self) -> np.ndarray:
        """The canonical bytes of all records one after the other (uint8), mapped, not read."""
        return np.frombuffer(self._data, dtype=np.uint8)

    @property
    def offsets(self) -> np.ndarray:
        """Where each record begins in `raw`, and last where the file ends."""
        return self._offsets

    def payload(self, position: int) -> bytes:
        """The canonical bytes of the record at a position."""
        return bytes(self._data[self._offsets[position] : self._offsets[position + 1]])

    def payloads(self, family: str | None = None) -> Iterator[bytes]:
        """The canonical bytes of all records, or of one family, in order."""
        first, last = (0, self.size) if family is None else self._span[family]
        bounds = self._offsets[first : last + 1].tolist()
        for start, end in pairwise(bounds):
            yield self._data[start:end]

    def payloads_between(self, family: str, low: bytes, high: bytes | None) -> Iterator[bytes]:
        """The canonical bytes of a family's records about items from one id up to, not including, another."""
        first, last = self._span[family]
        subjects = self._subjects[first:last]
        start = int(np.searchsorted(subjects, np.array(low, dtype="S16")))
        end = len(subjects) if high is None else int(np.searchsorted(subjects, np.array(high, dtype="S16")))
        bounds = self._offsets[first + start : first + end + 1].tolist()
        for begin, until in pairwise(bounds):
            yield self._data[begin:until]

    def cuts(self, count: int) -> list[bytes]:
        """Ids of items at which the states can be cut into so many parts of about the same size."""
        first, last = self._span["state"]
        inner = [first + (last - first) * part // count for part in range(1, count)]
        return sorted({bytes(self._subjects[position]).ljust(16, b"\0") for position in inner})

    def payloads_about(self, family: str, items: Iterable[uuid.UUID]) -> Iterator[bytes]:
        """The canonical bytes of a family's records about any of these items, in order."""
        first, last = self._span[family]
        subjects = self._subjects[first:last]
        needles = np.array(sorted({item.bytes for item in items}), dtype="S16")
        starts, ends = np.searchsorted(subjects, needles, "left"), np.searchsorted(subjects, needles, "right")
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            yield from (self.payload(position) for position in range(first + start, first + end))

    def records(self) -> Iterator[Record]:
        """All records in content order."""
        return (self._read(record_of, payload) for payload in self.payloads())

    def facts(self, family: str) -> Iterator[Fact]:
        """All facts of a family, in order."""
        return (self._read(parse, payload) for payload in self.payloads(family))

    def states_of(self, item: uuid.UUID) -> list[State]:
        """The states of an item, earliest first."""
        return [fact for fact in self._about("state", item) if isinstance(fact, State)]

    def designations_of(self, item: uuid.UUID) -> list[Designation]:
        """The other names and entries of an item."""
        return [fact for fact in self._about("designation", item) if isinstance(fact, Designation)]

    def observations_of(self, item: uuid.UUID) -> list[Observation]:
        """The dated figures about an item."""
        return [fact for fact in self._about("observation", item) if isinstance(fact, Observation)]

    def events(self) -> list[ChangeEvent]:
        """All change events that the version knows, by date."""
        return self._events

    def events_of(self, item: uuid.UUID) -> list[ChangeEvent]:
        """The change events that an item had a part in, by date."""
        return self._events_by_item.get(item, [])

    def verify(self) -> None:
        """Read everything again: sizes, hashes, order and the content root; raises DamagedSnapshot."""
        manifest = json.loads((self.folder / "manifest.json").read_bytes())
        for name in _FILES:
            if _fingerprint(self.folder / name) != manifest["files"][name]:
                raise DamagedSnapshot(self.folder / name, "its bytes are not those that the manifest names")
        if tree_root(self.payloads()).hex() != self.root:
            raise DamagedSnapshot(self.folder, "its records do not hash to the content root")
        previous = (-1, "")
        for record in self.records():
            if record.order <= previous:
                raise DamagedSnapshot(self.folder, f"record {record.key!r} is out of order")
            previous = record.order

    def _about(self, family: str, item: uuid.UUID) -> Iterator[Fact]:
        first, last = self._span[family]
        subjects = self._subjects[first:last]
        needle = np.array(item.bytes, dtype="S16")
        start, end = np.searchsorted(subjects, needle, "left"), np.searchsorted(subjects, needle, "right")
        positions = range(first + int(start), first + int(end))
        return (self._read(parse, self.payload(position)) for position in positions)

    def _read(self, read: Callable[[bytes], Read], payload: bytes) -> Read:
        try:
            return read(payload)
        except (MalformedRecord, AttributeError, OverflowError) as error:
            raise DamagedSnapshot(self.folder / "records.bin", str(error)) from error

    @cached_property
    def _events(self) -> list[ChangeEvent]:
        found = [fact for fact in self.facts("event") if isinstance(fact, ChangeEvent)]
        return sorted(found, key=lambda event: (event.effective_on, event.key))

    @cached_property
    def _events_by_item(self) -> Mapping[uuid.UUID, list[ChangeEvent]]:
        by_item: defaultdict[uuid.UUID, list[ChangeEvent]] = defaultdict(list)
        for event in self._events:
            for item in dict.fromkeys(link.item for link in event.links):
                by_item[item].append(event)
        return by_item


def open_content(folder: Path) -> Content:
    """Open a content folder, checking the manifest, sizes and offsets; raises DamagedSnapshot."""
    try:
        manifest = json.loads((folder / "manifest.json").read_bytes())
        header = ContentHeader(
            referential=manifest["referential"],
            ordinal=int(manifest["ordinal"]),
            label=manifest["label"],
            effective_on=date.fromisoformat(manifest["effective_on"]),
        )
        counts = {family: int(manifest["counts"][family]) for family in FAMILIES}
        sizes = {name: int(manifest["files"][name]["size"]) for name in _FILES}
        known_format, root = manifest["format"], str(manifest["content_root"])
    except FileNotFoundError as error:
        raise DamagedSnapshot(folder, "there is no manifest.json") from error
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise DamagedSnapshot(folder / "manifest.json", f"not a manifest ({error})") from error
    if known_format != FORMAT:
        raise DamagedSnapshot(folder, f"format {known_format!r} is not known here (this reads {FORMAT})")
    for name, size in sizes.items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != size:
            raise DamagedSnapshot(path, f"it does not have the {size} bytes that the manifest names")
    records = sum(counts.values())
    if min(counts.values()) < 0 or sizes["offsets.bin"] != 8 * (records + 1):
        raise DamagedSnapshot(folder / "offsets.bin", "it does not match the number of records")
    if sizes["subjects.bin"] != 16 * records:
        raise DamagedSnapshot(folder / "subjects.bin", "it does not match the number of records")
    content = Content(folder, header, root, counts)
    offsets = _array(folder / "offsets.bin", "<u8")
    if offsets[0] != 0 or offsets[-1] != sizes["records.bin"] or np.any(offsets[1:] < offsets[:-1]):
        raise DamagedSnapshot(folder / "offsets.bin", "offsets leave the file or run backwards")
    return content


def _mapped(path: Path) -> mmap.mmap | bytes:
    with path.open("rb") as file:
        return _map_or_read(file)


def _map_or_read(file: BinaryIO) -> mmap.mmap | bytes:
    if os.fstat(file.fileno()).st_size == 0:  # an empty file cannot be mapped
        return b""
    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _array(path: Path, dtype: str) -> np.ndarray:
    if path.stat().st_size == 0:
        return np.empty(0, dtype=dtype)
    return np.memmap(path, dtype=dtype, mode="r")
