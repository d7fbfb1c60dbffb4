"""Pairs codes that left with codes that came: the same unit under another code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import shapely

from referentials.proposing.likeness import Likeness, Place, likeness, name_key
from referentials.proposing.model import Side, Unit

LEAST = 0.45  # below, two units are not taken for one
_MARGIN = 0.04  # by which the best must be better than the next, not to be a guess
_LARGEST_GROUP = 5_000  # pairs that are looked at for what they have in common alone


@dataclass(frozen=True, slots=True)
class Pair:
    """A code of the base and one of the list that are taken for one unit."""

    before: str
    after: str
    likeness: Likeness


def pair_codes(
    before: Side,
    after: Side,
    gone: Iterable[str],
    come: Iterable[str],
    kept: dict[str, str],
    refused: Container[tuple[str, str]] = (),
) -> list[Pair]:
    """Pair codes that are gone with codes that came, best first, and enter them into `kept` (before → after).

    Of two that are equally likely none is taken: a person has to say. Parents are paired before what is below
    them, as far as their own names and shapes allow. `refused` are pairs that are not to be taken.
    """
    finder = _Candidates(before, after, kept)
    gone_by_depth, come_left = _by_depth(before, gone), set(come)
    pairs: list[Pair] = []
    for _, codes in sorted(gone_by_depth.items()):
        candidates = finder.pairs(sorted(codes), sorted(come_left))
        found = [pair for pair in candidates if (pair.before, pair.after) not in refused]
        for pair in _settled(found):
            kept[pair.before] = pair.after
            come_left.discard(pair.after)
            pairs.append(pair)
    return pairs


def _by_depth(side: Side, codes: Iterable[str]) -> Mapping[int, list[str]]:
    by_depth: defaultdict[int, list[str]] = defaultdict(list)
    for code in codes:
        by_depth[sum(1 for _ in side.ancestors(code))].append(code)
    return by_depth


def _settled(candidates: Iterable[Pair]) -> Iterator[Pair]:
    """The pairs of which each is clearly the best for both of its codes.

    A pair that is taken leaves its rivals without a code, which may make another pair clear: so there are
    rounds, until one takes nothing.
    """
    left = sorted(candidates, key=lambda pair: (-pair.likeness.confidence, pair.before, pair.after))
    while left:
        rivals = _Rivals(left)
        taken = [pair for pair in left if rivals.leave_clear(pair)]
        if not taken:
            return
        yield from taken
        olds, news = {pair.before for pair in taken}, {pair.after for pair in taken}
        left = [pair for pair in left if pair.before not in olds and pair.after not in news]


class _Rivals:
    """The confidences of all pairs of each code, highest first."""

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self.before: defaultdict[str, list[float]] = defaultdict(list)
        self.after: defaultdict[str, list[float]] = defaultdict(list)
        for pair in pairs:
            self.before[pair.before].append(pair.likeness.confidence)
            self.after[pair.after].append(pair.likeness.confidence)

    def leave_clear(self, pair: Pair) -> bool:
        """Whether a pair is the best for both of its codes, and the next one is worse by a margin."""
        least = pair.likeness.confidence - _MARGIN
        own = (self.before[pair.before], self.after[pair.after])
        return all(
            known[0] == pair.likeness.confidence and (len(known) == 1 or known[1] <= least) for known in own
        )


class _Candidates:
    """Finds the pairs that are worth a look: by name, by place, by shape."""

    def __init__(self, before: Side, after: Side, kept: Mapping[str, str]) -> None:
        self.before = before
        self.after = after
        self.kept = kept

    def pairs(self, gone: list[str], come: list[str]) -> Iterator[Pair]:
        """The pairs of one depth that may be one unit."""
        for old, new in sorted(
            {*self._by_name(gone, come), *self._by_place(gone, come), *self._by_shape(gone, come)}
        ):
            one, other = self.before.units[old], self.after.units[new]
            if one.level == other.level:
                found = likeness(one, other, self._place(one, other))
                if found.confidence >= LEAST:
                    yield Pair(old, new, found)

    def _by_name(self, gone: list[str], come: list[str]) -> Iterator[tuple[str, str]]:
        return _joined(
            ((name, code) for code in gone for name in _names(self.before.units[code])),
            ((name, code) for code in come for name in _names(self.after.units[code])),
        )

    def _by_place(self, gone: list[str], come: list[str]) -> Iterator[tuple[str, str]]:
        return _joined(
            ((self.kept.get(above), code) for code in gone for above in self.before.ancestors(code)),
            ((above, code) for code in come for above in self.after.ancestors(code)),
        )

    def _by_shape(self, gone: list[str], come: list[str]) -> Iterator[tuple[str, str]]:
        shaped = [(code, shape) for code in come if (shape := self.after.units[code].shape) is not None]
        tree = shapely.STRtree([shape for _, shape in shaped])
        for code in gone:
            shape = self.before.units[code].shape
            if shape is not None:
                for index in tree.query(shape, predicate="intersects").tolist():
                    yield code, shaped[index][0]

    def _place(self, one: Unit, other: Unit) -> Place:
        if one.parent is None and other.parent is None:
            return Place.TOP
        if one.parent is not None and self.kept.get(one.parent) == other.parent:
            return Place.PARENT
        above = {self.kept.get(code) for code in self.before.ancestors(one.code)}
        shared = above.intersection(self.after.ancestors(other.code))
        return Place.ANCESTOR if shared else Place.ELSEWHERE


def _names(unit: Unit) -> set[tuple[str, str, str]]:
    return {(unit.level, language, name_key(name)) for language, name in unit.names.items()}


def _joined(
    gone: Iterable[tuple[object, str]], come: Iterable[tuple[object, str]]
) -> Iterator[tuple[str, str]]:
    """The codes of both that have something in common, where not too many have it."""
    by_mark: defaultdict[object, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for side, marked in enumerate((gone, come)):
        for mark, code in marked:
            by_mark[mark][side].append(code)
    for mark, (ones, others) in by_mark.items():
        if mark is not None and len(ones) * len(others) <= _LARGEST_GROUP:
            yield from product(ones, others)
