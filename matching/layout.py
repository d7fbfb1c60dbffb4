"""What a search folder holds: its files, their types, and the manifest that vouches for them.

Every file is a plain array of little-endian numbers, or bytes with an array of starts beside it (start of row
n to start of row n + 1). Nothing is pickled and no header is parsed: types and lengths are in the manifest
and are checked against this page.
"""

import hashlib
import json
import mmap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

BUILDER_VERSION = "3"
"""Raise it with any change of this layout: stores built with another version are stale."""

_EPOCH = date(1970, 1, 1).toordinal()
UNKNOWN_START = -(2**31)
OPEN_END = 2**31 - 1
DEGREE = 10_000_000
"""Bounding boxes are whole numbers of 1e-7 degrees, the precision of shapes."""
NO_BOX = 2**31 - 1
INVALID = 1
"""The flag of a row that a correction withdrew."""
MANIFEST = "manifest.json"

Array = npt.NDArray[Any]

STARTS = ("<u4", "<i8")
TYPES: Mapping[str, tuple[str, ...]] = {
    # rows, in the order of (code, valid_from)
    "codes": ("S",), "valid_from": ("<i4",), "valid_to": ("<i4",), "flags": ("|u1",), "levels": ("|u1",),
    "importance": ("<f4",), "bbox": ("<i4",),
    "rendered": ("|u1",), "rendered_starts": STARTS, "successors": ("|u1",), "successors_starts": STARTS,
    "shapes": ("|u1",), "shapes_starts": STARTS, "simplified": ("|u1",), "simplified_starts": STARTS,
    # the tree: a row's parent and its own code as numbers of parent_codes (-1: none), and the rows below each
    "parent_codes": ("S",), "parents": ("<i4",), "own": ("<i4",), "child_starts": ("<i4",),
    "child_rows": ("<i4",),
    # names, in the order of rows
    "name_starts": ("<i4",), "name_rows": ("<i4",), "name_kinds": ("<u2",), "texts": ("|u1",),
    "texts_starts": STARTS,
    # distinct keys in code point order, and the names each stands for with their rows' importance
    "keys": ("|u1",), "keys_starts": STARTS, "key_name_starts": ("<i4",), "key_names": ("<i4",),
    "key_weights": ("<f4",),
    # spellings: distinct names as they are compared for equality, in the order of keys and then their own;
    # their skeletons (blanks between), scripts (numbers of text.SCRIPTS), and names (places in key_names)
    "lights": ("|u1",), "lights_starts": STARTS, "skeletons": ("|u1",), "skeletons_starts": STARTS,
    "spelling_keys": ("<i4",), "spelling_scripts": ("|u1",), "spelling_name_starts": ("<i4",),
    "name_spellings": ("<i4",),
    # hashes of what spellings are found by, and of the words of keys with what each word tells
    "hashes": ("<u4",), "hash_spellings": ("<i4",), "vocabulary": ("<u4",), "vocabulary_weights": ("<f4",),
    # groups of three letters: the spellings each occurs in, and what it says of each
    "gram_starts": ("<i8",), "gram_spellings": ("<i4",), "gram_weights": ("<f4",),
    # activities: designations as documents, and their terms, found by hash (see activities/index.py)
    "document_names": ("<i4",), "document_doings": ("<u2",), "document_keys": ("<u8",),
    "document_by_key": ("<i4",),
    "word_hashes": ("<u8",), "word_starts": ("<i4",), "word_documents": ("<i4",), "word_weights": ("<f4",),
    "word_rarities": ("<f4",),
    "letters_hashes": ("<u8",), "letters_starts": ("<i4",), "letters_documents": ("<i4",),
    "letters_weights": ("<f4",), "letters_rarities": ("<f4",),
}  # fmt: skip
"""File name to the types it may have; 'S' is bytes of one fixed width."""


def day_of(day: date) -> int:
    """The number under which a store keeps a day: days since 1970-01-01."""
    return day.toordinal() - _EPOCH


class StoreError(ValueError):
    """A search folder that cannot be used: `path` and `why`."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path
        self.why = why


class DamagedStore(StoreError):
    """The folder is incomplete or its files are not what its manifest says."""


class StaleStore(StoreError):
    """The folder was built with other keys or by another builder; rebuild it."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the folder says about itself. `files` maps a file to its type, number of values and SHA-256."""

    key_version: str
    builder_version: str
    profile: str
    content_root: str
    levels: tuple[str, ...]
    kinds: tuple[tuple[str | None, str, str], ...]
    size: int
    files: Mapping[str, tuple[str, int, str]]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write it last: a folder without a manifest is not a store."""
    content = {
        "key_version": manifest.key_version, "builder_version": manifest.builder_version,
        "profile": manifest.profile, "content_root": manifest.content_root, "levels": list(manifest.levels),
        "kinds": [list(kind) for kind in manifest.kinds], "size": manifest.size,
        "files": {
            name: {"type": dtype, "count": count, "bytes": (folder / name).stat().st_size, "sha256": digest}
            for name, (dtype, count, digest) in sorted(manifest.files.items())
        },
    }  # fmt: skip
    (folder / MANIFEST).write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Raises DamagedStore where it is absent or does not say what it must, StaleStore for other versions."""
    path = folder / MANIFEST
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        manifest = Manifest(
            key_version=str(content["key_version"]),
            builder_version=str(content["builder_version"]),
            profile=str(content["profile"]),
            content_root=str(content["content_root"]),
            levels=tuple(map(str, content["levels"])),
            kinds=tuple((kind[0], str(kind[1]), str(kind[2])) for kind in content["kinds"]),
            size=int(content["size"]),
            files={
                str(name): (str(file["type"]), int(file["count"]), str(file["sha256"]))
                for name, file in content["files"].items()
            },
        )
    except OSError as error:
        raise DamagedStore(folder, f"its manifest cannot be read ({error.strerror})") from None
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError):
        raise DamagedStore(path, "not a manifest of a search folder") from None
    if manifest.builder_version != BUILDER_VERSION:
        raise StaleStore(
            folder, f"built by builder {manifest.builder_version}, this one is {BUILDER_VERSION}"
        )
    return manifest


def map_file(folder: Path, name: str, manifest: Manifest) -> Array:
    """The file as a read-only mapped array. Raises DamagedStore where its type or size is not as declared."""
    path = folder / name
    if name not in manifest.files:
        raise DamagedStore(path, "not in the manifest")
    declared, count, _ = manifest.files[name]
    width = declared.removeprefix("|S")
    fixed = declared != width and width.isdigit() and 0 < int(width) <= 4096
    if not (fixed if TYPES[name] == ("S",) else declared in TYPES[name]):
        raise DamagedStore(path, f"has values of type {declared!r}")
    dtype = np.dtype(declared)
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            if count < 0 or size != count * dtype.itemsize:
                raise DamagedStore(path, f"has {size} bytes, its manifest says {count * dtype.itemsize}")
            if size == 0:
                return np.empty(0, dtype)
            # Nothing is ever written; but sparse products take only memory that could be (`unlocked`).
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    except OSError as error:
        raise DamagedStore(path, f"cannot be read ({error.strerror})") from None
    values = np.frombuffer(mapped, dtype)
    values.setflags(write=False)
    return values


def unlocked(values: Array) -> Array:
    """A mapped array for what insists on writable memory, though it does not write; pages stay shared."""
    view = values.view()
    view.setflags(write=True)
    return view


def text_of(raw: bytes, path: Path) -> str:
    """Bytes of that file as text; raises DamagedStore for what is no UTF-8."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise DamagedStore(path, f"has {raw[:40]!r}, which is no UTF-8") from None


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
