"""`marjaa export`: a version as a file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from referentials.writers import WRITERS
from registry.commands.filters import filtering
from registry.commands.options import open_library, open_moment, reading
from registry.commands.progress import progress
from registry.errors import BadValue
from registry.serving.exporting import export as exported
from registry.serving.listing import Filters

EPILOG = """\b
Examples:
  marjaa export administrative-units -o units.csv
  marjaa export administrative-units --version 2014 --level commune -o communes-2014.xlsx
  marjaa export place-names --format geojson -o - | head
"""
STANDARD_OUTPUT = Path("-")


@click.command(epilog=EPILOG)
@click.argument("referential")
@click.option(
    "--format",
    "wanted",
    type=click.Choice(list(WRITERS)),
    help="Format; by default what the file's name ends in.",
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FILE",
    help="File to write; - is standard output. It is replaced when all is done, never half-written.",
)
@filtering
@reading
def export(
    referential: str,
    wanted: str | None,
    output: Path,
    filters: Filters,
    version: str | None,
    at: str | None,
    snapshots: Path | None,
) -> None:
    """Write the items of REFERENTIAL that are valid today or on a date into a file."""
    chosen = wanted or _format_of(output)
    snapshot, moment = open_moment(open_library(snapshots), referential, version, at)
    pieces = exported(snapshot, chosen, moment, filters, licensed=version is None)
    if output == STANDARD_OUTPUT:
        for piece in pieces:
            click.echo(piece, nl=False)
        return
    with replaced(output) as file:
        _write(pieces, file)
    click.echo(
        f"Written: {output} ({output.stat().st_size:,} bytes, {referential} {snapshot.version.label} "
        f"on {moment.text}, content root {snapshot.version.content_root})"
    )


@contextmanager
def replaced(path: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of `path` when it is whole; whatever is raised, `path` stays as it was.

    Raises BadValue where there is no folder for it, and OSError.
    """
    if not path.parent.is_dir():
        raise BadValue("output", path, "a file in a folder that exists")
    if path.is_dir():
        raise BadValue("output", path, "a file, not a folder")
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with partial.open("xb") as file:
            yield file
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _format_of(path: Path) -> str:
    ending = path.suffix.lower().removeprefix(".")
    if ending not in WRITERS:
        raise BadValue("output", path, f"a name that ends in {', '.join(WRITERS)}, or a --format")
    return ending


def _write(pieces: Iterator[bytes], file: BinaryIO) -> None:
    written = 0
    with progress() as tell:
        for piece in pieces:
            written += file.write(piece)
            tell(f"writing, {written / 1e6:,.0f} MB", 0, 0)
