"""The one entry point of matching: what does this text mean? The same for one query and for a million."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary, proxy

import numpy as np

from matching.activities.engine import ActivityMatching
from matching.candidates import Finder, Kept
from matching.choices import Choices, Chosen
from matching.deciding import FEATURES, Evidence, Scored, decide, features_of, listed_of, score_of
from matching.gathering import Gatherer, Plan
from matching.keys import keys_of
from matching.layout import Array
from matching.profiles import Split
from matching.queries import Candidate, Engine, Match, Outcome, Query, UnknownLevel
from matching.store import Store
from matching.text import script_of
from matching.within import NOWHERE, Within, below

__all__ = [
    "Candidate",
    "Choices",
    "Examined",
    "Match",
    "Outcome",
    "Query",
    "UnknownLevel",
    "examine",
    "finder_of",
    "match",
    "match_many",
]

LONGEST = 500
"""Letters of a text that are compared; what comes after changes nothing."""
_PARENT_LIKENESS = 0.75
_PARENT_MARGIN = 0.1


def match(store: Store, query: Query, *, at: int, limit: int = 5, choices: Choices | None = None) -> Match:
    """What the text means at that day (days since 1970-01-01). Raises UnknownLevel."""
    return match_many(store, [query], at=at, limit=limit, choices=choices)[0]


def match_many(
    store: Store, queries: Sequence[Query], *, at: int, limit: int = 5, choices: Choices | None = None
) -> list[Match]:
    """As `match`, for many: equal queries are answered once. Raises UnknownLevel.

    `choices` are what somebody settled before; they come first.
    """
    answers: dict[Query, Match] = {}
    distinct = list(dict.fromkeys(queries))
    if choices is not None:
        chosen = Chosen(store, at, choices)
        answers = {query: answer for query in distinct if (answer := chosen.answer(query)) is not None}
        distinct = [query for query in distinct if query not in answers]
    answers.update(zip(distinct, engine_of(store, at).answer(distinct, limit), strict=True))
    return [answers[query] for query in queries]


@dataclass(frozen=True, slots=True)
class Examined:
    """Candidates and what speaks for them, for fitting: one row for each candidate, best first in a query.

    `query` numbers the queries, `features` has the columns of `deciding.FEATURES` (float32).
    """

    query: Array
    code: list[str]
    features: Array


def examine(store: Store, queries: Sequence[Query], *, at: int, limit: int = 5) -> Examined:
    """What `match_many` would judge these queries by, as places are. Raises UnknownLevel."""
    return PlaceMatching(store, at).examine(queries, limit)


def engine_of(store: Store, at: int) -> Engine:
    """What answers queries on that store, by its profile."""
    return ENGINES.get(store.profile, PlaceMatching)(store, at)


_finders: WeakKeyDictionary[Store, Finder] = WeakKeyDictionary()


def finder_of(store: Store) -> Finder:
    """The store's finder, made when it is first needed; of use only as long as the store is."""
    finder = _finders.get(store)
    if finder is None:
        # A finder that kept its store would keep it for ever: what is kept here goes when the store goes.
        finder = _finders[store] = Finder(proxy(store))
    return finder


def kept_of(finder: Finder, levels: Sequence[str]) -> Kept | None:
    """The rows of these levels; None where all are meant. Raises UnknownLevel."""
    known = finder.store.levels
    for level in levels:
        if level not in known:
            raise UnknownLevel(level, known)
    numbers = tuple(number for number, level in enumerate(known) if level in levels)
    return finder.of_levels(numbers) if numbers else None


class PlaceMatching:
    """Queries answered on one store at one day; remembers what parents came to."""

    def __init__(self, store: Store, at: int) -> None:
        self.store = store
        self.at = at
        self.finder = finder_of(store)
        self._gatherer = Gatherer(self.finder, at)
        self._withins: dict[str, Within] = {}

    def answer(self, queries: Sequence[Query], limit: int) -> list[Match]:
        """One answer for each query, in order."""
        return [self._match(plan, limit) for plan in self._gathered(queries)]

    def examine(self, queries: Sequence[Query], limit: int) -> Examined:
        """See the function of that name."""
        numbers: list[int] = []
        codes: list[str] = []
        features: list[tuple[float, ...]] = []
        for number, plan in enumerate(self._gathered(queries)):
            evidence = _evidence_of(plan)
            rows = listed_of(list(plan.found.values()), evidence)
            numbers += [number] * len(rows[:limit])
            codes += [each.code for each in rows[:limit]]
            features += features_of(rows, evidence)[:limit]
        found = np.array(features, np.float32).reshape(-1, len(FEATURES))
        return Examined(np.array(numbers, np.int64), codes, found)

    def _gathered(self, queries: Sequence[Query]) -> list[Plan]:
        kept = {levels: kept_of(self.finder, levels) for levels in {query.levels for query in queries}}
        readings = [self._read(query.text) for query in queries]
        withins = [query.within or split.within for query, (_, split) in zip(queries, readings, strict=True)]
        self._resolve(dict.fromkeys(within for within in withins if within))
        plans = [
            self._plan(text, split, kept[query.levels], self._withins.get(within, NOWHERE))
            for query, (text, split), within in zip(queries, readings, withins, strict=True)
        ]
        self._gatherer.gather(plans)
        return plans

    def _read(self, text: str) -> tuple[str, Split]:
        """The text, cut, and taken apart; whole where the whole is a name."""
        text = text[:LONGEST]
        split = self.finder.profile.split(text)
        if split.core != text and self.finder.number_of(keys_of(text).key) is not None:
            split = Split(text, split.hint, split.within)
        return text, split

    def _plan(self, text: str, split: Split, kept: Kept | None, within: Within) -> Plan:
        return Plan(text, split, keys_of(split.core), script_of(split.core), kept, within)

    def _resolve(self, texts: Iterable[str]) -> None:
        """Work out which rows each parent, given by code or by name, favours."""
        unread = []
        for text in texts:
            found = self.store.find(text.strip(), self.at)
            if found is None:
                unread.append(text)
            else:
                self._withins[text] = below(self.store, [(found.row, 1.0)])
        if not unread:
            return
        parents = self.finder.with_children()
        plans = [self._plan(*self._read(text), parents, NOWHERE) for text in unread]
        self._gatherer.gather(plans)
        for text, plan in zip(unread, plans, strict=True):
            least = max(_PARENT_LIKENESS, plan.best() - _PARENT_MARGIN)
            likely = [(each.row, each.text) for each in plan.found.values() if each.text >= least]
            self._withins[text] = below(self.store, sorted(likely, key=lambda each: (-each[1], each[0])))

    def _match(self, plan: Plan, limit: int) -> Match:
        evidence = _evidence_of(plan)
        outcome, rows = decide(list(plan.found.values()), evidence)
        return Match(outcome, tuple(candidate_of(self.store, each, evidence) for each in rows[:limit]))


def _evidence_of(plan: Plan) -> Evidence:
    return Evidence(plan.within.known, bool(plan.split.hint))


def candidate_of(store: Store, scored: Scored, evidence: Evidence) -> Candidate:
    """A scored row as it is shown: the name in the language of the one that matched, the score's parts."""
    matched = store.name(scored.name) if scored.name >= 0 else None
    preferred = [name for name in store.names(scored.row) if name.use == "preferred"]
    same = [name for name in preferred if matched is not None and name.language == matched.language]
    parts = scored.alike.parts()
    if evidence.parent:
        parts["parent"] = round(scored.parent, 4)
    if evidence.level:
        parts["level"] = 1.0 if scored.level else 0.0
    if scored.former:
        parts["former_name"] = 1.0
    if scored.ended:
        parts["ended"] = 1.0
    return Candidate(
        row=scored.row,
        code=scored.code,
        name=(same or preferred)[0].text if preferred else scored.code,
        score=round(score_of(scored, evidence), 4),
        matched_name=matched.text if matched is not None else scored.code,
        language=matched.language if matched is not None else None,
        script=matched.script if matched is not None else script_of(scored.code),
        level=store.level(scored.row),
        parent=store.parent(scored.row),
        parts=parts,
    )


ENGINES: Mapping[str, Callable[[Store, int], Engine]] = {"activities": ActivityMatching}
"""Profiles that are answered in their own way; all others as places are."""
