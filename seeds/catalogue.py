"""Reads catalogue.toml: what a new installation starts with, in which versions and from which sources."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from referentials.kinds import KINDS
from seeds.builders import BUILDERS
from seeds.csv_listing import read_associations
from seeds.model import (
    STAGES,
    Catalogue,
    Level,
    SeedCorrespondence,
    SeedError,
    SeedReferential,
    SeedVersion,
    Source,
    VersionReference,
)
from seeds.tables import Table

FOLDER = Path(__file__).parent


def catalogue(path: Path = FOLDER / "catalogue.toml") -> Catalogue:
    """The seed catalogue; no listing is read yet.

    Raises SeedError, naming the table and the key, for anything missing, unknown, or pointing nowhere.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SeedError(str(path), f"cannot be read: {error}") from error
    top = Table(path.name, values)
    referentials = tuple(referential_of(table, _version) for table in top.tables("referential"))
    correspondences = tuple(_correspondence(table) for table in top.tables("correspondence"))
    top.finish()
    _refuse_duplicates(path.name, "referential", (referential.id for referential in referentials))
    _refuse_duplicates(path.name, "correspondence", (entry.id for entry in correspondences))
    _refuse_dangling(path.name, referentials, correspondences)
    return Catalogue(referentials, correspondences)


def referential_of(table: Table, version_of: Callable[[Table, str], SeedVersion]) -> SeedReferential:
    """The referential that a table describes; `version_of` makes each of its versions, given the id.

    Raises SeedError.
    """
    identifier = table.id("id")
    referential = SeedReferential(
        id=identifier,
        kind=table.choice("kind", KINDS),
        names=table.names("names"),
        description=table.names("description"),
        owner=table.text("owner"),
        licence=table.text("licence"),
        attribution=table.text("attribution"),
        periodicity=table.text("periodicity"),
        levels=tuple(_level(inner) for inner in table.tables("levels")),
        languages=table.texts("languages"),
        stage=table.choice("stage", STAGES),
        records_from=table.optional_day("records_from"),
        records_basis=table.optional_text("records_basis"),
        versions=tuple(version_of(inner, identifier) for inner in table.tables("version")),
    )
    table.finish()
    if (referential.records_from is None) != (referential.records_basis is None):
        raise table.error("records_basis", "and 'records_from' go together")
    _refuse_duplicates(table.where, "level", (level.id for level in referential.levels))
    _refuse_duplicates(table.where, "version", (entry.label for entry in referential.versions))
    days = [entry.effective_on for entry in referential.versions]
    if days != sorted(set(days)):
        raise table.error("version", "must be in the order of effective_on, each on a day of its own")
    return referential


def _level(table: Table) -> Level:
    pattern = table.optional_text("code_pattern")
    try:
        re.compile(pattern or "")
    except re.error as error:
        raise table.error("code_pattern", f"is no regular expression: {error}") from None
    level = Level(table.id("id"), table.names("names"), pattern)
    table.finish()
    return level


def _version(table: Table, referential: str) -> SeedVersion:
    folder = FOLDER / referential
    entry = SeedVersion(
        label=table.text("label"),
        effective_on=table.day("effective_on"),
        basis=table.text("basis"),
        notes=table.names("notes"),
        sources=tuple(source_of(inner) for inner in table.tables("source")),
        listing=partial(BUILDERS[table.choice("builder", BUILDERS)], folder),
    )
    table.finish()
    return entry


def source_of(table: Table) -> Source:
    """A source of a version; raises SeedError."""
    package = table.optional_text("package")
    stated = table.optional_text("version")
    if package is not None and stated is not None:
        raise table.error("version", "is that of the installed package where 'package' is given")
    source = Source(
        title=table.text("title"),
        licence=table.text("licence"),
        version=stated if package is None else _installed(table, package),
        url=table.optional_text("url"),
        sha256=table.optional_text("sha256"),
    )
    table.finish()
    return source


def _installed(table: Table, package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError as error:
        raise table.error("package", f"names {package!r}, which is not installed") from error


def _correspondence(table: Table) -> SeedCorrespondence:
    entry = SeedCorrespondence(
        id=table.id("id"),
        names=table.names("names"),
        source=_reference(table.table("source")),
        target=_reference(table.table("target")),
        basis=table.text("basis"),
        associations=partial(read_associations, FOLDER / table.id("folder")),
    )
    table.finish()
    return entry


def _reference(table: Table) -> VersionReference:
    reference = VersionReference(table.id("referential"), table.text("version"))
    table.finish()
    return reference


def _refuse_duplicates(where: str, what: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for identifier in ids:
        if identifier in seen:
            raise SeedError(where, f"{what} {identifier!r} comes twice")
        seen.add(identifier)


def _refuse_dangling(
    where: str, referentials: tuple[SeedReferential, ...], correspondences: tuple[SeedCorrespondence, ...]
) -> None:
    known = {
        VersionReference(referential.id, entry.label)
        for referential in referentials
        for entry in referential.versions
    }
    for entry in correspondences:
        for end in (entry.source, entry.target):
            if end not in known:
                raise SeedError(
                    f"{where}, correspondence {entry.id}",
                    f"version {end.version!r} of {end.referential!r} is not in the catalogue",
                )
