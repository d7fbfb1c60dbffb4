"""Options that several commands share, and what they open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import click

from registry.catalogue import NAME
from registry.config import Settings
from registry.errors import BadValue
from registry.library import Library, Snapshot
from registry.serving.moments import Moment, moment_of

JSON_WANTED = "registry.commands.json"  # in a context's meta: whether a problem is told as JSON too

Command = TypeVar("Command", bound=Callable[..., object])


def _want_json(context: click.Context, _parameter: click.Parameter, value: bool) -> bool:
    context.meta[JSON_WANTED] = value
    return value


json_option = click.option(
    "--json",
    "as_json",
    is_flag=True,
    is_eager=True,
    callback=_want_json,
    help="Print JSON, the same as over HTTP; a problem too.",
)
snapshots_option = click.option(
    "--snapshots",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder of published snapshots to read; by default MARJAA_DATA/snapshots. No database is needed.",
)
version_option = click.option(
    "--version", metavar="LABEL", help="Version to read; by default the newest published one."
)
at_option = click.option(
    "--at",
    metavar="DATE",
    help="Day that the answer is about, as 2024-09-01 or `today`; by default today, "
    "or with --version the day on which that version is effective.",
)
lang_option = click.option(
    "--lang",
    metavar="LANGUAGE",
    help="Language of the names, as fr; falls back to another, and says so. By default all.",
)


def parts(_context: click.Context, _parameter: click.Parameter, value: Sequence[str]) -> tuple[str, ...]:
    """The values of an option that may be repeated and may hold several with commas, as over HTTP."""
    return tuple(part.strip() for text in value for part in text.split(","))


level_option = click.option(
    "--level",
    "levels",
    multiple=True,
    callback=parts,
    metavar="LEVEL",
    help="Level of the items; repeat it for several.",
)


def reading(command: Command) -> Command:
    """The options of a command that reads a published version."""
    for option in (snapshots_option, at_option, version_option):
        command = option(command)
    return command


def open_library(snapshots: Path | None) -> Library:
    """The published data of a folder; raises BadValue where nothing is published there."""
    root = Settings.from_environment().snapshots if snapshots is None else snapshots
    if not (root / NAME).is_file():
        raise BadValue(
            "snapshots",
            root,
            f"a folder with {NAME}, as `marjaa seed` makes it; name it with --snapshots or MARJAA_DATA",
        )
    return Library(root)


def open_moment(
    library: Library, referential: str, version: str | None, at: str | None
) -> tuple[Snapshot, Moment]:
    """The snapshot of a version and the day that an answer is about, by the same rules as over HTTP."""
    snapshot = library.snapshot(referential, version)
    today = Settings.from_environment().today()
    return snapshot, moment_of(snapshot, at, versioned=version is not None, today=today)
