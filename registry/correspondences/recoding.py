"""Recoding through a correspondence: the codes of one referential become those of another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from registry.catalogue import CorrespondenceEntry
from registry.correspondences.pairs import Pair, pairs_of
from registry.history.recoding import UNKNOWN_CODE, Part, Recoded


def recoder_through(entry: CorrespondenceEntry) -> Callable[[Sequence[str]], list[Recoded]]:
    """What recodes a column through a correspondence, one result for each code, in order.

    The outcome is the relation (exact, close, narrow, broad, related), or `split` where a code leads to
    several. Only a code that lies wholly in one target has no ambiguity.
    """
    by_source: defaultdict[str, list[Pair]] = defaultdict(list)
    sources: defaultdict[str, set[str]] = defaultdict(set)
    for pair in pairs_of(entry.associations):
        by_source[pair.source].append(pair)
        sources[pair.target].add(pair.source)
    table = {source: _recoded(source, pairs, entry.basis, sources) for source, pairs in by_source.items()}

    def recode(codes: Sequence[str]) -> list[Recoded]:
        return [table[code] if code in table else _unknown(code) for code in codes]

    return recode


def _recoded(source: str, pairs: Sequence[Pair], basis: str, sources: dict[str, set[str]]) -> Recoded:
    parts = tuple(
        Part(pair.target, pair.share_of_source, None if pair.share_of_source is None else basis)
        for pair in sorted(pairs, key=lambda pair: pair.target)
    )
    only = pairs[0] if len(pairs) == 1 else None
    return Recoded(
        source,
        "split" if only is None else only.relation,
        parts,
        ambiguous=only is None or only.share_of_source != 1.0,
        certain=True,
        reversible=only is not None and only.relation == "exact" and len(sources[only.target]) == 1,
    )


def _unknown(code: str) -> Recoded:
    return Recoded(code, UNKNOWN_CODE, (), True, True, False)
