"""Gathering evidence: the rows whose names are like a text, each with the best that speaks for it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Indel

from matching.candidates import NEAREST, Finder, Kept, best
from matching.deciding import Scored
from matching.keys import Keys
from matching.layout import Array
from matching.profiles import Split, level_agrees
from matching.scoring import SAME_CODE, SAME_KEY, Likeness, likeness, tempered
from matching.standing import Successions
from matching.within import NEAR_ENOUGH, Within

_MOST_CHILDREN = 5_000
_SAME_LETTERS = 0.85
_GOOD_WITHIN = 0.9


@dataclass(slots=True)
class Plan:
    """One query on its way: how it was read, and the best evidence for each row so far."""

    text: str
    split: Split
    keys: Keys
    script: str
    kept: Kept | None
    within: Within
    found: dict[int, Scored] = field(default_factory=dict)

    def best(self) -> float:
        """The highest likeness of texts so far."""
        return max((each.text for each in self.found.values()), default=0.0)

    def settled(self) -> bool:
        """Whether a row with the same key and nearly the same letters is there, and nothing against it."""
        return any(
            each.text >= SAME_KEY
            and each.alike.letters >= _SAME_LETTERS
            and (not self.within.known or each.parent >= NEAR_ENOUGH)
            for each in self.found.values()
        )


class Gatherer:
    """Finds evidence for plans: by code, by equal keys, within the parent, among the nearest keys."""

    def __init__(self, finder: Finder, at: int) -> None:
        self.finder = finder
        self.store = finder.store
        self.at = at
        self._successions = Successions(self.store, at)
        self._children: dict[int, tuple[Array, list[str]]] = {}

    def gather(self, plans: Sequence[Plan]) -> None:
        """Fill `found` of each plan. Plans do not influence each other: many at once are only faster."""
        for plan in plans:
            self._find_code(plan)
            if plan.keys.key:
                self._find_equal(plan)
                if plan.within.known and not plan.settled():
                    self._find_within(plan)
        open_ones = [plan for plan in plans if plan.keys.key and not self._is_enough(plan)]
        groups: dict[int, list[Plan]] = {}
        for plan in open_ones:
            groups.setdefault(id(plan.kept), []).append(plan)
        for group in groups.values():
            kept = group[0].kept
            nearest = self.finder.nearest([plan.keys.key for plan in group], kept.keys if kept else None)
            for plan, numbers in zip(group, nearest, strict=True):
                self._add_keys(plan, numbers)

    def _is_enough(self, plan: Plan) -> bool:
        """Whether what was found makes looking at the nearest keys needless."""
        return plan.settled() or (plan.within.known and plan.best() >= _GOOD_WITHIN)

    def _find_code(self, plan: Plan) -> None:
        found = self.store.find(plan.text.strip(), self.at)
        if found is not None:
            starts = self.store.files["name_starts"]
            first, last = int(starts[found.row]), int(starts[found.row + 1])
            self._add(plan, found.row, first if first < last else -1, SAME_CODE)

    def _find_equal(self, plan: Plan) -> None:
        number = self.finder.number_of(plan.keys.key)
        if number is not None:
            self._add_keys(plan, np.array([number]))
        if not plan.settled():
            self._add_names(plan, self.finder.same_words(plan.keys), skeleton=False)
            self._add_names(plan, self.finder.same_skeleton(plan.keys), skeleton=True)

    def _find_within(self, plan: Plan) -> None:
        """Compare with everything that lies in the parent."""
        children = self._children.get(id(plan.within))
        if children is None:
            rows = plan.within.close()
            few = len(rows) <= _MOST_CHILDREN
            numbers = self.finder.keys_of_these(rows) if few else np.empty(0, np.int64)
            children = (numbers, [self.finder.key(int(each)) for each in numbers])
            self._children[id(plan.within)] = children
        numbers, texts = children
        if texts:
            scorer = Indel.normalized_similarity
            alike = process.cdist([plan.keys.key], texts, scorer=scorer, dtype=np.float32)[0]
            self._add_keys(plan, numbers[best(alike, NEAREST)])

    def _add_keys(self, plan: Plan, numbers: Array) -> None:
        for number in numbers.tolist():
            key = self.finder.key(number)
            for name in self.finder.names_of_key(number):
                self._compare(plan, key, name, skeleton=False)

    def _add_names(self, plan: Plan, names: Sequence[int], *, skeleton: bool) -> None:
        for name in names:
            self._compare(plan, self.finder.key_of_name(name), name, skeleton=skeleton)

    def _compare(self, plan: Plan, key: str, name: int, *, skeleton: bool) -> None:
        row = int(self.store.files["name_rows"][name])
        if plan.kept is not None and not any(plan.kept.rows[each.row] for each in self._successions.of(row)):
            return
        if self.finder.script_of_name(name) == plan.script:
            self._add(plan, row, name, self._own_likeness(plan, name, key, skeleton))
            return
        alike = likeness(plan.keys, key, light=None, skeleton=skeleton)
        spelled = self.finder.names_in_script(row, plan.script)
        if not spelled:
            self._add(plan, row, name, alike)
            return
        # The row says itself how it is written in this script.
        owns = [(self._own_likeness(plan, each, self.finder.key_of_name(each)), each) for each in spelled]
        own, shown = max(owns, key=lambda pair: (pair[0].text, -pair[1]))
        self._add(plan, row, shown, tempered(alike, own))

    def _own_likeness(self, plan: Plan, name: int, key: str, skeleton: bool = False) -> Likeness:
        """Likeness to a name of the text's script, whose letters are compared too."""
        return likeness(plan.keys, key, light=self.finder.light_of(name), skeleton=skeleton)

    def _add(self, plan: Plan, row: int, name: int, alike: Likeness) -> None:
        """Note the evidence for the rows that stand for this one, where nothing better is known."""
        store = self.store
        for standing in self._successions.of(row):
            if plan.kept is not None and not plan.kept.rows[standing.row]:
                continue
            known = plan.found.get(standing.row)
            # Of two names that are as alike, the one that the row has today speaks for it.
            if known is not None and (known.text, not known.former) >= (alike.text, not standing.former):
                continue
            hint = plan.split.hint
            plan.found[standing.row] = Scored(
                row=standing.row,
                code=store.code(standing.row),
                name=name,
                importance=store.importance(standing.row),
                text=alike.text,
                alike=alike,
                skeleton=len(plan.keys.skeletons[0]) * alike.skeleton,
                key_length=len(plan.keys.key),
                parent=float(plan.within.weights_of(np.array([standing.row]))[0])
                if plan.within.known
                else 0.0,
                level=bool(hint) and level_agrees(store.level(standing.row), hint),
                former=standing.former,
                ended=standing.ended,
            )
