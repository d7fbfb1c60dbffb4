"""A full list, item by item and by code, as a file or a package gives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from shapely.geometry.base import BaseGeometry

from referentials.canonical import JSON


@dataclass(frozen=True, slots=True)
class OtherName:
    """A text that also leads to an item; `use` is alternative, hidden, entry or exclusion."""

    text: str
    language: str | None
    script: str
    use: str
    source: str


@dataclass(frozen=True, slots=True)
class ListedObservation:
    """A dated figure about an item."""

    measure: str
    observed_on: date
    value: int | float
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class ListedItem:
    """One item of a list: `parent` is a code of the same list, `valid_from` None where it is not known."""

    code: str
    level: str
    parent: str | None
    names: Mapping[str, str]
    attributes: Mapping[str, JSON] = field(default_factory=dict)
    shape: BaseGeometry | None = None
    other_names: tuple[OtherName, ...] = ()
    observations: tuple[ListedObservation, ...] = ()
    valid_from: date | None = None


@dataclass(frozen=True, slots=True)
class ListedLink:
    """A code that a change starts from or leads to, with its share of the whole where that is known."""

    code: str
    share: float | None = None
    share_basis: str | None = None


@dataclass(frozen=True, slots=True)
class ListedChange:
    """A change event by codes: sources as of the version before, targets as of this list."""

    type: str
    effective_on: date
    sources: tuple[ListedLink, ...]
    targets: tuple[ListedLink, ...]
    basis: str
    note: str | None = None
    earliest_on: date | None = None
    latest_on: date | None = None
