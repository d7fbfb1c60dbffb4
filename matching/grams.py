"""Groups of three neighbouring letters of keys, and the list of keys that each occurs in."""

from collections.abc import Sequence

import numpy as np

from matching.layout import Array

SYMBOLS = 40
SIZE = SYMBOLS**3
COMMON = 0.1
"""Groups in more than this share of the keys say little and are left out: 3.5 times faster, as accurate."""
COMMON_FROM = 1_000
"""Below this many keys every group is kept."""

# 0 stands for blanks and both ends, 1-26 letters, 27-36 digits; bytes of other scripts fall on any of the 39.
_SYMBOL = np.zeros(256, dtype=np.uint16)
for _letter in range(26):
    _SYMBOL[ord("a") + _letter] = 1 + _letter
for _digit in range(10):
    _SYMBOL[ord("0") + _digit] = 27 + _digit
for _byte in range(128, 256):
    _SYMBOL[_byte] = 1 + _byte % (SYMBOLS - 1)


def grams_of(keys: Array, lengths: Array) -> tuple[Array, Array]:
    """All groups of keys laid end to end with two blanks before and one after each.

    `keys` are such bytes (uint8), `lengths` counts each key's bytes with its three blanks. Gives groups
    (uint16) and the number of the key of each (int32), without repetition, ordered by group and then key.
    """
    symbols = _SYMBOL[keys]
    groups = symbols[:-2] * np.uint16(SYMBOLS * SYMBOLS) + symbols[1:-1] * np.uint16(SYMBOLS) + symbols[2:]
    owners = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)[: len(groups)]
    ends = np.cumsum(lengths)
    inside = np.ones(len(groups), dtype=bool)
    for back in (1, 2):  # the groups that straddle two keys
        straddling = ends - back
        inside[straddling[straddling < len(groups)]] = False
    groups, owners = groups[inside], owners[inside]
    order = np.argsort(groups, kind="stable")  # a radix sort, because groups are 16 bits wide
    groups, owners = groups[order], owners[order]
    first = np.ones(len(groups), dtype=bool)
    first[1:] = (groups[1:] != groups[:-1]) | (owners[1:] != owners[:-1])
    return groups[first], owners[first]


def padded(keys: Sequence[bytes]) -> tuple[Array, Array]:
    """Keys laid end to end as `grams_of` takes them."""
    laid = np.frombuffer(b"".join([b"  " + key + b" " for key in keys]), dtype=np.uint8)
    return laid, np.fromiter((len(key) + 3 for key in keys), dtype=np.int64, count=len(keys))


def index_of(keys: Sequence[bytes]) -> tuple[Array, Array, Array]:
    """Starts (SIZE + 1) into each group's key numbers, those numbers, and each key's count of groups."""
    if not keys:
        return np.zeros(SIZE + 1, np.int64), np.empty(0, np.int32), np.empty(0, np.uint8)
    groups, owners = grams_of(*padded(keys))
    counts = np.minimum(np.bincount(owners, minlength=len(keys)), 255).astype(np.uint8)
    per_group = np.bincount(groups, minlength=SIZE)
    if len(keys) >= COMMON_FROM:
        kept = per_group <= COMMON * len(keys)
        owners = owners[kept[groups]]
        per_group = np.where(kept, per_group, 0)
    starts = np.zeros(SIZE + 1, np.int64)
    np.cumsum(per_group, out=starts[1:])
    return starts, owners, counts


def groups_in(key: bytes, *, ended: bool = True) -> Array:
    """The distinct groups of one key; not those of its end where it has not `ended` yet."""
    laid, _ = padded([key])
    symbols = _SYMBOL[laid if ended else laid[:-1]]
    groups = symbols[:-2] * np.uint16(SYMBOLS * SYMBOLS) + symbols[1:-1] * np.uint16(SYMBOLS) + symbols[2:]
    return np.unique(groups)
