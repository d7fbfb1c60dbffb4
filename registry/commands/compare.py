"""`marjaa compare`: what changes from one version to another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click

from referentials.comparing import KINDS
from registry.commands.export import STANDARD_OUTPUT, replaced
from registry.commands.options import level_option, open_library, snapshots_option
from registry.serving.comparing import WHOLE, Compared, compare_versions, page_document

EPILOG = """\b
Examples:
  marjaa compare administrative-units 2014 2024 | less
  marjaa compare administrative-units 2014 2024 --kind recoded --format csv -o recoded.csv
  marjaa compare administrative-units 2014 2024 --level cercle --format json
"""


@click.command(epilog=EPILOG)
@click.argument("referential")
@click.argument("from_version", metavar="FROM")
@click.argument("to_version", metavar="TO")
@level_option
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(list(KINDS)),
    help="Items that differ so, without change events; repeat it for several.",
)
@click.option(
    "--format",
    "wanted",
    type=click.Choice(["text", "json", *(name for name in WHOLE if name != "text")]),
    default="text",
    show_default=True,
    help="Text for a person, JSON as over HTTP but whole, or CSV with a row for each field that changed.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, allow_dash=True),
    default=STANDARD_OUTPUT,
    metavar="FILE",
    help="File to write instead of standard output; replaced when all is done.",
)
@snapshots_option
def compare(
    referential: str,
    from_version: str,
    to_version: str,
    levels: tuple[str, ...],
    kinds: tuple[str, ...],
    wanted: str,
    output: Path,
    snapshots: Path | None,
) -> None:
    """Say what changes in REFERENTIAL from version FROM to version TO.

    First a summary by level, then every item with each field that changed, then the change events that TO
    adds.
    """
    compared = compare_versions(
        open_library(snapshots), referential, from_version, to_version, levels=levels, kinds=kinds, most=None
    )
    pieces = _json(compared) if wanted == "json" else WHOLE[wanted].write(compared)
    if output == STANDARD_OUTPUT:
        for piece in pieces:
            click.echo(piece, nl=False)
        return
    with replaced(output) as file:
        file.writelines(pieces)
    click.echo(f"Written: {output} ({len(compared.items):,} items, {len(compared.events):,} change events)")


def _json(compared: Compared) -> Iterator[bytes]:
    yield json.dumps(page_document(compared), ensure_ascii=False).encode() + b"\n"
