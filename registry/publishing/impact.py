"""Whom a change set touches: asked of providers that the doors hand in, before it is approved.

Publishing knows correspondences and referentials that refer to it (`registry.publishing.dependents`); who
keeps data sets is other parts' business, and they provide it.
"""

from __future__ import annotations

import csv
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TextIO

from sqlalchemy import Connection

from referentials.events import EVENTS
from referentials.formulas import inert
from referentials.records import State
from referentials.snapshot import Content
from referentials.standing_codes import StandingCodes
from registry.history.projection import project
from registry.library import Library
from registry.publishing.compilation import base_content
from registry.publishing.drafts.building import proposed_content
from registry.publishing.drafts.opening import read_change_set

RECODING = ("code", "level", "outcome", "new_code", "share", "basis")


@dataclass(frozen=True, slots=True)
class Replacement:
    """One line of a recoding file: a code that goes, and a code that has all or a part of what it meant.

    `code` is None where nothing has. `share` (0..1) is None where it is not known.
    """

    gone: str
    level: str
    outcome: str
    code: str | None
    share: float | None
    basis: str | None


@dataclass(frozen=True, slots=True)
class Affected:
    """Something that uses codes which go: a data set's column, a correspondence, another referential.

    `codes` are those of them that it is known to use; empty where its values are not known here.
    """

    kind: str
    id: str
    names: Mapping[str, str]
    administration: str | None
    part: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Departure:
    """What providers look at: the referential, and the codes that go, with their levels."""

    referential: str
    levels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Impact:
    """What a change set takes away, what replaces it, and whom that touches."""

    change_set: uuid.UUID
    referential: str
    replacements: tuple[Replacement, ...]
    affected: tuple[Affected, ...]

    @property
    def administrations(self) -> tuple[str, ...]:
        """The administrations that have to recode something."""
        return tuple(sorted({each.administration for each in self.affected if each.administration}))


# Says who uses codes that go, in any order.
ImpactProvider = Callable[[Connection, Library, Departure], Iterable[Affected]]


def impact(
    connection: Connection,
    root: Path,
    library: Library,
    change_set: uuid.UUID,
    providers: Sequence[ImpactProvider],
) -> Impact:
    """Whom a change set touches, submitted or not.

    Raises UnknownChangeSet, and NoVersionYet.
    """
    draft = read_change_set(connection, change_set)
    base = base_content(root, draft.referential, draft.base_ordinal or 0)
    with proposed_content(connection, root, change_set) as proposed:
        replacements = () if base is None else tuple(replacements_of(base, proposed))
    departure = Departure(draft.referential, {each.gone: each.level for each in replacements})
    affected = [
        found
        for provider in (providers if departure.levels else ())
        for found in provider(connection, library, departure)
    ]
    affected.sort(key=lambda each: (each.kind, each.id, each.part))
    return Impact(change_set, draft.referential, replacements, tuple(affected))


def write_recoding(file: TextIO, replacements: Iterable[Replacement]) -> None:
    """The recoding file as CSV (RFC 4180); cells that a spreadsheet would compute are marked as text."""
    rows = csv.writer(file)
    rows.writerow(RECODING)
    for each in replacements:
        cells = (each.gone, each.level, each.outcome, each.code, each.share, each.basis)
        rows.writerow([inert(cell) if isinstance(cell, str) else cell for cell in cells])


def replacements_of(before: Content, after: Content) -> Iterator[Replacement]:
    """For every code that one content has and the next has no longer, what replaces it, by code."""
    standing, staying = StandingCodes(before), StandingCodes(after)
    for code in sorted(standing.codes() - staying.codes()):
        state = standing.state(code)
        if state is not None:
            yield from _replaced(after, state)


def _replaced(after: Content, gone: State) -> Iterator[Replacement]:
    """Where the item's state ended: its projection over that day. Where it was withdrawn: what is right."""
    ended = next(
        (
            state.valid_to
            for state in after.states_of(gone.item)
            if state.code == gone.code and state.valid_to is not None
        ),
        None,
    )
    if ended is None:
        right: list[str | None] = [
            target.code
            for event in after.events_of(gone.item)
            if EVENTS[event.type].withdraws and any(link.code == gone.code for link in event.sources)
            for target in event.targets
        ]
        for code in right or [None]:
            yield Replacement(gone.code, gone.level, "invalid", code, None, None)
        return
    projection = project(after, gone.item, ended - timedelta(days=1), ended)
    if not projection.targets:
        yield Replacement(gone.code, gone.level, projection.outcome, None, None, None)
    for target in projection.targets:
        yield Replacement(
            gone.code, gone.level, projection.outcome, target.code, target.share, target.share_basis
        )
