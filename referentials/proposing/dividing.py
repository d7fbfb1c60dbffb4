"""Reads merges, splits, absorptions, extractions, transfers and abolitions from what went where."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

from referentials.listing import ListedLink
from referentials.proposing.flows import Flows
from referentials.proposing.model import ProposedChange
from referentials.proposing.sharing import Shares

_BY_AREA, _BY_COUNT = 0.9, 0.8
_ENDED_INTO_OTHERS = 0.6
_TRANSFERRED = 0.75
_LEAST_TRANSFER = 0.01  # of the smaller of the two areas

Links = tuple[ListedLink, ...]
Propose = Callable[[str, Links, Links, float, str], ProposedChange]


class Divisions:
    """What became of the codes of one level that are gone, and where those that came are from.

    `stays` is code before → code after of the units that stayed; a code that turns out to be one of them
    under another code is entered there, unless the pair is `refused`.
    """

    def __init__(
        self,
        flows: Flows,
        shares: Shares,
        gone: Iterable[str],
        come: Iterable[str],
        stays: dict[str, str],
        propose: Propose,
        refused: Container[tuple[str, str]] = (),
    ) -> None:
        self.flows = flows
        self.shares = shares
        self.gone = sorted(gone)
        self.come = sorted(come)
        self.stays = stays
        self.was = {after: before for before, after in stays.items()}
        self.propose = propose
        self.refused = refused
        self.sure = _BY_AREA if flows.basis == "area" else _BY_COUNT
        self.seen_in = "the shapes" if flows.basis == "area" else "the units below"
        self.explained_gone: set[str] = set()
        self.explained_come: set[str] = set()
        self._whole: set[str] = set()  # codes that came, of which all is explained

    def changes(self) -> Iterator[ProposedChange]:
        """The proposals; afterwards `explained_gone` and `explained_come` say which codes have one."""
        for code in self.gone:
            if code not in self.explained_gone:
                yield from self._leaver(code)
        for code in self.come:
            if code not in self._whole:
                yield from self._arrival(code)
        if self.flows.basis == "area":
            yield from self._transfers()

    def _leaver(self, code: str) -> Iterator[ProposedChange]:
        targets = self.flows.out_of(code)
        only = next(iter(targets)) if len(targets) == 1 else None
        if not self.flows.had.get(code) or (only is not None and (code, only) in self.refused):
            return
        if only is not None and self.flows.is_whole(targets[only]):
            yield self._went_whole(code, only)
        elif targets and self._is_split(code, targets):
            yield self._said(
                "split",
                [code],
                [*targets],
                self.shares.of_targets(code, [*targets]),
                self.sure,
                f"by {self.seen_in}, {', '.join(targets)} together are what {code} was, and nothing else",
            )
        elif targets or self.flows.basis != "area":
            went = (
                f"went to {', '.join(targets)}, which hold others too"
                if targets
                else "belong to none like it"
            )
            yield self._said(
                "abolition",
                [code],
                [*targets],
                self.shares.of_targets(code, [*targets]),
                _ENDED_INTO_OTHERS,
                f"by {self.seen_in}, the parts of {code}, which is gone, {went}",
            )

    def _went_whole(self, code: str, target: str) -> ProposedChange:
        sources = self.flows.into(target)
        if target in self.was:
            reason = f"by {self.seen_in}, all of {code} belongs to {target}, which was there before"
            return self._said("absorption", [code], [target], (ListedLink(target),), self.sure, reason)
        if self._is_alone(code, sources):
            self.stays[code] = target
            self.was[target] = code
            reason = f"by {self.seen_in}, {target} is what {code} was"
            return self._said("recode", [code], [target], (ListedLink(target),), self.sure - 0.05, reason)
        if self._is_merge(sources, target):
            together = [*sources]
            reason = f"by {self.seen_in}, {', '.join(together)} together are {target}"
            return self._said("merge", together, [target], (ListedLink(target),), self.sure, reason)
        links = self.shares.of_targets(code, [target])
        reason = f"by {self.seen_in}, all of {code} belongs to {target}, which is new and holds others too"
        return self._said("abolition", [code], [target], links, _ENDED_INTO_OTHERS, reason)

    def _is_alone(self, code: str, sources: Mapping[str, float]) -> bool:
        return list(sources) == [code] and self.flows.is_whole(sources[code])

    def _is_split(self, code: str, targets: Mapping[str, float]) -> bool:
        """Whether the targets are all there was, all new, and hold nothing else."""
        if not self.flows.is_whole(sum(targets.values())):
            return False
        return all(
            target in self.come and self._is_alone(code, self.flows.into(target)) for target in targets
        )

    def _is_merge(self, sources: Mapping[str, float], target: str) -> bool:
        return self.flows.is_whole(sum(sources.values())) and all(
            source in self.gone and list(out) == [target] and self.flows.is_whole(out[target])
            for source in sources
            for out in [self.flows.out_of(source)]
        )

    def _arrival(self, code: str) -> Iterator[ProposedChange]:
        sources = [source for source in self.flows.into(code) if source in self.stays]
        if sources:
            links = self.shares.of_sources(sources, code)
            reason = f"by {self.seen_in}, {code} holds a part of {', '.join(sources)}, which stays"
            change = self.propose("extraction", links, (ListedLink(code),), self.sure, reason)
            self.explained_come.add(code)
            yield change

    def _transfers(self) -> Iterator[ProposedChange]:
        """What units that stay gave each other; where the maps overlap anyway counts for nothing."""
        for giver in sorted(self.stays):
            for taker in self.flows.out_of(giver):
                if taker not in self.was or self.was[taker] == giver:
                    continue
                smaller = min(self.flows.had[giver], self.flows.has[taker])
                if self.flows.amount(giver, taker) < _LEAST_TRANSFER * smaller:
                    continue
                links = self.shares.of_sources([giver], taker)
                reason = f"by the shapes, a part of {giver} belongs to {taker}, and both stay"
                yield self.propose("transfer", links, (ListedLink(taker),), _TRANSFERRED, reason)

    def _said(
        self,
        kind: str,
        sources: Sequence[str],
        targets: Sequence[str],
        links: Links,
        sure: float,
        reason: str,
    ) -> ProposedChange:
        self.explained_gone.update(sources)
        came = [target for target in targets if target in self.come]
        self.explained_come.update(came)
        if kind != "abolition":
            self._whole.update(came)
        return self.propose(kind, tuple(ListedLink(source) for source in sources), links, sure, reason)
