"""Queries whose meaning is known, for fitting and checking: generated from a store, or labelled rows."""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from matching.evaluation import Labelled, Values
from matching.fitting import Source
from matching.keys import keys_of
from matching.matcher import Query, finder_of
from matching.noise import absents, noisy, seeded
from matching.profiles import PROFILES
from matching.store import Store
from matching.text import script_of

SCRIPTS = frozenset({"Latn", "Arab", "Tfng"})
"""Scripts that keys can read: a text in another one says nothing about how well they are compared."""
_PARENT_SAID, _LEVEL_SAID, _PARENT_MISSPELT = 0.5, 0.75, 0.3
_PARTS = 4_000
"""Names that absent ones are put together from, at most."""


class _Item(NamedTuple):
    row: int
    text: str


class _Names:
    """Names of the rows that are valid at a day, drawn by chance, each row as often as any other."""

    def __init__(self, store: Store, at: int, levels: Sequence[str], draw: Random) -> None:
        self.store = store
        self.at = at
        self.draw = draw
        self._levels = tuple(levels)
        self._rows = store.select(at=at, level=levels)

    def __len__(self) -> int:
        return len(self._rows)

    def item(self) -> _Item | None:
        """A row and one of its names; None where it has none."""
        row = int(self._rows[self.draw.randrange(len(self._rows))])
        names = self.store.names(row)
        return _Item(row, self.draw.choice(names).text) if names else None

    def parent_of(self, row: int, like: str) -> str | None:
        """A name of its parent, in the script of that text where there is one."""
        code = self.store.parent(row)
        found = None if code is None else self.store.find(code, self.at)
        if found is None:
            return None
        texts = [name.text for name in self.store.names(found.row)]
        own = [text for text in texts if script_of(text) == script_of(like)]
        return self.draw.choice(own or texts) if texts else None

    def query(self, text: str, row: int, parent: str | None) -> Query:
        """The query of somebody who says, or does not say, where it lies and what it is."""
        within = parent if parent is not None and self.draw.random() < _PARENT_SAID else None
        if within is not None and self.draw.random() < _PARENT_MISSPELT:
            within = noisy(within, self.draw).text
        levels = self._levels
        if not levels and self.draw.random() < _LEVEL_SAID:
            levels = (self.store.level(row),)
        return Query(text, within, levels)


def noise_source(store: Store, count: int, *, at: int, levels: Sequence[str] = (), seed: int) -> Source:
    """Noisy names of rows that are valid at that day, half of them with their parent.

    A name that came to be another row's name is left out.
    """
    draw = seeded(seed)
    names = _Names(store, at, levels, draw)
    queries, truths = [], []
    for _ in range(count if len(names) else 0):
        item = names.item()
        if item is None:
            continue
        parent = names.parent_of(item.row, item.text)
        text = noisy(item.text, draw, above=parent).text
        if _is_name(store, text) and not _same_name(store, text, item.text):
            continue  # it became another name, and nobody could say that it is none
        queries.append(names.query(text, item.row, parent))
        truths.append((store.code(item.row),))
    return Source("noise", tuple(queries), tuple(truths), labelled=False, group="noise")


def absent_source(store: Store, count: int, *, at: int, levels: Sequence[str] = (), seed: int) -> Source:
    """Noisy names that no row has, half of them with a parent that is there; fewer where names are few."""
    draw = seeded(seed)
    names = _Names(store, at, levels, draw)
    items = [names.item() for _ in range(min(_PARTS, 4 * len(names)))]
    by_script: dict[str, list[str]] = {}
    for item in filter(None, items):
        by_script.setdefault(script_of(item.text), []).append(item.text)
    total = max(1, sum(map(len, by_script.values())))
    queries = []
    for _, texts in sorted(by_script.items()):
        for text in absents(texts, round(count * len(texts) / total), draw):
            about = names.item()
            if about is not None and not _is_name(store, text):
                queries.append(names.query(text, about.row, names.parent_of(about.row, text)))
    return Source("absent", tuple(queries), ((),) * len(queries), labelled=False, group="absent")


def _same_name(store: Store, text: str, name: str) -> bool:
    """Whether two texts have the same words by their keys."""
    split = PROFILES[store.profile].split
    return keys_of(split(text).core).in_order == keys_of(split(name).core).in_order


def _is_name(store: Store, text: str) -> bool:
    """Whether some row's name has the text's words, by their keys."""
    finder, keys = finder_of(store), keys_of(PROFILES[store.profile].split(text).core)
    return finder.number_of(keys.key) is not None or bool(len(finder.same_words(keys)))


def labelled_sources(
    store: Store, name: str, labelled: Sequence[Labelled], *, at: int, levels: Sequence[str], seed: int
) -> list[Source]:
    """The distinct values of a file: as they are, and once more without, or with, their parent.

    Where the file does not say what values lie in, the parent of the right item is given. Texts in scripts
    that keys cannot read, and codes that the version does not know, are left out.
    """
    draw = seeded(seed)
    names = _Names(store, at, levels, draw)
    values = Values(store, at)
    values.extend(each for each in labelled if script_of(each.text) in SCRIPTS)
    with_parent: dict[Query, tuple[str, ...]] = {}
    without: dict[Query, tuple[str, ...]] = {}
    for text, within, truth in values.rows:
        found = store.find(truth[0], at) if truth and within is None else None
        parent = within if found is None else names.parent_of(found.row, text)
        if parent is not None:
            with_parent.setdefault(Query(text, parent, tuple(levels)), truth)
        without.setdefault(Query(text, None, tuple(levels)), truth)
    halves = {f"{name}, parent known": with_parent, f"{name}, no parent": without}
    return [
        Source(title, tuple(found), tuple(found.values()), labelled=True, group=name, weight=0.5)
        for title, found in halves.items()
        if found
    ]
