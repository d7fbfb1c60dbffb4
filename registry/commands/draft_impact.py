"""`marjaa draft impact`: whom a draft touches, and the file that they recode with."""

from __future__ import annotations

import io
from dataclasses import asdict
from pathlib import Path

import click

from referentials.snapshot import write_whole
from registry.applicability.impacts import providers_for
from registry.commands.options import json_option
from registry.commands.printing import line_of_names, print_json
from registry.commands.tables import print_table
from registry.commands.working import change_set_argument, work
from registry.library import Library
from registry.publishing.impact import Impact, impact, write_recoding

EPILOG = """\b
Examples:
  marjaa draft impact 3f2a91c4
  marjaa draft impact 3f2a91c4 --recoding recoding.csv
"""


@click.command("impact", epilog=EPILOG)
@change_set_argument
@click.option(
    "--recoding",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="CSV to write: each code that goes, each code that replaces it, and its share.",
)
@json_option
def show_impact(change_set: str, recoding: Path | None, as_json: bool) -> None:
    """Say whom a draft touches: data sets, correspondences and referentials that use codes which go."""
    with work() as at_work, at_work.reading() as connection:
        meant = at_work.meant(connection, change_set)
        providers = providers_for(at_work.actor)
        found = impact(connection, at_work.root, Library(at_work.root), meant.id, providers)
    if recoding is not None:
        written = io.StringIO()
        write_recoding(written, found.replacements)
        write_whole(recoding, written.getvalue().encode())
    if as_json:
        print_json(_document(found))
    else:
        _print(found, recoding)


def _document(found: Impact) -> dict[str, object]:
    """What the API answers, too."""
    return {
        "change_set": str(found.change_set),
        "referential": found.referential,
        "administrations": found.administrations,
        "affected": [asdict(each) for each in found.affected],
        "replacements": [asdict(each) for each in found.replacements],
    }


def _print(found: Impact, recoding: Path | None) -> None:
    gone = {each.gone for each in found.replacements}
    click.echo(f"{len(gone):,} codes of {found.referential} go; {len(found.affected):,} uses are known.\n")
    if found.affected:
        print_table(
            ["what", "which", "administration", "part", "codes", "names"],
            [
                (
                    each.kind,
                    each.id,
                    each.administration,
                    each.part,
                    len(each.codes) or "unknown",
                    line_of_names(each.names),
                )
                for each in found.affected
            ],
            right=["codes"],
        )
    if recoding is not None:
        click.echo(f"\nWritten: {recoding} ({len(found.replacements):,} rows)")
