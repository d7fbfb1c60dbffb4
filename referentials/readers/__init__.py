"""Reads the files that a version is made of: one dispatch table of formats, one way from rows to items."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from referentials.kinds import Kind
from referentials.readers.formats import FORMATS, Format, format_named, format_of
from referentials.readers.guessing import guess_mapping
from referentials.readers.items import ItemMaker, ReadRow
from referentials.readers.mapping import ROLES, BadMapping, Guess, Mapping, unused_titles
from referentials.readers.source import (
    MAX_BYTES,
    MAX_NESTING,
    MAX_ROWS,
    MAX_VERTICES,
    Source,
    SourceRow,
    Wanted,
    at_most,
)
from referentials.sheets.headers import positions
from referentials.sheets.limits import TableError

__all__ = [
    "FORMATS",
    "MAX_BYTES",
    "MAX_NESTING",
    "MAX_ROWS",
    "MAX_VERTICES",
    "ROLES",
    "BadMapping",
    "Format",
    "Guess",
    "Mapping",
    "ReadRow",
    "Reading",
    "format_of",
    "guess_mapping",
    "open_reading",
]

_SAMPLED = 500


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that is being read: its format, how its columns are understood, and its rows, streamed."""

    format: str
    guess: Guess
    rows: Iterator[ReadRow]


def open_reading(
    path: Path,
    *,
    format: str | None = None,
    mapping: Mapping | None = None,
    sheet: str | None = None,
    kind: Kind,
    levels: Sequence[str],
    languages: Sequence[str],
    default_level: str | None = None,
    source: str = "",
    roles: Collection[str] | None = None,
    kept: Guess | None = None,
) -> Reading:
    """Open a file as a list of items.

    The format is told from the content where it is not named. Columns are guessed, or read as `kept` says of
    a file with the same titles; `mapping` overrides that role by role (an empty title takes a role away), and
    `roles`, where they are named, are all that is read. `sheet` is a sheet of a workbook or a layer of a
    GeoPackage, `default_level` the level of all rows that name none, and `source` what other names and
    figures are said to come from. A row that cannot be read is a row with problems, and the reading goes on.
    Raises TableError and TableTooLarge for a file that
    cannot, now or while the rows are gone through, and BadMapping.
    """
    try:
        chosen = format_of(path) if format is None else format_named(format)
    except OSError as error:
        raise TableError(f"cannot be read ({error.strerror})", file=path.name) from None
    given = Mapping() if mapping is None else mapping
    wanted = Wanted(sheet, tuple(filter(None, given.columns.values())), tuple(levels), tuple(languages))
    found = chosen.read(path, wanted)
    rows = at_most(found.rows, found.file)
    first = list(islice(rows, _SAMPLED))
    guess = found.guess or _guess(found, first, kind, levels, languages, default_level)
    if kept is not None and {*kept.mapping.columns.values(), *kept.unused} == set(found.titles):
        guess = replace(kept, reasons=dict.fromkeys(kept.mapping.columns, "as in the file before"))
    guess = _settled(guess, given, found, roles)
    level = default_level or guess.level
    maker = ItemMaker(guess.mapping, found.titles, kind, levels, level, source)
    made = map(maker.make, chain(first, rows))
    return Reading(chosen.id, guess, (row for row in made if row is not None))


def _guess(
    found: Source,
    first: Sequence[SourceRow],
    kind: Kind,
    levels: Sequence[str],
    languages: Sequence[str],
    default_level: str | None,
) -> Guess:
    sample = [row.values for row in first if row.problem is None]
    return guess_mapping(found.titles, sample, kind, levels, languages, default_level)


def _settled(guess: Guess, given: Mapping, found: Source, roles: Collection[str] | None) -> Guess:
    told = {role: _as_written(title, found) for role, title in given.columns.items()}
    columns = guess.mapping.overridden(told).columns
    mapping = Mapping({role: title for role, title in columns.items() if roles is None or role in roles})
    reasons = {role: guess.reasons.get(role, "") for role in mapping.columns}
    reasons |= {role: "as told" for role, title in given.columns.items() if role in mapping.columns}
    parts = set(unused_titles(found.titles, guess.mapping)) - set(guess.unused)  # of computed columns
    unused = tuple(title for title in unused_titles(found.titles, mapping) if title not in parts)
    return replace(guess, mapping=mapping, reasons=reasons, unused=unused)


def _as_written(title: str, found: Source) -> str:
    """A title as the file has it, where it was told without its accents or case."""
    alike = positions(found.titles, title) if title else []
    return found.titles[alike[0]] if len(alike) == 1 else title
