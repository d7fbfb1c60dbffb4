"""Gathering pairs of a text and a spelling that is like it, each compared in full.

In the order of the steps: equal hashes, what lies in the parent, and, for texts that these do not settle, the
spellings that share groups of letters. Texts do not influence each other: many at once are only faster.
"""

from collections.abc import Sequence

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Indel

from matching.candidates import Kept
from matching.finder import Finder
from matching.layout import Array
from matching.reading import Asked
from matching.scoring import Comparing, Pairs, joined
from matching.spellings import glued, spread
from matching.within import Within

SHORTLIST = 6
"""How many pairs of a text, chosen by one part of their likeness, are compared in full at each step."""
_SETTLED = 0.9
"""With a likeness from here on, a text needs no look at what else shares its letters."""
_FAR_BEHIND = 0.3
"""Pairs that seem so much less alike than the text's best are not compared in full."""
_MOST_CHILDREN = 5_000


class Gatherer:
    """Finds pairs for texts that are restricted to the same rows."""

    def __init__(self, finder: Finder, asked: Asked, kept: Kept | None) -> None:
        self.finder = finder
        self.asked = asked
        self.kept = kept
        self._comparing = Comparing(asked, finder.spellings)
        self._size = finder.spellings.size
        self._known = np.empty(0, np.int64)
        self._found: list[Pairs] = []

    def gather(self, texts: Array, withins: Sequence[Within]) -> Pairs:
        """Pairs for these texts (places in `asked`); `withins` has what each text of `asked` lies in."""
        texts = texts[[bool(self.asked.keys[text].key) for text in texts.tolist()]]
        if len(texts) and self._size:
            self._compare(self._unknown(np.unique(self._equal(texts))), hashed=True)
            self._compare(self._shortlist(self._unknown(self._children(texts, withins))))
            if self.finder.profile.fuzzy:
                leading, others = map(self._unknown, self._by_groups(self._open(texts)))
                self._compare(np.concatenate([leading, self._shortlist(others)]))
            self._compare(self._unknown(np.unique(self._siblings())))
        if not self._found:
            nothing = np.empty(0, np.int64)
            return Pairs(nothing, nothing, self._comparing.fully(nothing, nothing, hashed=False))
        return Pairs(
            np.concatenate([each.queries for each in self._found]),
            np.concatenate([each.spellings for each in self._found]),
            joined([each.likeness for each in self._found]),
        )

    def _cells(self, queries: Array, spellings: Array) -> Array:
        """One number for each pair; only those that are kept."""
        if self.kept is not None:
            inside = self.kept.spellings[spellings]
            queries, spellings = queries[inside], spellings[inside]
        cells: Array = queries * self._size + spellings
        return cells

    def _equal(self, texts: Array) -> Array:
        """Those with the same words or the same skeleton."""
        keys = [self.asked.keys[text] for text in texts.tolist()]
        queries, spellings = self.finder.candidates.by_words(keys)
        equal = self._cells(texts[queries], spellings)
        if self.finder.profile.across_scripts:
            queries, spellings = self.finder.candidates.by_skeleton(keys)
            equal = np.concatenate([equal, self._cells(texts[queries], spellings)])
        return equal

    def _children(self, texts: Array, withins: Sequence[Within]) -> Array:
        """The most alike of what lies in each text's parent, by letters or by key."""
        groups: dict[int, list[int]] = {}
        for text in texts.tolist():
            if withins[text].known:
                groups.setdefault(id(withins[text]), []).append(text)
        found = [np.empty(0, np.int64)]
        for group in groups.values():
            rows = withins[group[0]].close()
            children = self.finder.spellings.of_rows(rows[:_MOST_CHILDREN])
            if self.kept is not None:
                children = children[self.kept.spellings[children]]
            if len(children):
                queries, places = self._most_alike(group, children)
                found.append(np.array(group)[queries] * self._size + children[places])
        return np.concatenate(found)

    def _most_alike(self, texts: Sequence[int], children: Array) -> tuple[Array, Array]:
        spellings, keys = self.finder.spellings, [self.asked.keys[text] for text in texts]
        alike = np.maximum(
            process.cdist(
                glued([each.light for each in keys]),
                spellings.glued_of(children),
                scorer=Indel.normalized_similarity,
                dtype=np.float32,
            ),
            process.cdist(
                glued([each.key for each in keys]),
                spellings.glued_keys_of(children),
                scorer=Indel.normalized_similarity,
                dtype=np.float32,
            ),
        )
        count = alike.shape[1]
        if count > SHORTLIST:
            # Likeness and place in one number: of those that are as alike, the first. Bits of positive floats
            # are in their order.
            farther = np.arange(count) - (alike.view(np.int32).astype(np.int64) << 32)
            best = np.argpartition(farther, SHORTLIST - 1, axis=1)[:, :SHORTLIST]
        else:
            best = np.tile(np.arange(count), (len(texts), 1))
        return np.repeat(np.arange(len(texts)), best.shape[1]), best.reshape(-1)

    def _open(self, texts: Array) -> Array:
        """The texts for which nothing that is alike enough was found."""
        best = np.zeros(len(self.asked), np.float32)
        for each in self._found:
            np.maximum.at(best, each.queries, each.likeness.text)
        return texts[best[texts] < _SETTLED]

    def _by_groups(self, texts: Array) -> tuple[Array, Array]:
        """Those that share most groups of letters, which are all compared; those that share many."""
        if not len(texts):
            return texts, texts
        keys = [self.asked.keys[text] for text in texts.tolist()]
        queries, spellings, leading = self.finder.candidates.by_groups(keys, self.kept)
        queries = texts[queries]
        return (
            self._cells(queries[leading], spellings[leading]),
            self._cells(queries[~leading], spellings[~leading]),
        )

    def _siblings(self) -> Array:
        """For pairs across scripts, how the same rows are spelled in the text's own script."""
        finder = self.finder
        files = finder.store.files
        found = [np.empty(0, np.int64)]
        for pairs in self._found:
            across = pairs.likeness.across
            if across.any():
                queries, spellings = pairs.queries[across], pairs.spellings[across]
                owners, places = spread(files["spelling_name_starts"], spellings)
                rows = files["name_rows"][files["key_names"][places]]
                others, names = spread(files["name_starts"], rows)
                siblings = files["name_spellings"][names].astype(np.int64)
                queries = queries[owners][others]
                own = (siblings >= 0) & (finder.spellings.scripts[siblings] == self.asked.scripts[queries])
                found.append(self._cells(queries[own], siblings[own]))
        return np.concatenate(found)

    def _unknown(self, cells: Array) -> Array:
        """Distinct pairs, ascending, without those that were compared before."""
        cells = np.sort(cells)
        if len(self._known):
            places = np.minimum(np.searchsorted(self._known, cells), len(self._known) - 1)
            cells = cells[self._known[places] != cells]
        return cells

    def _compare(self, cells: Array, *, hashed: bool = False) -> None:
        """Compare pairs in full."""
        if not len(cells):
            return
        queries, spellings = cells // self._size, cells % self._size
        alike = self._comparing.fully(queries, spellings, hashed=hashed)
        self._found.append(Pairs(queries, spellings, alike))
        self._known = np.sort(np.concatenate([self._known, cells]))

    def _shortlist(self, cells: Array) -> Array:
        """The pairs of each text that seem most alike."""
        if not len(cells):
            return cells
        queries, spellings = cells // self._size, cells % self._size
        first = np.flatnonzero(np.diff(queries, prepend=-1))
        counts = np.diff(first, append=len(queries))
        if counts.max() <= SHORTLIST:
            return cells
        quick = self._comparing.quick(queries, spellings)
        order = np.lexsort((-quick, queries))
        rank = np.arange(len(queries)) - np.repeat(first, counts)
        near = quick >= np.repeat(np.maximum.reduceat(quick, first), counts) - _FAR_BEHIND
        chosen: Array = cells[order[(rank < SHORTLIST) & near[order]]]
        return chosen
