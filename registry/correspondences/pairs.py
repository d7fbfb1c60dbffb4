"""A correspondence as pairs of one source and one target, with what is known of their shares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from registry.catalogue import AssociationEntry, MemberEntry

# Read "the source is … the target": narrow where it lies wholly in it, broad where it holds it.
RELATIONS = ("exact", "close", "broad", "narrow", "related")
TURNED: Mapping[str, str] = {
    "exact": "exact",
    "close": "close",
    "broad": "narrow",
    "narrow": "broad",
    "related": "related",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """One source and one target.

    `share_of_source` is the part (0..1) of the source that the target holds, `share_of_target` the part of
    the target that the source holds; None where it is not known.
    """

    source: str
    target: str
    relation: str
    share_of_source: float | None
    share_of_target: float | None
    note: str | None = None

    def turned(self) -> Pair:
        """The same from the other side."""
        return Pair(
            self.target,
            self.source,
            TURNED[self.relation],
            self.share_of_target,
            self.share_of_source,
            self.note,
        )

    def association(self) -> AssociationEntry:
        """The pair as an association."""
        return AssociationEntry(
            (MemberEntry(self.source, self.share_of_target),),
            (MemberEntry(self.target, self.share_of_source),),
            self.relation,
            self.note,
        )


def pairs_of(associations: Iterable[AssociationEntry]) -> Iterator[Pair]:
    """The pairs of associations; a share that a relation implies is known.

    What several sources or targets are together says less of each alone: one source that is exactly three
    targets is broader than each of them.
    """
    for association in associations:
        relation = _relation_of_each(association)
        several = len(association.sources) > 1 and len(association.targets) > 1
        for source in association.sources:
            for target in association.targets:
                of_source = None if several else target.share
                of_target = None if several else source.share
                if len(association.sources) > 1 and relation != "narrow":
                    of_source = None  # the share is one of the sources together
                if len(association.targets) > 1 and relation != "broad":
                    of_target = None
                if relation in ("exact", "narrow"):
                    of_source = 1.0
                if relation in ("exact", "broad"):
                    of_target = 1.0
                yield Pair(source.code, target.code, relation, of_source, of_target, association.note)


def _relation_of_each(association: AssociationEntry) -> str:
    one_source, one_target = len(association.sources) == 1, len(association.targets) == 1
    if one_source and one_target:
        return association.relation
    if one_source and association.relation in ("exact", "broad"):
        return "broad"
    if one_target and association.relation in ("exact", "narrow"):
        return "narrow"
    return "related"
