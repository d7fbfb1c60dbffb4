"""`marjaa snapshot`: the compiled versions that everything is read from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from matching.store import DamagedStore, StaleStore, open_store, verify_store
from referentials.snapshot import DamagedSnapshot, open_content
from registry.catalogue import VersionEntry
from registry.commands.options import json_option, open_library, snapshots_option, version_option
from registry.commands.printing import print_json
from registry.commands.progress import progress
from registry.commands.tables import print_table
from registry.config import Settings
from registry.errors import BadValue
from registry.indexing import is_compiled, is_pruned
from registry.library import Library
from registry.pruning import is_pinned, prune
from registry.pruning import pin as pin_version

LIST_EPILOG = """\b
Examples:
  marjaa snapshot list
  marjaa snapshot list administrative-units --json
"""
VERIFY_EPILOG = """\b
Examples:
  marjaa snapshot verify
  marjaa snapshot verify administrative-units --version 2024 --snapshots copies/
"""
BUILD_EPILOG = """\b
Examples:
  marjaa snapshot build
  marjaa snapshot build administrative-units --version 2024
  marjaa snapshot build --snapshots copies/
"""
PRUNE_EPILOG = """\b
Examples:
  marjaa snapshot prune
  marjaa snapshot prune --keep 2 --pin administrative-units/2014
  marjaa snapshot prune --unpin administrative-units/2014
"""
DAMAGED = 6  # exit code, as of a snapshot that cannot be read


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the verification of a version found; `problem` is None where everything is as published."""

    version: VersionEntry
    problem: str | None
    compiled: bool


@click.group()
def snapshot() -> None:
    """The compiled versions that every answer is read from."""


@snapshot.command(epilog=BUILD_EPILOG)
@click.argument("referential", required=False)
@version_option
@snapshots_option
def build(referential: str | None, version: str | None, snapshots: Path | None) -> None:
    """Compile what is missing, damaged or of another release; with REFERENTIAL, compile its index anew.

    Indexes are compiled from the published content beside them. A content that is missing or damaged is
    written again from the database, unless --snapshots names a folder of copies. Indexes that `prune` took
    away are left so, unless --version names one.
    """
    # The database is not opened before it is needed, and never for a folder of copies.
    from registry.commands import building

    if referential is not None:
        library = open_library(snapshots)
        wanted = [
            one
            for one in standing(chosen_versions(library, referential, version))
            if version is not None or not is_pruned(library.root / one.folder)
        ]
        compiled = building.rebuild(library, wanted)
    elif version is not None:
        raise click.UsageError("--version needs a REFERENTIAL.")
    elif snapshots is not None:
        library = open_library(snapshots)
        compiled = building.rebuild(library, building.unusable(library))
    else:
        compiled = building.complete_all()
    for one in compiled:
        click.echo(f"compiled {one}")
    if not compiled:
        click.echo("Everything is whole.")


@snapshot.command(epilog=VERIFY_EPILOG)
@click.argument("referential", required=False)
@version_option
@snapshots_option
@json_option
def verify(referential: str | None, version: str | None, snapshots: Path | None, as_json: bool) -> None:
    """Read every byte of the snapshots again and compare it with what was published.

    Ends with exit code 6 where something is damaged.
    """
    library = open_library(snapshots)
    verdicts = list(_verdicts(library, standing(chosen_versions(library, referential, version))))
    if as_json:
        print_json({"versions": [_verdict_document(verdict) for verdict in verdicts]})
    else:
        print_table(
            ["referential", "version", "content root", "found"],
            [
                (
                    one.version.referential,
                    one.version.label,
                    one.version.content_root[:16],
                    one.problem or ("whole" if one.compiled else "whole, not compiled"),
                )
                for one in verdicts
            ],
        )
    if any(verdict.problem for verdict in verdicts):
        raise click.exceptions.Exit(DAMAGED)


@snapshot.command("list", epilog=LIST_EPILOG)
@click.argument("referential", required=False)
@snapshots_option
@json_option
def list_snapshots(referential: str | None, snapshots: Path | None, as_json: bool) -> None:
    """List the versions that can be read, with their content roots."""
    library = open_library(snapshots)
    versions = chosen_versions(library, referential, None)
    if as_json:
        print_json({"versions": [_document(version, library) for version in versions]})
        return
    print_table(
        [
            "referential",
            "version",
            "status",
            "effective on",
            "published on",
            "states",
            "content root",
            "compiled",
            "MB",
        ],
        [
            (
                one.referential,
                one.label,
                one.status,
                one.effective_on,
                one.published_at[:10],
                f"{one.counts['state']:,}",
                one.content_root[:16],
                _said_of_index(library, one),
                f"{_size(library, one) / 1e6:.1f}",
            )
            for one in versions
        ],
        right=["states", "MB"],
    )


@snapshot.command("prune", epilog=PRUNE_EPILOG)
@click.option(
    "--keep",
    type=click.IntRange(1),
    metavar="NUMBER",
    help="Newest versions of each referential that stay compiled; by default MARJAA_KEEP_COMPILED or 5.",
)
@click.option(
    "--pin", multiple=True, metavar="REFERENTIAL/LABEL", help="Keep this version compiled, for good."
)
@click.option("--unpin", multiple=True, metavar="REFERENTIAL/LABEL", help="No longer keep it for good.")
@snapshots_option
def prune_snapshots(
    keep: int | None, pin: tuple[str, ...], unpin: tuple[str, ...], snapshots: Path | None
) -> None:
    """Remove the indexes of old versions, until somebody asks for them.

    Their content stays, with all that can be cited and verified; the index is compiled from it when it is
    asked for. The worker does the same after publications.
    """
    library = open_library(snapshots)
    named = [(_named_version(library, text), text in pin) for text in (*unpin, *pin)]
    for version, pinned in named:
        pin_version(library.root, version, pinned=pinned)
    pruned = prune(library.root, keep or Settings.from_environment().keep_compiled)
    for version in pruned:
        click.echo(f"not compiled now: {version.referential} {version.label}")
    if not pruned:
        click.echo("Nothing to remove.")


def _named_version(library: Library, text: str) -> VersionEntry:
    referential, sign, label = text.partition("/")
    if not (sign and label):
        raise BadValue("pin", text, "a version as administrative-units/2014")
    return library.version(referential, label)


def chosen_versions(library: Library, referential: str | None, label: str | None) -> list[VersionEntry]:
    """All versions, or those of a referential, or one; raises UnknownReferential and UnknownVersion."""
    if referential is None:
        if label is not None:
            raise click.UsageError("--version needs a REFERENTIAL.")
        return [version for entry in library.referentials() for version in entry.versions]
    if label is None:
        return list(library.versions(referential))
    return [library.version(referential, label)]


def standing(versions: list[VersionEntry]) -> list[VersionEntry]:
    """Those whose snapshots were not removed for ever."""
    return [version for version in versions if version.removed_because is None]


def _verdicts(library: Library, versions: list[VersionEntry]) -> Iterator[Verdict]:
    with progress() as tell:
        for done, version in enumerate(versions):
            tell(f"{version.referential} {version.label}", done, len(versions))
            folder = library.root / version.folder
            yield Verdict(version, _problem(folder, version.content_root), is_compiled(folder))


def _problem(folder: Path, content_root: str) -> str | None:
    try:
        content = open_content(folder / "content")
        content.verify()
        if content.root != content_root:
            return f"{folder / 'content'}: its content root is {content.root}, not the one that was published"
        if is_pruned(folder) and not is_compiled(folder):
            return None
        verify_store(folder / "search")
        store = open_store(folder / "search")
    except (DamagedSnapshot, DamagedStore, StaleStore) as error:
        return str(error)
    if store.content_root != content_root:
        return f"{folder / 'search'}: it was compiled from another content"
    return None


def _verdict_document(verdict: Verdict) -> dict[str, object]:
    version = verdict.version
    return {
        "referential": version.referential,
        "version": version.label,
        "content_root": version.content_root,
        "whole": verdict.problem is None,
        "compiled": verdict.compiled,
        "problem": verdict.problem,
    }


def _document(version: VersionEntry, library: Library) -> dict[str, object]:
    return {
        "referential": version.referential,
        "version": version.label,
        "ordinal": version.ordinal,
        "status": version.status,
        "effective_on": version.effective_on.isoformat(),
        "published_at": version.published_at,
        "content_root": version.content_root,
        "counts": dict(version.counts),
        "compiled": is_compiled(library.root / version.folder),
        "pinned": is_pinned(library.root, version),
        "bytes": _size(library, version),
    }


def _said_of_index(library: Library, version: VersionEntry) -> str:
    if is_pinned(library.root, version):
        return "pinned"
    return "yes" if is_compiled(library.root / version.folder) else "on request"


def _size(library: Library, version: VersionEntry) -> int:
    folder = library.root / version.folder
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
