"""Writing a search folder: rows in any order, streamed, into mapped arrays sorted by (code, valid_from)."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice, pairwise
from pathlib import Path
from typing import BinaryIO

import numpy as np

from matching.activities.index import documents_of
from matching.collecting import Blobs, Collected
from matching.indexing import sought_by
from matching.keys import KEY_VERSION, keys_of_many
from matching.layout import BUILDER_VERSION, NO_BOX, Array, Manifest, digest_of, write_manifest
from matching.rows import Row
from matching.text import SCRIPTS, script_of

_BATCH = 20_000


class _Out:
    """The folder being written, and what its manifest will say."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[str, tuple[str, int, str]] = {}

    def _declare(self, name: str, dtype: str, count: int) -> None:
        self.files[name] = (dtype, count, digest_of(self.folder / name))

    def _open(self, name: str) -> BinaryIO:
        return (self.folder / name).open("wb")

    def array(self, name: str, values: Array) -> None:
        with self._open(name) as file:
            file.write(np.ascontiguousarray(values).data)
        self._declare(name, values.dtype.str, len(values))

    def starts(self, name: str, lengths: Array) -> None:
        """Where each of these many values begins, and the end; 32 bits where they are enough."""
        starts = np.zeros(len(lengths) + 1, np.int64)
        np.cumsum(lengths, out=starts[1:])
        self.array(name, starts.astype(np.uint32) if starts[-1] < 2**32 else starts)

    def texts(self, name: str, pieces: Iterable[bytes], lengths: Array) -> None:
        """Byte strings laid end to end, with their starts; neither where all are empty."""
        with self._open(name) as file:
            file.writelines(pieces)
        total = int(lengths.sum())
        self._declare(name, "|u1", total)
        if total:
            self.starts(f"{name}_starts", lengths)
        else:
            self.array(f"{name}_starts", np.empty(0, np.uint32))

    def blobs(self, name: str, blobs: Blobs, order: Array | None) -> None:
        """Collected byte strings in another order; their temporary file is removed."""
        lengths = blobs.lengths()
        self.texts(name, blobs.read(order), lengths if order is None else lengths[order])
        blobs.remove()


@contextmanager
def _without_collector() -> Iterator[None]:
    """Millions of small objects come and go, none in a cycle: looking for cycles took a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def collect(staging: Path, rows: Iterable[Row], *, profile: str, levels: Sequence[str]) -> None:
    """Collect rows into a new folder, for a `write_store` in another process. Raises as that does."""
    staging.mkdir(parents=True)
    with _without_collector():
        collected = Collected(staging, levels, profile)
        _extend(collected, rows)
        collected.keep()


def write_store(
    folder: Path,
    rows: Iterable[Row],
    *,
    profile: str,
    content_root: str,
    levels: Sequence[str],
    further: Iterable[Path] = (),
) -> None:
    """Write the rows, in any order, into `folder`, which must not exist; the manifest comes last.

    `further` are folders of `collect`, asked for one by one: their rows count as coming after `rows`.
    `levels` name every level a row may have, the highest first; `profile` is one of `profiles.PROFILES`.
    Memory grows with codes and distinct keys only: texts, shapes and rendered items pass through temporary
    files. Raises BadRow for a row that cannot be stored, FileExistsError where the folder exists.
    """
    folder.mkdir(parents=True)
    out = _Out(folder)
    with _without_collector(), Collected(folder, levels, profile) as collected:
        _extend(collected, rows)
        for staging in further:
            collected.absorb(staging)
        size = _write_files(out, collected)
        kinds = tuple(collected.kinds)
    manifest = Manifest(
        KEY_VERSION, BUILDER_VERSION, profile, content_root, tuple(levels), kinds, size, out.files
    )
    write_manifest(folder, manifest)


def _extend(collected: Collected, rows: Iterable[Row]) -> None:
    stream = iter(rows)
    while batch := list(islice(stream, _BATCH)):
        collected.extend(batch)


def _write_files(out: _Out, collected: Collected) -> int:
    """Everything but the manifest; gives the number of rows."""
    codes = _fixed(collected.codes)
    collected.codes.clear()
    order = np.lexsort((collected.column("valid_from"), codes))
    came_in_order = bool((order == np.arange(len(order))).all())
    codes = codes[order]
    out.array("codes", codes)
    for name in ("valid_from", "valid_to", "flags", "levels", "importance"):
        out.array(name, collected.column(name)[order])
    boxes = collected.column("bbox").reshape(-1, 4)
    out.array("bbox", (boxes[order] if (boxes != NO_BOX).any() else boxes[:0]).reshape(-1))
    for name in ("rendered", "shapes", "simplified", "successors"):
        out.blobs(name, collected.blobs[name], None if came_in_order else order)
    _write_tree(out, collected, codes, order)
    _write_names(out, collected, order, came_in_order)
    return len(codes)


def _fixed(codes: Sequence[bytes]) -> Array:
    """Codes as bytes of one width."""
    return np.array(codes, dtype=f"S{max(map(len, codes))}") if codes else np.empty(0, "S1")


def _starts_of(numbers: Array, size: int) -> Array:
    """Where the values of each number begin, once they are sorted by it."""
    starts = np.zeros(size + 1, np.int32)
    np.cumsum(np.bincount(numbers, minlength=size), out=starts[1:])
    return starts


def _renumbering(order: Array) -> Array:
    """From the numbers things had to their places in an order; -1 stays -1."""
    places = np.full(len(order) + 1, -1, np.int32)
    places[order] = np.arange(len(order), dtype=np.int32)
    return places


def _write_tree(out: _Out, collected: Collected, codes: Array, order: Array) -> None:
    parent_codes = _fixed([code.encode() for code in collected.parent_numbers])
    by_code = np.argsort(parent_codes, kind="stable")
    parent_codes = parent_codes[by_code]
    parents = _renumbering(by_code)[collected.column("parents")[order]]
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


def _write_names(out: _Out, collected: Collected, order: Array, came_in_order: bool) -> None:
    counts = collected.column("name_counts")
    first = np.cumsum(counts) - counts
    counts = counts[order]
    name_starts = np.zeros(len(order) + 1, np.int32)
    np.cumsum(counts, out=name_starts[1:])
    # The number that each name, in the order of rows, had as it came.
    came = np.repeat(first[order] - name_starts[:-1], counts) + np.arange(collected.names)
    out.array("name_starts", name_starts)
    name_rows = np.repeat(np.arange(len(order), dtype=np.int32), counts)
    out.array("name_rows", name_rows)
    out.array("name_kinds", collected.column("name_kinds")[came])
    out.blobs("texts", collected.blobs["texts"], None if came_in_order else came)

    lights = list(collected.spelling_numbers)
    collected.spelling_numbers.clear()
    named = _write_spellings(out, lights, collected, came)
    out.array("key_weights", collected.column("importance")[order][name_rows[named]])
    _write_documents(out, collected, name_rows, came)


def _write_spellings(out: _Out, lights: Sequence[str], collected: Collected, came: Array) -> Array:
    """Spellings in the order of their keys, and what they are found by; gives the names in that order."""
    spelled = sorted(keys_of_many(lights), key=lambda each: (each.key, each.light))
    numbers = {light: number for number, light in enumerate(lights)}
    by_key = np.fromiter((numbers[each.light] for each in spelled), np.int64, count=len(spelled))
    name_spellings = _renumbering(by_key)[collected.column("name_spellings")[came]]
    keys = list(dict.fromkeys(each.key for each in spelled))
    key_numbers = {key: number for number, key in enumerate(keys)}
    spelling_keys = np.fromiter((key_numbers[each.key] for each in spelled), np.int32, count=len(spelled))
    named = np.argsort(name_spellings, kind="stable").astype(np.int32)
    named = named[int((name_spellings < 0).sum()) :]
    sought = name_spellings[name_spellings >= 0]
    _write_texts(out, "keys", keys)
    out.array("key_names", named)
    out.array("key_name_starts", _starts_of(spelling_keys[sought], len(keys)))
    _write_texts(out, "lights", [each.light for each in spelled])
    _write_texts(out, "skeletons", [" ".join(each.skeletons) for each in spelled])
    out.array("spelling_keys", spelling_keys)
    scripts = [SCRIPTS.index(script_of(each.light)) for each in spelled]
    out.array("spelling_scripts", np.array(scripts, np.uint8))
    out.array("spelling_name_starts", _starts_of(sought, len(spelled)))
    out.array("name_spellings", name_spellings)
    for name, values in sought_by(spelled, collected.profile).items():
        out.array(name, values)
    return named


def _write_texts(out: _Out, name: str, texts: Sequence[str]) -> None:
    encoded = [text.encode() for text in texts]
    out.texts(name, encoded, np.fromiter(map(len, encoded), np.int64, count=len(encoded)))


def _write_documents(out: _Out, collected: Collected, name_rows: Array, came: Array) -> None:
    """The index of activities over the names as they were written; for other profiles an empty one."""
    texts: list[str] = []
    if collected.profile.documents:
        raw = (out.folder / "texts").read_bytes()
        ends = np.cumsum(collected.blobs["texts"].lengths()[came]).tolist()
        texts = [raw[start:end].decode() for start, end in pairwise([0, *ends])]
    excludes = np.array([use == "exclusion" for _, _, use in collected.kinds], dtype=bool)
    excluding = excludes[collected.column("name_kinds")[came[: len(texts)]]]
    for name, values in documents_of(texts, name_rows[: len(texts)], excluding).items():
        out.array(name, values)
