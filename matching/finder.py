"""The indexes of one store, read: keys in their order for completing, spellings, and what is remembered."""

from collections.abc import Callable, Sequence
from weakref import WeakKeyDictionary, proxy

import numpy as np

from matching.candidates import Candidates, Kept
from matching.grams import groups_in
from matching.keys import Keys
from matching.layout import Array, text_of
from matching.profiles import profile_named
from matching.queries import UnknownLevel
from matching.showing import Showing
from matching.spellings import Spellings, between
from matching.store import Store
from matching.within import Within

NEAREST = 25
"""How many of the keys that begin most like a text are offered."""
_MOST_POSTED = 50_000
_MOST_KEPT = 16
_MOST_WITHINS = 512


class Finder:
    """What is looked for in one store. Holds little of its own: a few decoded texts, masks and parents."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.profile = profile_named(store.profile)
        self.spellings = Spellings(store)
        self.candidates = Candidates(store, self.spellings)
        self._keys = memoryview(store.files["keys"].data)
        self._starts = store.files["keys_starts"]
        self.size = len(store.files["key_name_starts"]) - 1
        self._kept: dict[tuple[int, ...], Kept] = {}
        self.showing = Showing(store)
        self.withins: dict[tuple[str, int], Within] = {}

    # Keys, in the order of code points

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

    def is_key(self, key: str) -> bool:
        """Whether some name has that key."""
        return self.number_of(key) is not None

    def same_words(self, keys: Keys) -> list[int]:
        """The spellings with the words of these keys, in any order."""
        found = np.unique(self.candidates.by_words([keys])[1])
        return [
            number
            for number, key in zip(found.tolist(), self.spellings.keys_of(found), strict=True)
            if " ".join(sorted(key.split())) == keys.in_order
        ]

    def beginning_with(self, prefix: str) -> range:
        """The keys that begin so."""
        encoded = prefix.encode()
        return range(self._place(encoded), self._place(encoded + b"\xff"))

    def names_of_key(self, key: int) -> list[int]:
        """The names that one key stands for."""
        starts = self.store.files["key_name_starts"]
        names: list[int] = self.store.files["key_names"][int(starts[key]) : int(starts[key + 1])].tolist()
        return names

    def nearest_to_beginning(self, text: str, kept: Kept | None) -> Array:
        """The keys with a word from which on they are most like a key text: for a text still being typed.

        By the rarest groups of letters only: typing is answered within a few milliseconds, whatever the size.
        """
        files = self.store.files
        if not self.profile.fuzzy or not self.size:
            return np.empty(0, np.int64)
        groups = groups_in(text, ended=False)
        first, last = files["gram_starts"][groups], files["gram_starts"][groups + 1]
        rarest = np.argsort(last - first, kind="stable")
        total = np.cumsum((last - first)[rarest])
        rarest = rarest[: max(1, int(np.searchsorted(total, _MOST_POSTED, "right")))]
        _, places = between(first[rarest], last[rarest])
        spellings = self.candidates.posted(places)
        if kept is not None:
            spellings = spellings[kept.spellings[spellings]]
        numbers, shared = np.unique(spellings, return_counts=True)
        if not len(numbers):
            return np.empty(0, np.int64)
        most = int(shared.max())
        near = shared >= (most - 1 if most > 2 else most)
        keys, places = np.unique(self.spellings.keys[numbers[near]], return_index=True)
        shared = shared[near][places]
        lengths = self._starts[keys + 1].astype(np.int64) - self._starts[keys]
        alike = shared - lengths / 256
        nearest: Array = keys[np.lexsort((keys, -alike))][:NEAREST].astype(np.int64)
        return nearest

    # What a query is restricted to

    def of_levels(self, names: Sequence[str]) -> Kept | None:
        """The rows of these levels; None where all are meant. Raises UnknownLevel."""
        known = self.store.levels
        for level in names:
            if level not in known:
                raise UnknownLevel(level, known)
        levels = tuple(number for number, level in enumerate(known) if level in names)
        if not levels:
            return None
        return self._remembered(levels, lambda: np.isin(self.store.files["levels"], levels))

    def with_children(self) -> Kept:
        """The rows that something lies in, at any date."""
        return self._remembered((-1,), lambda: self.store.files["own"] >= 0)

    def of_rows(self, rows: Array) -> Kept:
        """The rows of a mask."""
        files = self.store.files
        numbers = files["name_spellings"][rows[files["name_rows"]]]
        spellings = np.zeros(self.spellings.size, dtype=bool)
        spellings[numbers[numbers >= 0]] = True
        return Kept(rows, spellings)

    def _remembered(self, name: tuple[int, ...], make: Callable[[], Array]) -> Kept:
        kept = self._kept.get(name)
        if kept is None:
            kept = self.of_rows(make())
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[name] = kept
        return kept

    def remember_within(self, text: str, at: int, within: Within) -> None:
        """Keep what a parent's text came to at a day, for queries to come."""
        if len(self.withins) >= _MOST_WITHINS:
            self.withins.clear()
        self.withins[text, at] = within


_finders: WeakKeyDictionary[Store, Finder] = WeakKeyDictionary()


def finder_of(store: Store) -> Finder:
    """The store's finder, made when it is first needed; of use only as long as the store is."""
    finder = _finders.get(store)
    if finder is None:
        # A finder that kept its store would keep it for ever: what is kept here goes when the store goes.
        finder = _finders[store] = Finder(proxy(store))
    return finder
