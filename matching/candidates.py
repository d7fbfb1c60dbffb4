"""Finding the names that a text may mean: equal keys first, then the nearest keys."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Indel

from matching.collecting import hash_of
from matching.grams import groups_in
from matching.keys import Keys, keys_of_folded
from matching.layout import Array, DamagedStore, text_of
from matching.profiles import profile_named
from matching.store import Store

BRUTE_FORCE = 12_000
"""Up to this many distinct keys, all are compared; above, those that share groups of letters."""
NEAREST = 25
"""How many of the nearest keys are compared in full."""
_MOST_POSTED = 50_000
_MOST_NEAR = 20_000
_SHARING = 80
"""How many of those that share most groups are compared by edit distance."""
_CHUNK = 64
_MOST_KEPT = 16


@dataclass(frozen=True, slots=True)
class Kept:
    """What a query is restricted to: masks over rows, and over the keys of their names."""

    rows: Array
    keys: Array


class Finder:
    """The indexes of one store, read. Holds little of its own: the decoded keys of a small store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.profile = profile_named(store.profile)
        self._keys = memoryview(store.files["keys"].data)
        self._starts = store.files["keys_starts"]
        self.size = len(store.files["key_name_starts"]) - 1
        self._all: list[str] | None = None
        self._kept: dict[tuple[int, ...], Kept] = {}

    def key(self, number: int) -> str:
        raw = bytes(self._keys[int(self._starts[number]) : int(self._starts[number + 1])])
        return text_of(raw, self.store.folder / "keys")

    def _place(self, key: bytes) -> int:
        """The first key that is not before this one."""
        first, last = 0, self.size
        starts, keys = self._starts, self._keys
        while first < last:
            middle = (first + last) // 2
            if bytes(keys[int(starts[middle]) : int(starts[middle + 1])]) < key:
                first = middle + 1
            else:
                last = middle
        return first

    def number_of(self, key: str) -> int | None:
        """The number of an equal key."""
        place = self._place(key.encode())
        return place if place < self.size and self.key(place) == key else None

    def beginning_with(self, prefix: str) -> range:
        """The keys that begin so."""
        encoded = prefix.encode()
        return range(self._place(encoded), self._place(encoded + b"\xff"))

    def names_of(self, keys: Array) -> Array:
        """The names that these keys (numbers) stand for."""
        starts = self.store.files["key_name_starts"]
        begins, ends = starts[keys].astype(np.int64), starts[keys + 1].astype(np.int64)
        counts = ends - begins
        places = np.repeat(begins - (np.cumsum(counts) - counts), counts) + np.arange(int(counts.sum()))
        names: Array = self.store.files["key_names"][places].astype(np.int64)
        return names

    def names_of_key(self, key: int) -> list[int]:
        """The names that one key stands for."""
        starts = self.store.files["key_name_starts"]
        names: list[int] = self.store.files["key_names"][int(starts[key]) : int(starts[key + 1])].tolist()
        return names

    def key_of_name(self, name: int) -> str:
        return self.key(int(self.store.files["name_keys"][name]))

    def script_of_name(self, name: int) -> str:
        return self.store.manifest.kinds[int(self.store.files["name_kinds"][name])][1]

    def names_in_script(self, row: int, script: str) -> list[int]:
        """The row's indexed names in one script."""
        starts, keys = self.store.files["name_starts"], self.store.files["name_keys"]
        names = range(int(starts[row]), int(starts[row + 1]))
        return [name for name in names if keys[name] >= 0 and self.script_of_name(name) == script]

    def same_words(self, keys: Keys) -> list[int]:
        """Names whose words are the same in another order."""
        return [
            name
            for name in self._hashed(b"o", keys.in_order)
            if self._keys_of(name).in_order == keys.in_order
        ]

    def same_skeleton(self, keys: Keys) -> list[int]:
        """Names with the same consonants, in whichever script."""
        wanted = set(keys.skeletons)
        found = {name for skeleton in wanted for name in self._hashed(b"s", skeleton)}
        return sorted(name for name in found if not wanted.isdisjoint(self._keys_of(name).skeletons))

    def _keys_of(self, name: int) -> Keys:
        return keys_of_folded(self.light_of(name))

    def _hashed(self, kind: bytes, key: str) -> list[int]:
        hashes = self.store.files["hashes"]
        wanted = np.uint32(hash_of(kind, key))
        first, last = hashes.searchsorted(wanted), hashes.searchsorted(wanted, "right")
        return [int(name) for name in self.store.files["hash_names"][first:last]]

    def light_of(self, name: int) -> str:
        """A name as it is compared for equality."""
        return self.profile.light(self.store.name(name).text)

    def of_levels(self, levels: tuple[int, ...]) -> Kept:
        """The rows of these levels (numbers)."""
        return self._remembered(levels, lambda: np.isin(self.store.files["levels"], levels))

    def with_children(self) -> Kept:
        """The rows that something lies in, at any date."""
        return self._remembered((-1,), lambda: self.store.files["own"] >= 0)

    def of_rows(self, rows: Array) -> Kept:
        """The rows of a mask."""
        files = self.store.files
        numbers = files["name_keys"][rows[files["name_rows"]]]
        keys = np.zeros(self.size, dtype=bool)
        keys[numbers[numbers >= 0]] = True
        return Kept(rows, keys)

    def _remembered(self, name: tuple[int, ...], make: Callable[[], Array]) -> Kept:
        kept = self._kept.get(name)
        if kept is None:
            kept = self.of_rows(make())
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[name] = kept
        return kept

    def keys_of_these(self, rows: Array) -> Array:
        """The distinct keys of the names of some rows."""
        starts = self.store.files["name_starts"]
        begins, ends = starts[rows].astype(np.int64), starts[rows + 1].astype(np.int64)
        counts = ends - begins
        names = np.repeat(begins - (np.cumsum(counts) - counts), counts) + np.arange(int(counts.sum()))
        numbers = np.unique(self.store.files["name_keys"][names])
        keys: Array = numbers[numbers >= 0].astype(np.int64)
        return keys

    def all_keys(self) -> list[str]:
        """Every key, decoded, in the order of numbers; for small stores only."""
        if self._all is None:
            text = bytes(self._keys)
            starts = self._starts.tolist()
            path = self.store.folder / "keys"
            self._all = [text_of(text[first:last], path) for first, last in pairwise(starts)]
        return self._all

    def nearest(self, texts: Sequence[str], allowed: Array | None = None) -> list[Array]:
        """For each key text, the numbers of the keys most like it; only `allowed` ones (a mask over keys)."""
        if not self.profile.fuzzy or not self.size:
            return [np.empty(0, np.int64) for _ in texts]
        if self.size <= BRUTE_FORCE:
            return self._nearest_of_all(texts, allowed)
        return [self._nearest_by_grams(text, allowed) for text in texts]

    def _nearest_of_all(self, texts: Sequence[str], allowed: Array | None) -> list[Array]:
        keys = self.all_keys()
        found: list[Array] = []
        for start in range(0, len(texts), _CHUNK):
            alike = process.cdist(
                texts[start : start + _CHUNK], keys, scorer=Indel.normalized_similarity, dtype=np.float32
            )
            if allowed is not None:
                alike[:, ~allowed] = 0
            found.extend(best(row, NEAREST) for row in alike)
        return found

    def nearest_to_beginning(self, text: str, allowed: Array | None) -> Array:
        """The keys with a word from which on they are most like a key text: for a text still being typed."""
        if not self.profile.fuzzy or not self.size:
            return np.empty(0, np.int64)
        if self.size > BRUTE_FORCE:
            return self._nearest_beginnings_by_grams(text, allowed)
        keys, inner = self.all_keys(), " " + text
        heads = [key[: len(text)] for key in keys]
        alike = process.cdist([text], heads, scorer=Indel.normalized_similarity, dtype=np.float32)[0]
        alike[[number for number, key in enumerate(keys) if inner in key]] = 1
        if allowed is not None:
            alike[~allowed] = 0
        return best(alike, NEAREST)

    def _nearest_by_grams(self, text: str, allowed: Array | None) -> Array:
        files = self.store.files
        groups = groups_in(text.encode())
        keys = self._sharing(groups)
        if not len(keys):
            return np.empty(0, np.int64)
        shared = np.bincount(keys, minlength=self.size)
        near = np.flatnonzero(shared >= max(1, int(shared.max()) // 3))
        if len(near) > _MOST_NEAR:  # then those that share more are enough to choose from
            having = np.cumsum(np.bincount(shared[near])[::-1])[::-1]
            least = max(int(np.searchsorted(-having, -_MOST_NEAR)), 1)
            near = near[shared[near] >= min(least, int(shared.max()))]
        if allowed is not None:
            near = near[allowed[near]]
        alike = 2 * shared[near] / (len(groups) + files["gram_counts"][near].astype(np.float32))
        return self._reranked(text, near[best(alike, _SHARING)])

    def _nearest_beginnings_by_grams(self, text: str, allowed: Array | None) -> Array:
        """By the rarest groups only: typing is answered within a few milliseconds, whatever the size."""
        groups = groups_in(text.encode(), ended=False)
        keys = self._sharing(groups, _MOST_POSTED)
        if not len(keys):
            return np.empty(0, np.int64)
        shared = np.bincount(keys, minlength=self.size)
        most = int(shared.max())
        near = np.flatnonzero(shared >= (most - 1 if most > 2 else most))
        if allowed is not None:
            near = near[allowed[near]]
        alike = shared[near] - self.store.files["gram_counts"][near].astype(np.float32) / 256
        return near[best(alike, NEAREST)].astype(np.int64)

    def _sharing(self, groups: Array, most: int | None = None) -> Array:
        """The keys (repeated) that these groups occur in; from the rarest groups up to about `most`."""
        starts, posted = self.store.files["gram_starts"], self.store.files["gram_keys"]
        begins, ends = starts[groups], starts[groups + np.int64(1)]
        if most is not None:
            rarest = np.argsort(ends - begins, kind="stable")
            total = np.cumsum((ends - begins)[rarest])
            rarest = rarest[: max(1, int(np.searchsorted(total, most, "right")))]
            begins, ends = begins[rarest], ends[rarest]
        lists = [posted[begin:end] for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]
        keys = np.concatenate(lists)
        if len(keys) and not (keys.min() >= 0 and keys.max() < self.size):
            raise DamagedStore(self.store.folder / "gram_keys", f"has a number outside [0, {self.size})")
        return keys

    def _reranked(self, text: str, numbers: Array) -> Array:
        """The nearest of some keys, by edit distance."""
        keys = [self.key(number) for number in numbers.tolist()]
        alike = process.cdist([text], keys, scorer=Indel.normalized_similarity, dtype=np.float32)[0]
        nearest: Array = numbers[best(alike, NEAREST)]
        return nearest


def best(scores: Array, count: int) -> Array:
    """The places of the highest positive scores, highest first, equal ones in order."""
    if len(scores) > count:
        least = np.partition(scores, len(scores) - count)[len(scores) - count]
        above = np.flatnonzero(scores > least)
        level = np.flatnonzero(scores == least)[: count - len(above)]
        places = np.concatenate([above, level])
    else:
        places = np.arange(len(scores))
    places = places[scores[places] > 0]
    ordered: Array = places[np.lexsort((places, -scores[places]))]
    return ordered
