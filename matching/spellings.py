"""The spellings of a store: distinct names as they are compared for equality, their keys and skeletons."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from sys import intern
from typing import TypeVar

import numpy as np

from matching.hashing import word_hash
from matching.layout import Array, text_of
from matching.store import Store
from matching.text import SCRIPTS

KEPT_DECODED = 120_000
"""Up to this many spellings, their texts are kept decoded, some 250 bytes each; else read when needed."""


_Made = TypeVar("_Made")
Making = Callable[[Sequence[str]], list[_Made]]


def glued(texts: Sequence[str]) -> list[str]:
    """The texts without blanks."""
    return [text.replace(" ", "") for text in texts]


def in_order(texts: Sequence[str]) -> list[str]:
    """The texts with their words in order."""
    return [" ".join(sorted(text.split(" "))) if " " in text else text for text in texts]


def words(texts: Sequence[str]) -> list[tuple[str, ...]]:
    """The words of each; equal words are one object, because names share many."""
    return [tuple(map(intern, text.split(" "))) for text in texts]


def firsts(texts: Sequence[str]) -> list[str]:
    """The first word of each."""
    return [text.partition(" ")[0] for text in texts]


class Spellings:
    """Reads texts by the numbers of spellings, as lists for comparing."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.keys = store.files["spelling_keys"]
        self.scripts = store.files["spelling_scripts"]
        self.size = len(self.keys)
        self._decoded: dict[tuple[str, object], Array] = {}
        self._letters = np.array([script not in ("Zyyy", "Zzzz") for script in SCRIPTS])

    def lights_of(self, numbers: Array) -> list[str]:
        """The spellings themselves."""
        return self._texts("lights", numbers, list)

    def glued_of(self, numbers: Array) -> list[str]:
        """The spellings without blanks."""
        return self._texts("lights", numbers, glued)

    def sorted_of(self, numbers: Array) -> list[str]:
        """The spellings with their words in order."""
        return self._texts("lights", numbers, in_order)

    def keys_of(self, numbers: Array) -> list[str]:
        """Their keys."""
        return self._texts("keys", self.keys[numbers], list)

    def glued_keys_of(self, numbers: Array) -> list[str]:
        """Their keys without blanks."""
        return self._texts("keys", self.keys[numbers], glued)

    def words_of(self, numbers: Array) -> list[tuple[str, ...]]:
        """The words of their keys."""
        return self._texts("keys", self.keys[numbers], words)

    def skeletons_of(self, numbers: Array) -> list[str]:
        """Their skeletons, with blanks between where there are several."""
        return self._texts("skeletons", numbers, list)

    def first_skeletons_of(self, numbers: Array) -> list[str]:
        """The main one of the skeletons of each."""
        return self._texts("skeletons", numbers, firsts)

    def _texts(self, name: str, numbers: Array, make: Making[_Made]) -> list[_Made]:
        """What is made of the texts of a file."""
        if self.size > KEPT_DECODED:
            return make(self._read(name, numbers))
        decoded = self._decoded.get((name, make))
        if decoded is None:
            made = make(self._read_all(name))
            decoded = self._decoded[name, make] = np.fromiter(made, object, count=len(made))
        found: list[_Made] = decoded[numbers].tolist()
        return found

    def _read(self, name: str, numbers: Array) -> list[str]:
        values, starts = self.store.files[name], self.store.files[f"{name}_starts"]
        raw, path = memoryview(values.data), self.store.folder / name
        if not len(starts):
            return [""] * len(numbers)
        bounds = zip(starts[numbers].tolist(), starts[numbers + 1].tolist(), strict=True)
        return [text_of(bytes(raw[first:last]), path) for first, last in bounds]

    def _read_all(self, name: str) -> list[str]:
        values, starts = self.store.files[name], self.store.files[f"{name}_starts"]
        raw, path = bytes(values), self.store.folder / name
        texts = [text_of(raw[first:last], path) for first, last in pairwise(starts.tolist())]
        return texts + [""] * (self.size - len(texts))

    def across(self, scripts: Array, numbers: Array) -> Array:
        """Whether texts in these scripts (numbers of text.SCRIPTS) and these spellings are of two scripts."""
        others = self.scripts[numbers]
        apart: Array = (scripts != others) & self._letters[scripts] & self._letters[others]
        return apart

    def telling(self, words: Sequence[str]) -> Array:
        """What each word tells, float32; words of no key tell as much as the rarest."""
        vocabulary, weights = self.store.files["vocabulary"], self.store.files["vocabulary_weights"]
        unknown = np.float32(np.log1p(2 * max(self.size, 1)))
        if not len(vocabulary):
            return np.full(len(words), unknown, np.float32)
        hashes = np.fromiter(map(word_hash, words), np.uint32, count=len(words))
        places = np.minimum(np.searchsorted(vocabulary, hashes), len(vocabulary) - 1)
        told: Array = np.where(vocabulary[places] == hashes, weights[places], unknown).astype(np.float32)
        return told

    def of_rows(self, rows: Array) -> Array:
        """The distinct spellings of the names of some rows, ascending."""
        _, names = spread(self.store.files["name_starts"], rows)
        numbers = np.unique(self.store.files["name_spellings"][names])
        found: Array = numbers[numbers >= 0].astype(np.int64)
        return found


def spread(starts: Array, numbers: Array) -> tuple[Array, Array]:
    """All from the start of each number to the next: the place of the number, and what it is."""
    return between(starts[numbers].astype(np.int64), starts[numbers + 1].astype(np.int64))


def between(first: Array, last: Array) -> tuple[Array, Array]:
    """The numbers from each first to before its last, with the place of each pair of bounds."""
    counts = last - first
    places = np.repeat(np.arange(len(first)), counts)
    return places, np.repeat(first - (np.cumsum(counts) - counts), counts) + np.arange(int(counts.sum()))
