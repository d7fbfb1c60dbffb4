"""Rows on their way into a store: numbers by column, texts in temporary files, distinct spellings."""

import json
import mmap
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Self, TypeVar

import numpy as np

from matching.layout import DEGREE, INVALID, NO_BOX, OPEN_END, UNKNOWN_START, Array
from matching.profiles import may_be_qualified, profile_named
from matching.rows import LONGEST_CODE, BadRow, Name, Row
from matching.text import fold, fold_many

Thing = TypeVar("Thing")

_LISTS = "lists.json"
_BOXLESS = (np.nan, np.nan, np.nan, np.nan)
_GATHERED = 65_536
_COPIED = 1 << 24

_COLUMNS: Mapping[str, str] = {
    "valid_from": "<i4", "valid_to": "<i4", "flags": "|u1", "levels": "|u1", "importance": "<f4",
    "parents": "<i4", "bbox": "<i4", "name_counts": "<i8", "name_kinds": "<u2",
    "name_spellings": "<i4",
}  # fmt: skip


class Blobs:
    """Byte strings in the order they come, kept in a temporary file; read back in another order."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("w+b")
        self._lengths: list[Array] = []

    def extend(self, values: Sequence[bytes]) -> None:
        """Take more of them in."""
        self._file.write(b"".join(values))
        self._lengths.append(np.fromiter(map(len, values), np.int64, count=len(values)))

    def keep(self) -> None:
        """Leave them where they are, with their lengths beside, for `absorb`."""
        self._file.close()
        np.save(self._path.with_suffix(".lengths.npy"), self.lengths())

    def absorb(self, path: Path) -> None:
        """Take in those that another process kept at a path of its own."""
        with path.open("rb") as kept:
            shutil.copyfileobj(kept, self._file, _COPIED)
        self._lengths.append(np.load(path.with_suffix(".lengths.npy"), allow_pickle=False))

    def lengths(self) -> Array:
        """How long each is, in the order they came."""
        return np.concatenate(self._lengths) if self._lengths else np.empty(0, np.int64)

    def read(self, order: Array | None) -> Iterable[bytes]:
        """All of them, joined in large pieces, in that order (None: as they came)."""
        self._file.flush()
        starts = np.zeros(len(lengths := self.lengths()) + 1, np.int64)
        np.cumsum(lengths, out=starts[1:])
        total = int(starts[-1])
        if not total:
            return
        with mmap.mmap(self._file.fileno(), total, access=mmap.ACCESS_READ) as stored:
            if order is None:
                for start in range(0, total, _COPIED):
                    yield stored[start : start + _COPIED]
                return
            for chunk in range(0, len(order), _GATHERED):
                numbers = order[chunk : chunk + _GATHERED]
                bounds = zip(starts[numbers].tolist(), starts[numbers + 1].tolist(), strict=True)
                yield b"".join([stored[start:end] for start, end in bounds])

    def remove(self) -> None:
        """Close and delete the temporary file; more than once does no harm."""
        self._file.close()
        self._path.unlink(missing_ok=True)


class Collected:
    """What was read from the rows, in the order they came. Its context removes its temporary files."""

    def __init__(self, staging: Path, levels: Sequence[str], profile: str) -> None:
        self.staging = staging
        self.profile = profile_named(profile)
        self.levels = {level: number for number, level in enumerate(levels)}
        self.codes: list[bytes] = []
        self.parent_numbers: dict[str, int] = {}
        self.kinds: dict[tuple[str | None, str, str], int] = {}
        self.spelling_numbers: dict[str, int] = {}
        self.names = 0
        self._columns: dict[str, list[Array]] = {name: [] for name in _COLUMNS}
        self.blobs = {
            name: Blobs(staging / f"{name}.tmp")
            for name in ("rendered", "shapes", "simplified", "successors", "texts")
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for blobs in self.blobs.values():
            blobs.remove()

    def keep(self) -> None:
        """Leave all of it in the staging folder, for `absorb` in another process."""
        for blobs in self.blobs.values():
            blobs.keep()
        for name in _COLUMNS:
            np.save(self.staging / f"{name}.npy", self.column(name))
        lists = {
            "codes": [code.decode() for code in self.codes],
            "parents": list(self.parent_numbers),
            "kinds": list(self.kinds),
            "spellings": list(self.spelling_numbers),
            "names": self.names,
        }
        (self.staging / _LISTS).write_text(json.dumps(lists))

    def absorb(self, staging: Path) -> None:
        """Take in what another process kept, as if its rows had come after those that are here."""
        lists = json.loads((staging / _LISTS).read_text())
        kept = {name: np.load(staging / f"{name}.npy", allow_pickle=False) for name in _COLUMNS}
        self.codes.extend([code.encode() for code in lists["codes"]])
        kinds = [tuple(kind) for kind in lists["kinds"]]
        kept["parents"] = _renumbered(kept["parents"], lists["parents"], self.parent_numbers)
        kept["name_kinds"] = _renumbered(kept["name_kinds"], kinds, self.kinds)
        kept["name_spellings"] = _renumbered(
            kept["name_spellings"], lists["spellings"], self.spelling_numbers
        )
        self.names += lists["names"]
        for name, values in kept.items():
            self._columns[name].append(values.astype(_COLUMNS[name], copy=False))
        for name, blobs in self.blobs.items():
            blobs.absorb(staging / f"{name}.tmp")

    def column(self, name: str) -> Array:
        """One column of numbers, whole."""
        columns = self._columns[name]
        return np.concatenate(columns) if columns else np.empty(0, _COLUMNS[name])

    def _append(self, name: str, values: Iterable[float]) -> None:
        self._columns[name].append(np.fromiter(values, _COLUMNS[name]))

    def extend(self, rows: Sequence[Row]) -> None:
        """Take rows in. Raises BadRow."""
        check_rows(rows, self.levels)
        self.codes.extend([row.code.encode() for row in rows])
        self._append("valid_from", [row.valid_from for row in rows])
        self._append("valid_to", [row.valid_to for row in rows])
        self._append("flags", [INVALID if row.invalid else 0 for row in rows])
        self._append("levels", [self.levels[row.level] for row in rows])
        self._append("importance", [row.importance for row in rows])
        known = self.parent_numbers
        parents = [-1 if row.parent is None else known.setdefault(row.parent, len(known)) for row in rows]
        self._append("parents", parents)
        self._columns["bbox"].append(boxes_of(rows))
        self.blobs["rendered"].extend([row.rendered for row in rows])
        self.blobs["shapes"].extend([row.shape or b"" for row in rows])
        self.blobs["simplified"].extend([row.simplified or b"" for row in rows])
        self.blobs["successors"].extend(["\n".join(row.successors).encode() for row in rows])
        self._append("name_counts", [len(row.names) for row in rows])
        self._extend_names([name for row in rows for name in row.names])

    def _extend_names(self, names: Sequence[Name]) -> None:
        texts = [name.text for name in names]
        self.blobs["texts"].extend([text.encode() for text in texts])
        kinds = self.kinds
        kind_of = [(name.language, name.script, name.use) for name in names]
        self._append("name_kinds", [kinds.setdefault(kind, len(kinds)) for kind in kind_of])
        lights = fold_many(texts)
        if self.profile.qualified:
            for place, text in enumerate(texts):
                if may_be_qualified(text, lights[place]):
                    lights[place] = fold(self.profile.core(text))
        known = self.spelling_numbers
        self.names += len(names)
        self._append(
            "name_spellings",
            [
                known.setdefault(" ".join(words), len(known)) if words and kind[2] != "exclusion" else -1
                for words, kind in zip(map(str.split, lights), kind_of, strict=True)
            ],
        )


def _renumbered(numbers: Array, things: Sequence[Thing], known: dict[Thing, int]) -> Array:
    """Numbers of things by their place in a list, as what is known numbers them; -1 stays -1."""
    places = np.array([known.setdefault(thing, len(known)) for thing in things] + [-1], np.int64)
    renumbered: Array = places[numbers.astype(np.int64)]
    return renumbered


def check_rows(rows: Sequence[Row], levels: Mapping[str, int]) -> None:
    """Raises BadRow for the first that cannot be stored."""
    for row in rows:
        code = row.code
        if not code.isprintable() or not 0 < len(code) <= LONGEST_CODE:
            raise BadRow(code, f"a code has 1 to {LONGEST_CODE} characters, all of them printable")
        if row.level not in levels:
            raise BadRow(code, f"level {row.level!r} is not one of {', '.join(levels)}")
        if not UNKNOWN_START <= row.valid_from < row.valid_to <= OPEN_END:
            raise BadRow(code, f"validity [{row.valid_from}, {row.valid_to}) is empty or out of range")


def boxes_of(rows: Sequence[Row]) -> Array:
    """Their boxes end to end, in whole 1e-7 degrees; four times NO_BOX where there is none. Raises BadRow."""
    degrees = np.array([row.bbox or _BOXLESS for row in rows], np.float64).reshape(-1, 4)
    placed = ~np.isnan(degrees[:, 0])
    fits = (np.abs(degrees) <= (180, 90, 180, 90)).all(axis=1) & (degrees[:, 1] <= degrees[:, 3])
    for number in np.flatnonzero(placed & ~fits)[:1].tolist():
        row = rows[number]
        raise BadRow(row.code, f"bounding box {row.bbox} is not west, south, east, north in degrees")
    boxes = np.full(degrees.shape, NO_BOX, np.int32)
    boxes[placed] = np.round(degrees[placed] * DEGREE).astype(np.int32)
    laid: Array = boxes.reshape(-1)
    return laid
