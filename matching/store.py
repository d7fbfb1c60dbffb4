"""A search folder, opened: rows by code and date, the tree, filters, names.

Opened as untrusted input: types, sizes, starts and numbers are checked before anything is read through them.
Everything stays in mapped files, which processes share.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from matching.checking import check_arrays
from matching.keys import KEY_VERSION
from matching.layout import (
    DEGREE,
    INVALID,
    NO_BOX,
    OPEN_END,
    TYPES,
    UNKNOWN_START,
    Array,
    DamagedStore,
    Manifest,
    StaleStore,
    StoreError,
    digest_of,
    map_file,
    read_manifest,
    text_of,
)
from matching.profiles import PROFILES
from matching.rows import BadRow, Name, Row
from matching.selecting import (
    CodeFilter,
    children_of,
    descendants_of,
    nearest_codes,
    parent_numbers,
    rows_beginning,
    select_rows,
)
from matching.writing import write_store

__all__ = [
    "OPEN_END",
    "UNKNOWN_START",
    "BadRow",
    "CodeFilter",
    "DamagedStore",
    "Found",
    "Name",
    "Row",
    "StaleStore",
    "Status",
    "Store",
    "StoreError",
    "open_store",
    "verify_store",
    "write_store",
]

Status = Literal["valid", "superseded", "retired", "announced", "invalid"]


@dataclass(frozen=True, slots=True)
class Found:
    """The row that answers for a code at a date, and what it is at that date."""

    row: int
    status: Status


class _Blobs:
    """Byte strings by number over a mapped file; absent ones are empty."""

    def __init__(self, values: Array, starts: Array) -> None:
        self._values = memoryview(values.data)
        self.starts = starts

    def __getitem__(self, number: int) -> bytes:
        if not len(self.starts):
            return b""
        return bytes(self._values[int(self.starts[number]) : int(self.starts[number + 1])])


class Store:
    """One version of one referential, ready to be searched. Made by `open_store`; threads may share it.

    Row numbers ascend with (code, validity). Dates are day numbers. `files` are the arrays of `layout.TYPES`.
    """

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self.size = manifest.size
        self.levels = manifest.levels
        self.profile = manifest.profile
        self.content_root = manifest.content_root
        self.key_version = manifest.key_version
        self.files = {name: map_file(folder, name, manifest) for name in TYPES}
        check_arrays(folder, manifest, self.files)
        self._codes = self.files["codes"]
        self._paths = {name: folder / name for name in ("codes", "parent_codes", "successors", "texts")}
        # A number read through a memoryview costs half of one read through an array.
        self._valid_from = memoryview(self.files["valid_from"].data)
        self._valid_to = memoryview(self.files["valid_to"].data)
        self._flags = memoryview(self.files["flags"].data)
        self._rendered, self._successors, self._shapes, self._simplified, self._texts = (
            _Blobs(self.files[name], self.files[f"{name}_starts"])
            for name in ("rendered", "successors", "shapes", "simplified", "texts")
        )

    # Codes and dates

    def rows_of(self, code: str) -> range:
        """All rows with that code, by validity."""
        needle = code.encode()
        codes = self._codes
        if len(needle) > codes.dtype.itemsize or b"\0" in needle or not self.size:
            return range(0)
        first = int(codes.searchsorted(np.array(needle, dtype=codes.dtype)))
        last = first
        while last < self.size and codes[last] == needle:
            last += 1
        return range(first, last)

    def find(self, code: str, at: int) -> Found | None:
        """The row valid at that day; else the last earlier one, else the next one, else a withdrawn one."""
        past = future = withdrawn = -1
        for row in self.rows_of(code):
            if self._flags[row] & INVALID:
                withdrawn = row
            elif at < self._valid_from[row]:
                future = row if future < 0 else future
            elif at < self._valid_to[row]:
                return Found(row, "valid")
            else:
                past = row
        if past >= 0:
            return Found(past, "superseded" if self._successors[past] else "retired")
        if future >= 0:
            return Found(future, "announced")
        return Found(withdrawn, "invalid") if withdrawn >= 0 else None

    def status(self, row: int, at: int) -> Status:
        """What that row is at that day. An ended row whose code lives on in a later row is superseded."""
        if self._flags[row] & INVALID:
            return "invalid"
        if at < self._valid_from[row]:
            return "announced"
        if at < self._valid_to[row]:
            return "valid"
        later = row + 1
        lives_on = (
            later < self.size
            and self._codes[later] == self._codes[row]
            and not self._flags[later] & INVALID
            and self._valid_from[later] <= at
        )
        return "superseded" if lives_on or self._successors[row] else "retired"

    def rows_beginning(self, prefix: str) -> range:
        """All rows whose code begins so."""
        return rows_beginning(self, prefix)

    def nearest_codes(self, code: str, limit: int = 5) -> list[str]:
        """Codes that look like it, the most alike first."""
        return nearest_codes(self, code, limit)

    # What a row says

    def code(self, row: int) -> str:
        return text_of(bytes(self._codes[row]), self._paths["codes"])

    def level(self, row: int) -> str:
        return self.levels[int(self.files["levels"][row])]

    def parent(self, row: int) -> str | None:
        """The parent's code while this row holds."""
        number = int(self.files["parents"][row])
        if number < 0:
            return None
        return text_of(bytes(self.files["parent_codes"][number]), self._paths["parent_codes"])

    def valid_from(self, row: int) -> int:
        return int(self._valid_from[row])

    def valid_to(self, row: int) -> int:
        return int(self._valid_to[row])

    def rendered(self, row: int) -> bytes:
        """The item's JSON object, without version, date, status and shape."""
        return self._rendered[row]

    def successors(self, row: int) -> tuple[str, ...]:
        """The codes that replaced it when it ended."""
        joined = self._successors[row]
        return tuple(text_of(joined, self._paths["successors"]).split("\n")) if joined else ()

    def importance(self, row: int) -> float:
        return float(self.files["importance"][row])

    def bbox(self, row: int) -> tuple[float, float, float, float] | None:
        """West, south, east, north in degrees, to seven decimals."""
        boxes = self.files["bbox"]
        if not len(boxes) or boxes[4 * row] == NO_BOX:
            return None
        west, south, east, north = (int(side) / DEGREE for side in boxes[4 * row : 4 * row + 4])
        return west, south, east, north

    def shape(self, row: int, simplified: bool) -> bytes | None:
        """WKB; the full shape where no simplified one was stored (a point)."""
        return (self._simplified[row] if simplified else b"") or self._shapes[row] or None

    def names(self, row: int) -> list[Name]:
        starts = self.files["name_starts"]
        return [self.name(number) for number in range(int(starts[row]), int(starts[row + 1]))]

    def name(self, number: int) -> Name:
        """One name, by its number in the store."""
        kinds = self.manifest.kinds
        kind = int(self.files["name_kinds"][number])
        if kind >= len(kinds):
            raise DamagedStore(self.folder / "name_kinds", f"name {number} is of kind {kind} of {len(kinds)}")
        return Name(text_of(self._texts[number], self._paths["texts"]), *kinds[kind])

    # Many rows

    def select(
        self,
        *,
        at: int | None,
        level: Sequence[str] = (),
        parent: str | None = None,
        under: str | None = None,
        codes: CodeFilter | None = None,
        status: Sequence[str] = (),
        bbox: tuple[float, float, float, float] | None = None,
    ) -> Array:
        """Row numbers in the order of codes: those valid at that day, or every row where `at` is None.

        With `status`, for each code the row that `find` gives, where its status is one of these (needs `at`).
        `parent` keeps direct children, `under` descendants, `bbox` (west, south, east, north) what meets it.
        """
        return select_rows(
            self, at=at, level=level, parent=parent, under=under, codes=codes, status=status, bbox=bbox
        )

    def children(self, code: str, at: int | None) -> Array:
        """Rows directly below that code, valid at that day (None: at any)."""
        return np.sort(children_of(self, parent_numbers(self, [code]), at))

    def descendants(self, code: str, at: int | None) -> Array:
        """Rows below that code at any depth, valid at that day (None: at any)."""
        return descendants_of(self, [code], at)


def open_store(folder: Path) -> Store:
    """Open what `write_store` wrote. Raises DamagedStore, or StaleStore for other keys or another builder."""
    manifest = read_manifest(folder)
    if manifest.key_version != KEY_VERSION:
        raise StaleStore(folder, f"has keys of version {manifest.key_version}, this is version {KEY_VERSION}")
    if manifest.profile not in PROFILES:
        raise DamagedStore(folder, f"has a profile {manifest.profile!r} that is not known")
    return Store(folder, manifest)


def verify_store(folder: Path) -> None:
    """Compare every file with its SHA-256. Raises DamagedStore for the first that differs."""
    manifest = read_manifest(folder)
    for name, (_, _, digest) in manifest.files.items():
        path = folder / name
        if name not in TYPES:
            raise DamagedStore(path, "is not a file of a search folder")
        try:
            found = digest_of(path)
        except OSError as error:
            raise DamagedStore(path, f"cannot be read ({error.strerror})") from None
        if found != digest:
            raise DamagedStore(path, f"has SHA-256 {found}, its manifest says {digest}")
