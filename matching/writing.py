"""Writing a search folder: rows in any order, streamed, into mapped arrays sorted by (code, valid_from)."""

import mmap
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO
from zlib import crc32

import numpy as np

from matching.grams import index_of
from matching.keys import KEY_VERSION, keys_of
from matching.layout import (
    BUILDER_VERSION,
    DEGREE,
    INVALID,
    NO_BOX,
    OPEN_END,
    UNKNOWN_START,
    Array,
    Manifest,
    digest_of,
    write_manifest,
)
from matching.profiles import profile_named
from matching.rows import BadRow, Name, Row

_BUFFER = 1 << 20
_MAX_CODE = 512


class _Blobs:
    """Byte strings in the order they come, kept in a temporary file; read back in another order."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("w+b")
        self._buffer = bytearray()
        self._lengths = array("I")

    def add(self, value: bytes) -> None:
        self._buffer += value
        self._lengths.append(len(value))
        if len(self._buffer) > _BUFFER:
            self._file.write(self._buffer)
            self._buffer.clear()

    def close(self) -> None:
        self._file.close()
        self._path.unlink()

    def write(self, out: "_Out", name: str, order: Array | None) -> None:
        self._file.write(self._buffer)
        self._file.flush()
        lengths = np.frombuffer(self._lengths, np.uint32).astype(np.int64)
        starts = np.zeros(len(lengths) + 1, np.int64)
        np.cumsum(lengths, out=starts[1:])
        total = int(starts[-1])
        if total == 0:
            out.array(name, np.empty(0, np.uint8))
            out.array(f"{name}_starts", np.empty(0, np.uint32))
            return
        with mmap.mmap(self._file.fileno(), total, access=mmap.ACCESS_READ) as stored, out.file(name) as file:
            if order is None:
                for start in range(0, total, 1 << 24):
                    file.write(stored[start : start + (1 << 24)])
            else:
                for chunk in range(0, len(order), 65_536):
                    rows = order[chunk : chunk + 65_536]
                    bounds = zip(starts[rows].tolist(), starts[rows + 1].tolist(), strict=True)
                    file.write(b"".join([stored[start:end] for start, end in bounds]))
        out.declare(name, "|u1", total)
        out.starts(f"{name}_starts", lengths if order is None else lengths[order])


class _Out:
    """The folder being written, and what its manifest will say."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[str, tuple[str, int, str]] = {}

    def file(self, name: str) -> BinaryIO:
        return (self.folder / name).open("wb")

    def declare(self, name: str, dtype: str, count: int) -> None:
        self.files[name] = (dtype, count, digest_of(self.folder / name))

    def array(self, name: str, values: Array) -> None:
        with self.file(name) as file:
            file.write(np.ascontiguousarray(values).data)
        self.declare(name, values.dtype.str, len(values))

    def starts(self, name: str, lengths: Array) -> None:
        starts = np.zeros(len(lengths) + 1, np.int64)
        np.cumsum(lengths, out=starts[1:])
        self.array(name, starts.astype(np.uint32) if starts[-1] < 2**32 else starts)


def hash_of(kind: str, key: str) -> int:
    """Where a sorted key ('o') or skeleton ('s') is looked for. Two may share one: compare before use."""
    return crc32((kind + key).encode())


def codes_array(codes: Sequence[bytes]) -> Array:
    """Codes as fixed-width bytes."""
    return np.array(codes, dtype=f"S{max(map(len, codes), default=1)}") if codes else np.empty(0, "S1")


class _Collected:
    """What was read from the rows, in the order they came."""

    def __init__(self, staging: Path, levels: Sequence[str], profile: str) -> None:
        self.levels = {level: number for number, level in enumerate(levels)}
        self.profile = profile_named(profile)
        self.codes: list[bytes] = []
        self.valid_from, self.valid_to = array("i"), array("i")
        self.flags, self.level_numbers = array("B"), array("B")
        self.importance = array("f")
        self.boxes = array("i")
        self.has_box = False
        self.parents = array("i")
        self.parent_numbers: dict[str, int] = {}
        self.kinds: dict[tuple[str | None, str, str], int] = {}
        self.name_counts, self.name_kinds = array("I"), array("H")
        self.key_numbers: dict[str, int] = {}
        self.name_keys = array("i")
        self.hashes, self.hash_names = array("I"), array("i")
        self.rendered = _Blobs(staging / "rendered.tmp")
        self.texts = _Blobs(staging / "texts.tmp")
        self.shapes = _Blobs(staging / "shapes.tmp")
        self.simplified = _Blobs(staging / "simplified.tmp")
        self.successors = _Blobs(staging / "successors.tmp")

    def blobs(self) -> dict[str, _Blobs]:
        return {
            "rendered": self.rendered,
            "shapes": self.shapes,
            "simplified": self.simplified,
            "successors": self.successors,
        }

    def add(self, row: Row) -> None:
        code = row.code.encode()
        if not code or len(code) > _MAX_CODE or b"\0" in code or b"\n" in code:
            raise BadRow(row.code, f"a code has 1 to {_MAX_CODE} bytes, none of them NUL or a line break")
        level = self.levels.get(row.level)
        if level is None:
            raise BadRow(row.code, f"level {row.level!r} is not one of {', '.join(self.levels)}")
        if not UNKNOWN_START <= row.valid_from < row.valid_to <= OPEN_END:
            raise BadRow(row.code, f"validity [{row.valid_from}, {row.valid_to}) is empty or out of range")
        self.codes.append(code)
        self.valid_from.append(row.valid_from)
        self.valid_to.append(row.valid_to)
        self.flags.append(INVALID if row.invalid else 0)
        self.level_numbers.append(level)
        self.importance.append(row.importance)
        self.parents.append(
            -1 if row.parent is None else self.parent_numbers.setdefault(row.parent, len(self.parent_numbers))
        )
        self._add_box(row)
        self.rendered.add(row.rendered)
        self.shapes.add(row.shape or b"")
        self.simplified.add(row.simplified or b"")
        self.successors.add("\n".join(row.successors).encode() if row.successors else b"")
        self.name_counts.append(len(row.names))
        for name in row.names:
            self._add_name(name)

    def _add_box(self, row: Row) -> None:
        if row.bbox is None:
            self.boxes.extend((NO_BOX, NO_BOX, NO_BOX, NO_BOX))
            return
        west, south, east, north = row.bbox
        if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
            raise BadRow(row.code, f"bounding box {row.bbox} is not west, south, east, north in degrees")
        self.has_box = True
        self.boxes.extend(
            (round(west * DEGREE), round(south * DEGREE), round(east * DEGREE), round(north * DEGREE))
        )

    def _add_name(self, name: Name) -> None:
        number = len(self.name_kinds)
        kind = (name.language, name.script, name.use)
        self.name_kinds.append(self.kinds.setdefault(kind, len(self.kinds)))
        self.texts.add(name.text.encode())
        if name.use == "exclusion":
            self.name_keys.append(-1)
            return
        keys = keys_of(self.profile.core(name.text))
        if not keys.key:
            self.name_keys.append(-1)
            return
        self.name_keys.append(self.key_numbers.setdefault(keys.key, len(self.key_numbers)))
        if keys.in_order is not keys.key:
            self.hashes.append(hash_of("o", keys.in_order))
            self.hash_names.append(number)
        if self.profile.across_scripts:
            for skeleton in keys.skeletons:
                self.hashes.append(hash_of("s", skeleton))
                self.hash_names.append(number)


def write_store(
    folder: Path, rows: Iterable[Row], *, profile: str, content_root: str, levels: Sequence[str]
) -> None:
    """Write the rows, in any order, into `folder`, which must not exist; the manifest comes last.

    `levels` name every level a row may have, the highest first; `profile` is one of `profiles.PROFILES`.
    Memory grows with codes and distinct keys only: texts, shapes and rendered items pass through temporary
    files. Raises BadRow for a row that cannot be stored, FileExistsError where the folder exists.
    """
    folder.mkdir(parents=True)
    collected = _Collected(folder, levels, profile)
    for row in rows:
        collected.add(row)
    out = _Out(folder)
    codes = codes_array(collected.codes)
    collected.codes.clear()
    order = (
        np.lexsort((np.frombuffer(collected.valid_from, np.int32), codes))
        if len(codes)
        else np.empty(0, np.int64)
    )
    in_order = bool((order == np.arange(len(order))).all())
    codes = codes[order]
    out.array("codes", codes)
    for name, values, dtype in (
        ("valid_from", collected.valid_from, np.int32), ("valid_to", collected.valid_to, np.int32),
        ("flags", collected.flags, np.uint8), ("levels", collected.level_numbers, np.uint8),
        ("importance", collected.importance, np.float32),
    ):  # fmt: skip
        out.array(name, np.frombuffer(values, dtype)[order] if len(order) else np.empty(0, dtype))
    boxes = (
        np.frombuffer(collected.boxes, np.int32).reshape(-1, 4)
        if collected.has_box
        else np.empty((0, 4), np.int32)
    )
    out.array("bbox", (boxes[order] if collected.has_box else boxes).reshape(-1))
    for name, blobs in collected.blobs().items():
        blobs.write(out, name, None if in_order else order)
        blobs.close()
    _write_tree(out, collected, codes, order)
    _write_names(out, collected, order, in_order)
    write_manifest(
        folder,
        Manifest(
            KEY_VERSION,
            BUILDER_VERSION,
            profile,
            content_root,
            tuple(levels),
            tuple(collected.kinds),
            len(codes),
            out.files,
        ),
    )


def _write_tree(out: _Out, collected: _Collected, codes: Array, order: Array) -> None:
    parent_codes = codes_array([code.encode() for code in collected.parent_numbers])
    by_code = np.argsort(parent_codes, kind="stable")
    parent_codes = parent_codes[by_code]
    renumbered = np.full(len(by_code) + 1, -1, np.int32)  # the last one is what -1 becomes
    renumbered[by_code] = np.arange(len(by_code), dtype=np.int32)
    parents = (
        renumbered[np.frombuffer(collected.parents, np.int32)[order]] if len(order) else np.empty(0, np.int32)
    )
    own = np.full(len(codes), -1, np.int32)
    if len(parent_codes) and len(codes):
        found = np.minimum(np.searchsorted(parent_codes, codes), len(parent_codes) - 1)
        own = np.where(parent_codes[found] == codes, found, -1).astype(np.int32)
    children = np.argsort(parents, kind="stable").astype(np.int32)
    out.array("parent_codes", parent_codes)
    out.array("parents", parents)
    out.array("own", own)
    out.array("child_rows", children[int((parents < 0).sum()) :])
    out.array("child_starts", _starts_of(parents[parents >= 0], len(parent_codes)))


def _starts_of(numbers: Array, size: int) -> Array:
    starts = np.zeros(size + 1, np.int32)
    np.cumsum(np.bincount(numbers, minlength=size), out=starts[1:])
    return starts


def _write_names(out: _Out, collected: _Collected, order: Array, in_order: bool) -> None:
    counts = (
        np.frombuffer(collected.name_counts, np.uint32).astype(np.int64)
        if len(order)
        else np.empty(0, np.int64)
    )
    first = np.cumsum(counts) - counts
    counts = counts[order]
    total = int(counts.sum())
    name_starts = np.zeros(len(order) + 1, np.int32)
    np.cumsum(counts, out=name_starts[1:])
    # The number that each name, in the order of rows, had as it came; and the inverse.
    came = np.repeat(first[order] - name_starts[:-1], counts) + np.arange(total)
    became = np.empty(total, np.int32)
    became[came] = np.arange(total, dtype=np.int32)
    out.array("name_starts", name_starts)
    out.array("name_rows", np.repeat(np.arange(len(order), dtype=np.int32), counts))
    out.array(
        "name_kinds",
        np.frombuffer(collected.name_kinds, np.uint16)[came] if total else np.empty(0, np.uint16),
    )
    collected.texts.write(out, "texts", None if in_order else came)
    collected.texts.close()

    keys = [key.encode() for key in collected.key_numbers]
    collected.key_numbers.clear()
    by_key = sorted(range(len(keys)), key=keys.__getitem__)
    keys = [keys[number] for number in by_key]
    renumbered = np.full(len(keys) + 1, -1, np.int32)
    renumbered[np.array(by_key, np.int64)] = np.arange(len(keys), dtype=np.int32)
    name_keys = (
        renumbered[np.frombuffer(collected.name_keys, np.int32)[came]] if total else np.empty(0, np.int32)
    )
    named = np.argsort(name_keys, kind="stable").astype(np.int32)[int((name_keys < 0).sum()) :]
    with out.file("keys") as file:
        file.writelines(keys)
    lengths = np.fromiter(map(len, keys), np.int64, count=len(keys))
    out.declare("keys", "|u1", int(lengths.sum()))
    out.starts("keys_starts", lengths)
    out.array("name_keys", name_keys)
    out.array("key_names", named)
    out.array("key_name_starts", _starts_of(name_keys[name_keys >= 0], len(keys)))

    hashes = np.frombuffer(collected.hashes, np.uint32) if len(collected.hashes) else np.empty(0, np.uint32)
    by_hash = np.argsort(hashes, kind="stable")
    out.array("hashes", hashes[by_hash])
    hashed = became[np.frombuffer(collected.hash_names, np.int32)] if len(hashes) else np.empty(0, np.int32)
    out.array("hash_names", hashed[by_hash])

    starts, owners, gram_counts = index_of(keys if collected.profile.fuzzy else [])
    out.array("gram_starts", starts)
    out.array("gram_keys", owners)
    out.array("gram_counts", gram_counts)
