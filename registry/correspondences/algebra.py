"""Correspondences turned round and put together, with the quality of the result."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from registry.catalogue import AssociationEntry, CorrespondenceEntry
from registry.correspondences.pairs import RELATIONS, TURNED, Pair, pairs_of
from registry.errors import BadValue

ESTIMATED = "share estimated: as if spread evenly"
PERHAPS = "may not overlap at all"
_WHOLE = 1e-4  # shares are published with few decimals: so much may be missing from a sum that is the whole


@dataclass(frozen=True, slots=True)
class Quality:
    """How far a correspondence can be relied on.

    `relations` counts pairs, `clean` the sources that lie wholly in one target, `ambiguous` the others;
    `unknown_shares` and `estimated_shares` count pairs. `lost` are sources that lead nowhere and `unreached`
    targets that nothing leads to, where it was put together from two.
    """

    relations: Mapping[str, int]
    sources: int
    targets: int
    clean: int
    ambiguous: int
    unknown_shares: int
    estimated_shares: int = 0
    lost: tuple[str, ...] = ()
    unreached: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Derived:
    """A correspondence that follows from others, and its quality; `warnings` say what to mind."""

    entry: CorrespondenceEntry
    quality: Quality
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Way:
    """One way from a source to a target through a code between them."""

    pair: Pair
    estimated: bool
    perhaps: bool


def quality_of(associations: Sequence[AssociationEntry]) -> Quality:
    """The quality of a correspondence as it stands."""
    return _quality(list(pairs_of(associations)))


def invert(entry: CorrespondenceEntry, identity: str | None = None) -> Derived:
    """The same seen from its targets: relations turned round, shares only where they are known.

    The part of a target that a source holds is known where it was stated, or follows from the relation;
    the part of the source that the target holds does not give it.
    """
    associations = tuple(
        AssociationEntry(each.targets, each.sources, TURNED[each.relation], each.note)
        for each in entry.associations
    )
    turned = dataclasses.replace(
        entry,
        id=identity or f"{entry.id}-inverse",
        ordinal=0,
        source_referential=entry.target_referential,
        source_version=entry.target_version,
        target_referential=entry.source_referential,
        target_version=entry.source_version,
        basis=f"Turned round from {entry.id}: {entry.basis}",
        published_at="",
        associations=associations,
    )
    quality = quality_of(associations)
    unknown = quality.unknown_shares
    warnings = (f"{unknown:,} shares are not known from this side.",) if unknown else ()
    return Derived(turned, quality, warnings)


def compose(first: CorrespondenceEntry, second: CorrespondenceEntry, identity: str | None = None) -> Derived:
    """From the sources of the first, through what both have between them, to the targets of the second.

    A share is the product of the two where one of them is whole; otherwise it is estimated, as if what lies
    between were spread evenly, and its note says so. Raises BadValue where the first does not lead to the
    referential that the second starts from.
    """
    if first.target_referential != second.source_referential:
        raise BadValue(
            "with",
            second.id,
            f"a correspondence that starts from {first.target_referential}, where {first.id} leads to",
        )
    ways: defaultdict[tuple[str, str], list[_Way]] = defaultdict(list)
    onward: defaultdict[str, list[Pair]] = defaultdict(list)
    for pair in pairs_of(second.associations):
        onward[pair.source].append(pair)
    pairs = list(pairs_of(first.associations))
    for before in pairs:
        for after in onward.get(before.target, ()):
            ways[before.source, after.target].append(_way(before, after))
    found = [_joined(ways[place]) for place in sorted(ways)]
    reached = {pair.target for pair in found}
    led = {pair.source for pair in found}
    quality = dataclasses.replace(
        _quality(found),
        estimated_shares=sum(ESTIMATED in (pair.note or "") for pair in found),
        lost=tuple(sorted({pair.source for pair in pairs} - led)),
        unreached=tuple(sorted({pair.target for ps in onward.values() for pair in ps} - reached)),
    )
    entry = CorrespondenceEntry(
        id=identity or f"{first.source_referential}-to-{second.target_referential}",
        ordinal=0,
        names={},
        source_referential=first.source_referential,
        source_version=first.source_version,
        target_referential=second.target_referential,
        target_version=second.target_version,
        basis=f"{first.id}, then {second.id}",
        licence=_both(first.licence, second.licence),
        attribution=_both(first.attribution, second.attribution),
        published_at="",
        associations=tuple(pair.association() for pair in found),
    )
    return Derived(entry, quality, tuple(_warnings(first, second, quality)))


def relation_through(first: str, second: str) -> str:
    """What a relation and a relation from there on make together; no more than certainly holds.

    What is nearly the same as something near is not, for certain, near itself (SKOS: closeMatch is not
    transitive).
    """
    if first == "exact":
        return second
    if second == "exact":
        return first
    return first if first == second and first in ("broad", "narrow") else "related"


def _way(before: Pair, after: Pair) -> _Way:
    # Exact where the code between lies wholly in the source (B within A), or wholly in the target.
    certain = before.share_of_target == 1.0 or after.share_of_source == 1.0
    of_source = _product(before.share_of_source, after.share_of_source)
    of_target = _product(before.share_of_target, after.share_of_target)
    relation = relation_through(before.relation, after.relation)
    return _Way(
        Pair(before.source, after.target, relation, of_source, of_target),
        estimated=not certain and (of_source is not None or of_target is not None),
        perhaps=before.relation in ("narrow", "related") and after.relation in ("broad", "related"),
    )


def _joined(ways: Sequence[_Way]) -> Pair:
    """All ways from one source to one target as one pair."""
    pairs = [way.pair for way in ways]
    of_source = _sum([pair.share_of_source for pair in pairs])
    of_target = _sum([pair.share_of_target for pair in pairs])
    estimated = any(way.estimated for way in ways)
    relations = {pair.relation for pair in pairs}
    relation = relations.pop() if len(relations) == 1 else "related"
    if "close" in {pair.relation for pair in pairs}:
        relation = "close" if len(pairs) == 1 else "related"
    elif not estimated:
        relation = _by_shares(of_source, of_target) or relation
    notes = [ESTIMATED] if estimated else []
    if all(way.perhaps for way in ways):
        notes.append(PERHAPS)
    source, target = pairs[0].source, pairs[0].target
    return Pair(source, target, relation, of_source, of_target, "; ".join(notes) or None)


def _by_shares(of_source: float | None, of_target: float | None) -> str | None:
    """What shares that are whole say of the relation."""
    if of_source == 1.0:
        return "exact" if of_target == 1.0 else "narrow"
    return "broad" if of_target == 1.0 else None


def _product(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else round(first * second, 9)


def _sum(shares: Sequence[float | None]) -> float | None:
    known = [share for share in shares if share is not None]
    if len(known) < len(shares):
        return None
    total = sum(known)
    return 1.0 if abs(total - 1.0) <= _WHOLE else round(min(total, 1.0), 9)


def _quality(pairs: Sequence[Pair]) -> Quality:
    counts = Counter(pair.relation for pair in pairs)
    by_source: defaultdict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_source[pair.source].append(pair)
    clean = sum(len(own) == 1 and own[0].share_of_source == 1.0 for own in by_source.values())
    return Quality(
        relations={relation: counts[relation] for relation in RELATIONS},
        sources=len(by_source),
        targets=len({pair.target for pair in pairs}),
        clean=clean,
        ambiguous=len(by_source) - clean,
        unknown_shares=sum(pair.share_of_source is None for pair in pairs),
    )


def _warnings(first: CorrespondenceEntry, second: CorrespondenceEntry, quality: Quality) -> list[str]:
    warnings = []
    if first.target_version != second.source_version:
        warnings.append(
            f"{first.id} leads to version {first.target_version} of {first.target_referential}, "
            f"{second.id} starts from version {second.source_version}."
        )
    if quality.lost:
        warnings.append(f"{len(quality.lost):,} source codes lead nowhere.")
    if quality.estimated_shares:
        warnings.append(f"{quality.estimated_shares:,} shares are estimated, as if spread evenly.")
    if quality.unknown_shares:
        warnings.append(f"{quality.unknown_shares:,} shares are not known.")
    return warnings


def _both(first: str, second: str) -> str:
    return first if first == second else f"{first}; {second}"
