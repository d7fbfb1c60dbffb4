"""What the seed catalogue says: referentials, their versions, and the correspondences between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from referentials.listing import ListedChange, ListedItem

Names = Mapping[str, str]  # language → text; fr, ar and en are always there

# How far the preparation of a referential has come, in the order of the work.
STAGES = ("identified", "scoped", "drafted", "consultation", "validated", "published")

RELATIONS = ("exact", "close", "broad", "narrow", "related")


class SeedError(ValueError):
    """Seed material that cannot be used: `where` names the file and the place in it, `problem` says why."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}")
        self.where = where
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Listing:
    """All items that hold from a version's day, and the events that lead there from the version before."""

    items: list[ListedItem]
    changes: list[ListedChange]


@dataclass(frozen=True, slots=True)
class Level:
    """A classification level, with its name in each language.

    `code_pattern` is a regular expression that its whole codes match, where the referential states one.
    """

    id: str
    names: Names
    code_pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a version's facts come from; `version` is the installed one where the source is a package."""

    title: str
    licence: str
    version: str | None = None
    url: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class SeedVersion:
    """One version to publish; `listing` reads its items when called, not before."""

    label: str
    effective_on: date
    basis: str
    notes: Names
    sources: tuple[Source, ...]
    listing: Callable[[], Listing]


@dataclass(frozen=True, slots=True)
class SeedReferential:
    """A referential that a new installation starts with; levels go from the widest to the narrowest."""

    id: str
    kind: str
    names: Names
    description: Names
    owner: str
    licence: str
    attribution: str
    periodicity: str
    levels: tuple[Level, ...]
    languages: tuple[str, ...]
    stage: str
    records_from: date | None
    records_basis: str | None
    versions: tuple[SeedVersion, ...]


@dataclass(frozen=True, slots=True)
class VersionReference:
    """One version of one referential."""

    referential: str
    version: str


@dataclass(frozen=True, slots=True)
class SeedAssociation:
    """A source code and a target code; `share` is the part of the source that the target holds, 0 to 1."""

    source: str
    target: str
    relation: str
    share: float | None
    basis: str
    note: str | None


@dataclass(frozen=True, slots=True)
class SeedCorrespondence:
    """A map between two versions; `associations` reads its rows when called."""

    id: str
    names: Names
    source: VersionReference
    target: VersionReference
    basis: str
    associations: Callable[[], list[SeedAssociation]]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that a new installation starts with."""

    referentials: tuple[SeedReferential, ...]
    correspondences: tuple[SeedCorrespondence, ...]
