"""Descriptions of nomenclatures: the referential and the version to be, and how the file is laid out."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from registry.errors import BadValue, DomainError
from seeds.catalogue import referential_of, source_of
from seeds.model import Listing, SeedError, SeedReferential, SeedVersion
from seeds.tables import Table

FOLDER = Path(__file__).parent


class UnfitDescription(DomainError):
    """A description that cannot be used."""

    slug = "bad-file"


@dataclass(frozen=True, slots=True)
class LevelColumns:
    """Where a level stands in the file.

    `code` and `names` (by language) are titles of columns. In a file with a row for each item, whatever its
    level, `pattern` tells the level by the code; in one with a row for each item of the lowest it is None.
    `count` is how many items the level has, where that is known.
    """

    level: str
    code: str
    names: Mapping[str, str]
    pattern: re.Pattern[str] | None
    count: int | None


@dataclass(frozen=True, slots=True)
class Description:
    """A nomenclature to be: a referential with one version, still without items; levels of the file."""

    referential: SeedReferential
    levels: tuple[LevelColumns, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The titles that the file must have."""
        titles = (title for each in self.levels for title in (each.code, *each.names.values()))
        return tuple(dict.fromkeys(titles))


def known() -> tuple[str, ...]:
    """The names of the descriptions that come with the program."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def description_named(name: str) -> Description:
    """One that comes with the program; raises BadValue with the names there are."""
    if name not in known():
        raise BadValue("--as", name, f"one of {', '.join(known())}, or --description with a file of your own")
    return read_description(FOLDER / f"{name}.toml")


def read_description(path: Path) -> Description:
    """The description in a TOML file; raises UnfitDescription, naming the table and the key."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        table = Table(path.name, values)
        file = table.table("file")
        levels = tuple(_level(inner) for inner in file.tables("levels"))
        file.finish()
        described = Description(referential_of(table, _version), levels)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UnfitDescription(f"{path.name}: cannot be read: {error}") from error
    except SeedError as error:
        raise UnfitDescription(str(error)) from error
    _require_fit(path.name, described)
    return described


def _require_fit(file: str, described: Description) -> None:
    listed = [level.id for level in described.referential.levels]
    in_file = [each.level for each in described.levels]
    if in_file != listed:
        raise UnfitDescription(f"{file}: the levels of the file, {in_file}, are not those listed, {listed}")
    if len({each.pattern is None for each in described.levels}) > 1:
        raise UnfitDescription(f"{file}: either each level of the file has a pattern, or none")
    if len(described.referential.versions) != 1:
        raise UnfitDescription(f"{file}: describe one version: that of the file")


def _version(table: Table, _referential: str) -> SeedVersion:
    label, effective_on, basis = table.text("label"), table.day("effective_on"), table.text("basis")
    notes, sources = table.names("notes"), tuple(source_of(inner) for inner in table.tables("source"))
    table.finish()
    return SeedVersion(label, effective_on, basis, notes, sources, lambda: Listing([], []))


def _level(table: Table) -> LevelColumns:
    pattern, count = table.optional_text("pattern"), table.optional_whole("count")
    names = table.texts_by_key("names")
    try:
        matching = None if pattern is None else re.compile(pattern)
    except re.error as error:
        raise table.error("pattern", f"is no regular expression: {error}") from None
    level = LevelColumns(table.id("level"), table.text("code"), names, matching, count)
    table.finish()
    return level
