"""Puts the proposals together: recodes first, then what was divided, then what changed, then the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date

from referentials.events import EVENTS, Effect
from referentials.listing import ListedChange, ListedItem, ListedLink
from referentials.proposing.changing import changes_of_stayers
from referentials.proposing.dividing import Divisions, Links
from referentials.proposing.flows import COUNT, Flows, flows_of_area, flows_of_units
from referentials.proposing.likeness import LIKE_NAME, likeness_of_names
from referentials.proposing.model import ProposedChange, Side, units_of_base, units_of_list
from referentials.proposing.recoding import pair_codes
from referentials.proposing.sharing import Shares
from referentials.snapshot import Content

_RETURNED = 0.85
_UNEXPLAINED = 0.3
_LEFT_OVER = 0.35
_HALF_ALIKE = 0.5


def propose_changes(
    base: Content,
    items: Sequence[ListedItem],
    stated: Sequence[ListedChange],
    effective_on: date,
    *,
    rejected: Sequence[ListedChange] = (),
) -> list[ProposedChange]:
    """Change events that would explain how the list came out of the base, beside those that are stated.

    Every code that appears or disappears gets one, unless a stated event names it; so do the names, parents,
    levels, attributes and areas of units that stayed. Sources are codes of the base, targets codes of the
    list, as drafting takes them. No day is guessed: all take effect on `effective_on`. What was `rejected`
    (by type and codes) is not proposed again; its codes get the next best explanation. The same input gives
    the same proposals in the same order.
    """
    proposer = _Proposer(base, items, stated, rejected, effective_on)
    return sorted(proposer.proposals(), key=_order)


def _order(proposal: ProposedChange) -> tuple[list[str], list[str], str]:
    change = proposal.change
    return [link.code for link in change.sources], [link.code for link in change.targets], change.type


class _Proposer:
    def __init__(
        self,
        base: Content,
        items: Sequence[ListedItem],
        stated: Sequence[ListedChange],
        rejected: Sequence[ListedChange],
        effective_on: date,
    ) -> None:
        standing, self.former = units_of_base(base)
        self.before, self.after = Side(standing), Side(units_of_list(items))
        self.basis = f"comparison with version {base.header.label}"
        self.effective_on = effective_on
        self.said = {_mark(change) for change in (*stated, *rejected)}
        self.divided = {
            link.code
            for change in stated
            if EVENTS[change.type].effect is not Effect.SAME
            for link in (*change.sources, *change.targets)
        }
        self.refused = {
            (change.sources[0].code, change.targets[0].code)
            for change in rejected
            if change.type == "recode" and len(change.sources) == len(change.targets) == 1
        }
        sources = {link.code for change in stated for link in change.sources}
        targets = {link.code for change in stated for link in change.targets}
        self.gone = self.before.units.keys() - self.after.units.keys() - sources
        self.come = self.after.units.keys() - self.before.units.keys() - targets
        self.stays = _staying(self.before, self.after, stated)

    def proposals(self) -> Iterator[ProposedChange]:
        """All proposals, in the order in which they are found."""
        yield from self._returned()
        yield from self._recodes()
        redrawn = set(self.divided)
        for level in self._levels_from_below():
            for proposal in self._divided(level):
                yield proposal
                links = (*proposal.change.sources, *proposal.change.targets)
                redrawn.update(link.code for link in links)
        yield from self._left_over()
        before_codes = {before for before, after in self.stays.items() if {before, after} & redrawn}
        changed = changes_of_stayers(self.before, self.after, self.stays, before_codes, self._propose)
        for proposal in (*changed, *self._unexplained()):
            if _mark(proposal.change) not in self.said:
                yield proposal

    def _returned(self) -> Iterator[ProposedChange]:
        """Codes of units that had ended, and are there again."""
        for unit in sorted(self.former, key=lambda unit: unit.code):
            if unit.code not in self.come or unit.level != self.after.units[unit.code].level:
                continue
            alike = likeness_of_names(unit, self.after.units[unit.code])
            if alike is not None and alike >= LIKE_NAME:
                links = (ListedLink(unit.code),)
                reason = "it had ended, and is there again under the same name"
                proposal = self._propose("reinstatement", links, links, _RETURNED, reason)
                if _mark(proposal.change) not in self.said:
                    self.come.discard(unit.code)
                    yield proposal

    def _recodes(self) -> Iterator[ProposedChange]:
        for pair in pair_codes(self.before, self.after, self.gone, self.come, self.stays, self.refused):
            self.gone.discard(pair.before)
            self.come.discard(pair.after)
            yield self._recode(
                pair.before, pair.after, pair.likeness.confidence, ", ".join(pair.likeness.reasons)
            )

    def _recode(self, before: str, after: str, sure: float, reason: str) -> ProposedChange:
        return self._propose("recode", (ListedLink(before),), (ListedLink(after),), sure, reason)

    def _levels_from_below(self) -> list[str]:
        """Levels by how deep their units lie, deepest first: what is below tells about what is above."""
        deepest: defaultdict[str, int] = defaultdict(int)
        for side in (self.before, self.after):
            for code, unit in side.units.items():
                deepest[unit.level] = max(deepest[unit.level], sum(1 for _ in side.ancestors(code)))
        return sorted(deepest, key=lambda level: (-deepest[level], level))

    def _divided(self, level: str) -> Iterator[ProposedChange]:
        for measure in (self._flows_of_area, self._flows_of_units):
            gone = {code for code in self.gone if self.before.units[code].level == level}
            come = {code for code in self.come if self.after.units[code].level == level}
            yield from self._read(measure(level, gone, come), gone, come)

    def _read(self, flows: Flows, gone: set[str], come: set[str]) -> Iterator[ProposedChange]:
        """The divisions that flows show; what they explain is neither gone nor come any more."""
        stays = {before: after for before, after in self.stays.items() if before in flows.had}
        shares = Shares(self.before, self.after, self.stays, flows)
        divisions = Divisions(flows, shares, gone, come, stays, self._propose, self.refused)
        unexplained: set[str] = set()
        for proposal in divisions.changes():
            if _mark(proposal.change) in self.said:
                change = proposal.change
                unexplained.update(link.code for link in (*change.sources, *change.targets))
            else:
                yield proposal
        self.stays.update(stays)
        self.gone -= divisions.explained_gone - unexplained
        self.come -= divisions.explained_come - unexplained

    def _flows_of_area(self, level: str, gone: Iterable[str], come: Iterable[str]) -> Flows:
        """Of all that is gone, came or was redrawn, and has an area."""
        redrawn = [(old, new) for old, new in self.stays.items() if self._is_redrawn(level, old, new)]
        return flows_of_area(
            [self.before.units[code] for code in (*sorted(gone), *(old for old, _ in redrawn))],
            [self.after.units[code] for code in (*sorted(come), *(new for _, new in redrawn))],
        )

    def _flows_of_units(self, level: str, gone: Collection[str], come: Collection[str]) -> Flows:
        """Of all units of the level, where any is still gone or came."""
        if not (gone or come):
            return Flows("count", COUNT)
        return flows_of_units(self.before, self.after, self.stays, level)

    def _is_redrawn(self, level: str, old: str, new: str) -> bool:
        one, other = self.before.units[old], self.after.units[new]
        if one.level != level or one.shape is None or other.shape is None or one.shape == other.shape:
            return False
        return one.area is not None and other.area is not None

    def _left_over(self) -> Iterator[ProposedChange]:
        """A code that is the only one of its level to have left a unit, where only one came."""
        left: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        came: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for code in sorted(self.gone):
            for above in self.before.ancestors(code):
                if above in self.stays:
                    left[self.before.units[code].level, self.stays[above]].append(code)
        for code in sorted(self.come):
            for above in self.after.ancestors(code):
                came[self.after.units[code].level, above].append(code)
        for level, above in sorted(left.keys() & came.keys()):
            olds, news = left[level, above], came[level, above]
            if len(olds) != 1 or len(news) != 1 or (olds[0], news[0]) in self.refused:
                continue
            if olds[0] in self.gone and news[0] in self.come:
                alike = likeness_of_names(self.before.units[olds[0]], self.after.units[news[0]])
                if alike is None or alike >= _HALF_ALIKE:
                    self.gone.discard(olds[0])
                    self.come.discard(news[0])
                    self.stays[olds[0]] = news[0]
                    reason = f"of its level, it alone left {above}, and only {news[0]} came there"
                    yield self._recode(olds[0], news[0], _LEFT_OVER, reason)

    def _unexplained(self) -> Iterator[ProposedChange]:
        for code in sorted(self.gone):
            reason = f"nothing in the list resembles {code}, which is gone"
            yield self._propose("abolition", (ListedLink(code),), (), _UNEXPLAINED, reason)
        for code in sorted(self.come):
            reason = f"nothing in the base resembles {code}, which is new"
            yield self._propose("creation", (), (ListedLink(code),), _UNEXPLAINED, reason)

    def _propose(
        self, kind: str, sources: Links, targets: Links, confidence: float, reason: str
    ) -> ProposedChange:
        change = ListedChange(kind, self.effective_on, sources, targets, self.basis)
        sentence = f"{reason[:1].upper()}{reason[1:]}."
        return ProposedChange(change, round(confidence, 2), sentence)


def _mark(change: ListedChange) -> tuple[str, frozenset[str], frozenset[str]]:
    sources, targets = (frozenset(link.code for link in links) for links in (change.sources, change.targets))
    return change.type, sources, targets


def _staying(before: Side, after: Side, stated: Iterable[ListedChange]) -> dict[str, str]:
    """Code before → code after of the units that the codes, or stated events, say are the same."""
    said = dict(_kept_by(stated, before, after))
    taken = set(said.values())
    same = {
        code: code
        for code in before.units.keys() & after.units.keys()
        if code not in said and code not in taken and _is_one(before, after, code)
    }
    return same | said


def _kept_by(stated: Iterable[ListedChange], before: Side, after: Side) -> Iterator[tuple[str, str]]:
    for change in stated:
        if EVENTS[change.type].keeps_item and len(change.sources) == len(change.targets) == 1:
            old, new = change.sources[0].code, change.targets[0].code
            if old in before.units and new in after.units:
                yield old, new


def _is_one(before: Side, after: Side, code: str) -> bool:
    """A code is the same unit at its level, and at another one where the name says so."""
    one, other = before.units[code], after.units[code]
    return one.level == other.level or (likeness_of_names(one, other) or 0) >= LIKE_NAME
