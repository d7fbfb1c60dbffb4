"""`marjaa inventory`: administrations, and the data sets that they keep."""

from __future__ import annotations

from pathlib import Path

import click

from referentials.tables import read_table
from registry.applicability import administrations, data_sets
from registry.commands.groups import InOrder
from registry.commands.options import json_option
from registry.commands.printing import line_of_names, print_json
from registry.commands.tables import print_table
from registry.commands.working import work
from registry.desk.inventory import AdministrationSchema, DataSetSchema

BODIES_EPILOG = """\b
Columns: id, category, name_fr; and if wanted parent, name_ar, name_en, valid_from, valid_to.
Example:
  marjaa inventory import-administrations administrations.csv
"""
SETS_EPILOG = """\b
Columns: administration, name, title_fr; and if wanted title_ar, title_en, source, periodicity, collection,
column, referential, level, version. A data set has a row for each bound column.
Example:
  marjaa inventory import-data-sets data-sets.xlsx
"""
LIST_BODIES_EPILOG = """\b
Example:
  marjaa inventory administrations
"""
LIST_SETS_EPILOG = """\b
Example:
  marjaa inventory data-sets --administration health
"""
file_argument = click.argument("file", type=click.Path(path_type=Path))


@click.group(cls=InOrder)
def inventory() -> None:
    """Administrations, their data sets, and the columns of them that hold codes.

    Who acts is told by a token in MARJAA_TOKEN.
    """


@inventory.command("import-administrations", epilog=BODIES_EPILOG)
@file_argument
def import_bodies(file: Path) -> None:
    """Take in a sheet (CSV, XLSX, ODS) of administrations; known ones are stated anew."""
    table = read_table(file, wanted=administrations.COLUMNS)
    with work() as at_work, at_work.writing() as connection:
        count = administrations.import_administrations(connection, at_work.actor, table)
    click.echo(f"{count:,} administrations of {file.name}")


@inventory.command("import-data-sets", epilog=SETS_EPILOG)
@file_argument
def import_sets(file: Path) -> None:
    """Take in a sheet (CSV, XLSX, ODS) of data sets; known ones are stated anew, with their columns."""
    table = read_table(file, wanted=data_sets.COLUMNS)
    with work() as at_work, at_work.writing() as connection:
        count = data_sets.import_data_sets(connection, at_work.actor, table)
    click.echo(f"{count:,} data sets of {file.name}")


@inventory.command("administrations", epilog=LIST_BODIES_EPILOG)
@json_option
def list_bodies(as_json: bool) -> None:
    """List the administrations, by id."""
    with work() as at_work, at_work.reading() as connection:
        found = administrations.list_administrations(connection)
    if as_json:
        print_json({"items": AdministrationSchema(many=True).dump(found), "next": None})
        return
    print_table(
        ["id", "parent", "category", "names"],
        [(each.id, each.parent, each.category, line_of_names(each.names)) for each in found],
    )


@inventory.command("data-sets", epilog=LIST_SETS_EPILOG)
@click.option("--administration", metavar="ID", help="Those of one administration only.")
@json_option
def list_sets(administration: str | None, as_json: bool) -> None:
    """List the data sets with their bound columns."""
    with work() as at_work, at_work.reading() as connection:
        found = data_sets.list_data_sets(connection, administration=administration)
    if as_json:
        print_json({"items": DataSetSchema(many=True).dump(found), "next": None})
        return
    print_table(
        ["administration", "name", "titles", "columns"],
        [
            (
                each.administration,
                each.name,
                line_of_names(each.titles),
                ", ".join(f"{binding.column}: {binding.referential}" for binding in each.bindings),
            )
            for each in found
        ],
    )
