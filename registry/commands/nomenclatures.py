"""`marjaa nomenclature`: referentials that are published from somebody else's file."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from registry.commands.options import json_option
from registry.commands.printing import print_json
from registry.commands.progress import progress
from registry.commands.tables import print_table
from registry.commands.working import work
from registry.errors import BadValues
from registry.migrations import upgrade
from registry.nomenclatures.description import description_named, known, read_description
from registry.nomenclatures.importing import import_nomenclature

LIST_EPILOG = """\b
Example:
  marjaa nomenclature list
"""
IMPORT_EPILOG = """\b
Examples:
  marjaa nomenclature import naf_rev2_fr.csv --as naf-rev2
  marjaa nomenclature import nace_rev2_1_headings.tsv --as nace-rev2-1
  marjaa nomenclature import sic2007.xlsx --description sic2007.toml
"""


@click.group()
def nomenclature() -> None:
    """Nomenclatures that are published from somebody else's file."""


@nomenclature.command("list", epilog=LIST_EPILOG)
@json_option
def list_(as_json: bool) -> None:
    """List the nomenclatures whose files can be imported without a description of your own."""
    described = [(name, description_named(name)) for name in known()]
    if as_json:
        items = [
            {"id": name, "names": dict(each.referential.names), "columns": list(each.columns)}
            for name, each in described
        ]
        print_json({"items": items})
        return
    print_table(
        ["nomenclature", "columns of the file", "owner"],
        [(name, ", ".join(each.columns), each.referential.owner) for name, each in described],
    )


@nomenclature.command("import", epilog=IMPORT_EPILOG)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--as", "name", metavar="ID", help="Nomenclature of the file, as `marjaa nomenclature list` has it."
)
@click.option(
    "--description",
    type=click.Path(path_type=Path),
    metavar="TOML",
    help="Description of a nomenclature of your own.",
)
@json_option
def import_(file: Path, name: str | None, description: Path | None, as_json: bool) -> None:
    """Publish the nomenclature in FILE (CSV, TSV, XLSX, ODS) as a referential.

    The version says from which file it was made, with the file's SHA-256. A file that is published already is
    left alone. It takes an administrator's token in MARJAA_TOKEN.
    """
    if (name is None) == (description is None):
        raise BadValues([("--as", name or "", "a nomenclature, or --description with a file: one of them")])
    described = description_named(name) if name is not None else read_description(description or Path())
    with work() as at_work, progress() as told:
        upgrade(at_work.engine)
        done = import_nomenclature(at_work.engine, at_work.root, at_work.actor, file, described, told=told)
    if as_json:
        print_json(dataclasses.asdict(done))
        return
    counts = ", ".join(f"{count:,} of level {level}" for level, count in done.items.items())
    state = "published" if done.published else "was published already"
    click.echo(f"{done.referential} {done.version} {state}: {counts}")
    click.echo(f"SHA-256 of {file.name}: {done.sha256}")
