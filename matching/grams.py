"""Groups of three neighbouring letters, and the list of spellings that each occurs in.

A spelling has the groups of its key and, in Latin letters, those of its letters as written: a typing error
changes few of the one or few of the other.
"""

from collections.abc import Sequence

import numpy as np

from matching.layout import Array

SYMBOLS = 40
SIZE = SYMBOLS**3
COMMON = 0.1
"""Groups in more than this share of the spellings say little and are left out: much faster, as accurate."""
COMMON_FROM = 1_000
"""Below this many spellings every group is kept."""
_TELLING = 0.5
"""The power that rarity is raised to: rare groups are often typing errors."""

# 0 stands for blanks and both ends, 1-26 letters, 27-36 digits; bytes of other scripts fall on any of the 39.
_SYMBOL = np.zeros(256, dtype=np.uint16)
for _letter in range(26):
    _SYMBOL[ord("a") + _letter] = 1 + _letter
for _digit in range(10):
    _SYMBOL[ord("0") + _digit] = 27 + _digit
for _byte in range(128, 256):
    _SYMBOL[_byte] = 1 + _byte % (SYMBOLS - 1)


def groups_of(keys: Sequence[str], lights: Sequence[str]) -> tuple[Array, Array]:
    """The distinct groups of spellings: groups (int64) and the number of the spelling of each, ascending."""
    written = [light if light.isascii() else "" for light in lights]
    cells = np.concatenate([_cells(keys), _cells(written)])
    cells.sort()
    first = np.ones(len(cells), dtype=bool)
    first[1:] = cells[1:] != cells[:-1]
    cells = cells[first]
    return cells % SIZE, cells // SIZE


def _cells(texts: Sequence[str]) -> Array:
    """Number of text * SIZE + group for all groups of texts, with two blanks before and one after each."""
    encoded = [text.encode() for text in texts]
    if not encoded:
        return np.empty(0, np.int64)
    symbols = _SYMBOL[np.frombuffer(b"  " + b"   ".join(encoded) + b" ", dtype=np.uint8)]
    groups = symbols[:-2] * np.uint16(SYMBOLS * SYMBOLS) + symbols[1:-1] * np.uint16(SYMBOLS) + symbols[2:]
    lengths = np.fromiter(map(len, encoded), np.int64, count=len(encoded))
    owners = np.repeat(np.arange(len(encoded), dtype=np.int64), lengths + 3)[: len(groups)]
    inside = groups != 0  # the groups of blanks only, between two texts, and those that straddle two
    ends = np.cumsum(lengths + 3)
    for back in (1, 2):
        straddling = ends - back
        inside[straddling[straddling < len(groups)]] = False
    cells: Array = owners[inside] * SIZE + groups[inside]
    return cells


def index_of(keys: Sequence[str], lights: Sequence[str]) -> tuple[Array, Array, Array]:
    """Starts (SIZE + 1) into each group's spellings, those spellings, and the group's weight in each.

    The weights of one spelling, with those of the common groups that are left out, have length one.
    """
    if not keys:
        return np.zeros(SIZE + 1, np.int64), np.empty(0, np.int32), np.empty(0, np.float32)
    groups, owners = groups_of(keys, lights)
    order = np.argsort(groups.astype(np.uint16), kind="stable")  # a radix sort, because groups have 16 bits
    groups, owners = groups[order], owners[order]
    counts = np.bincount(groups, minlength=SIZE)
    telling = rarities(counts, len(keys))
    lengths = np.sqrt(np.bincount(owners, telling[groups] ** 2, minlength=len(keys)))
    if len(keys) >= COMMON_FROM:
        kept = counts <= COMMON * len(keys)
        counts = np.where(kept, counts, 0)
        owners, groups = owners[kept[groups]], groups[kept[groups]]
    starts = np.zeros(SIZE + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    weights = (telling[groups] / lengths[owners]).astype(np.float32)
    return starts, owners.astype(np.int32), weights


def rarities(counts: Array, size: int) -> Array:
    """What groups in so many of so many spellings tell."""
    rare: Array = np.log(1 + size / np.maximum(counts, 1)) ** _TELLING
    return rare


def groups_in(key: str, *, ended: bool = True) -> Array:
    """The distinct groups of one key; not those of its end where it has not `ended` yet."""
    laid = np.frombuffer(b"  " + key.encode() + (b" " if ended else b""), dtype=np.uint8)
    symbols = _SYMBOL[laid].astype(np.int64)
    groups = np.unique(symbols[:-2] * SYMBOLS * SYMBOLS + symbols[1:-1] * SYMBOLS + symbols[2:])
    told: Array = groups[groups > 0]
    return told
