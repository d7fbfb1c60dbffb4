"""From pairs of texts and spellings to the rows that stand for them, the best first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from matching.layout import INVALID, Array
from matching.profiles import level_agrees
from matching.reading import Asked
from matching.scoring import Likeness, Pairs, joined, same_codes
from matching.spellings import spread
from matching.standing import Successions
from matching.store import Store
from matching.within import NOWHERE, Within

PARENT, LEVEL = 0.3, 0.03
"""What agreement with the parent, and with the kind of place the text names, is worth beside the text."""
FORMER, ENDED = 0.02, 0.05
_LISTED = 0.3


@dataclass(frozen=True, slots=True)
class Ranked:
    """Rows that texts may mean: arrays of one length, by text, the best first; each row once for a text."""

    queries: Array
    rows: Array
    names: Array
    """The name that led to the row; -1 where its code did and it has none."""
    likeness: Likeness
    parent: Array
    """How far the row lies in what the query says, 0 to 1."""
    parent_known: Array
    level: Array
    """Whether its level is what the text says that it is."""
    level_said: Array
    former: Array
    """Found by a name or code that it has no more."""
    ended: Array
    """Not valid at the day, and nothing replaced it."""
    key_length: Array
    """Letters in the key of the text: short ones meet by chance."""
    skeleton_length: Array
    """Consonants of the text, where the row's skeleton is equal; else 0."""
    score: Array
    """The estimate: likeness of the texts, lifted by what agrees; 1 where all that was said agrees."""

    def __getitem__(self, places: Array) -> Self:
        return type(self)(*[getattr(self, name)[places] for name in self.__slots__])

    def __len__(self) -> int:
        return len(self.queries)


class Ranking:
    """Ranks rows on one store at one day; remembers what replaced ended ones."""

    def __init__(self, store: Store, at: int) -> None:
        self.store = store
        self.at = at
        self._successions = Successions(store, at)
        self._agreeing: dict[tuple[int, str], bool] = {}

    def rank(self, asked: Asked, pairs: Pairs, levels: Array | None, withins: Sequence[Within]) -> Ranked:
        """The rows of these pairs, and those that texts are the codes of.

        `levels` says for each level (number) of each text (row) whether it is kept.
        """
        files = self.store.files
        owners, places = spread(files["spelling_name_starts"], pairs.spellings)
        names = files["key_names"][places].astype(np.int64)
        rows = files["name_rows"][names].astype(np.int64)
        queries, places = pairs.queries[owners], owners
        alike = pairs.likeness
        queries, rows, names, places, alike = self._with_codes(asked, queries, rows, names, places, alike)
        alike = _tempered(queries, rows, alike[places])
        stands, rows, former, ended = self._standing(rows)
        queries, names, alike = queries[stands], names[stands], alike[stands]
        if levels is not None:
            kept = levels[queries, files["levels"][rows]]
            queries, rows, names, alike = queries[kept], rows[kept], names[kept], alike[kept]
            former, ended = former[kept], ended[kept]
        # Of the names of one row the most alike speaks for it; of two that are as alike, one it has today.
        order = np.lexsort((names, former, -alike.text, rows, queries))
        queries, rows = queries[order], rows[order]
        best = (np.diff(queries, prepend=-1) != 0) | (np.diff(rows, prepend=-1) != 0)
        best &= alike.text[order] >= _LISTED
        order, queries, rows = order[best], queries[best], rows[best]
        return self._scored(
            asked, queries, rows, names[order], alike[order], former[order], ended[order], withins
        )

    def _scored(
        self, asked: Asked, queries: Array, rows: Array, names: Array, alike: Likeness, former: Array,
        ended: Array, withins: Sequence[Within],
    ) -> Ranked:  # fmt: skip
        known = np.fromiter((within.known for within in withins), bool, count=len(withins))[queries]
        said = np.fromiter(map(bool, asked.hints), bool, count=len(asked))[queries]
        parent = self._parents(queries, rows, withins)
        level = self._levels(asked, queries, rows, said)
        lifted = alike.text.astype(np.float64) + PARENT * parent * known + LEVEL * (level & said)
        lifted -= FORMER * former + ENDED * ended
        score = np.maximum(lifted / (1 + PARENT * known + LEVEL * said), 0)
        lengths = np.array([(len(each.key), len(each.skeletons[0])) for each in asked.keys]).reshape(-1, 2)
        ranked = Ranked(
            queries, rows, names, alike, parent, known, level, said, former, ended,
            lengths[queries, 0], lengths[queries, 1] * alike.skeleton, score,
        )  # fmt: skip
        # Importance, then the code, only part those that score alike.
        importance = self.store.files["importance"][rows]
        return ranked[np.lexsort((rows, -importance, -np.round(score, 6), queries))]

    def _with_codes(
        self, asked: Asked, queries: Array, rows: Array, names: Array, places: Array, alike: Likeness
    ) -> tuple[Array, Array, Array, Array, Likeness]:
        """These, and the rows whose codes the texts are."""
        found = self._codes(asked.texts)
        if not found:
            return queries, rows, names, places, alike
        texts, coded = np.array(list(found)), np.array(list(found.values()))
        starts = self.store.files["name_starts"]
        first = np.where(starts[coded] < starts[coded + 1], starts[coded], -1)
        return (
            np.concatenate([queries, texts]),
            np.concatenate([rows, coded]),
            np.concatenate([names, first]),
            np.concatenate([places, len(alike.text) + np.arange(len(texts))]),
            joined([alike, same_codes(len(texts))]),
        )

    def _codes(self, texts: Sequence[str]) -> dict[int, int]:
        """The row that each text (its place) is the code of."""
        codes = self.store.files["codes"]
        width = codes.dtype.itemsize
        needles = [text.strip().encode() for text in texts]
        short = [place for place, needle in enumerate(needles) if 0 < len(needle) <= width]
        if not short or not len(codes):
            return {}
        wanted = np.array([needles[place] for place in short], codes.dtype)
        at = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
        found: dict[int, int] = {}
        for place in np.flatnonzero(codes[at] == wanted).tolist():
            row = self.store.find(texts[short[place]].strip(), self.at)
            if row is not None:
                found[short[place]] = row.row
        return found

    def _standing(self, rows: Array) -> tuple[Array, Array, Array, Array]:
        """For rows found, those that stand for them today: whose place, which, whether former or ended."""
        files, at = self.store.files, self.at
        valid = (files["valid_from"][rows] <= at) & (files["valid_to"][rows] > at)
        valid &= files["flags"][rows] & INVALID == 0
        places = np.flatnonzero(valid)
        nothing = np.zeros(len(places), bool)
        if len(places) == len(rows):
            return places, rows, nothing, nothing
        others = [
            (place, each.row, each.former, each.ended)
            for place in np.flatnonzero(~valid).tolist()
            for each in self._successions.of(int(rows[place]))
        ]
        further = np.array(others, np.int64).reshape(-1, 4)
        return (
            np.concatenate([places, further[:, 0]]),
            np.concatenate([rows[places], further[:, 1]]),
            np.concatenate([nothing, further[:, 2] != 0]),
            np.concatenate([nothing, further[:, 3] != 0]),
        )

    def _parents(self, queries: Array, rows: Array, withins: Sequence[Within]) -> Array:
        """How far each row lies in what its text's query says."""
        parent = np.zeros(len(rows), np.float32)
        distinct = {id(within): within for within in withins}
        if distinct.keys() == {id(NOWHERE)}:
            return parent
        of_rows = np.fromiter(map(id, withins), np.int64, count=len(withins))[queries]
        order = np.argsort(of_rows, kind="stable")
        sorted_ids = of_rows[order]
        for number, within in distinct.items():
            first, last = np.searchsorted(sorted_ids, [number, number + 1])
            places = order[first:last]
            parent[places] = within.weights_of(rows[places])
        return parent

    def _levels(self, asked: Asked, queries: Array, rows: Array, said: Array) -> Array:
        level = np.zeros(len(rows), bool)
        levels = self.store.files["levels"]
        for place in np.flatnonzero(said).tolist():
            number, hint = int(levels[rows[place]]), asked.hints[queries[place]]
            agrees = self._agreeing.get((number, hint))
            if agrees is None:
                agrees = self._agreeing[number, hint] = level_agrees(self.store.levels[number], hint)
            level[place] = agrees
        return level


def _tempered(queries: Array, rows: Array, alike: Likeness) -> Likeness:
    """Where a row's spelling in the text's own script is known, what speaks for it across scripts lifts that.

    By half of the difference; the row is then shown by its spelling in that script.
    """
    across = alike.across
    if not across.any():
        return alike
    distinct, cells = np.unique(queries * (int(rows.max()) + 1) + rows, return_inverse=True)
    own = np.full(len(distinct), -1.0, np.float32)
    np.maximum.at(own, cells[~across], alike.text[~across])
    other = np.full(len(distinct), -1.0, np.float32)
    np.maximum.at(other, cells[across], alike.text[across])
    lifted = np.maximum(alike.text, (alike.text + other[cells]) / 2)
    text = np.where(across, np.where(own[cells] >= 0, -1, alike.text), lifted).astype(np.float32)
    return replace(alike, text=text)
