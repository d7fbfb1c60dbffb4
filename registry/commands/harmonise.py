"""`marjaa harmonise`: a messy column of a file becomes official codes."""

from __future__ import annotations

from pathlib import Path

import click

from referentials.tables import read_table
from registry.commands.options import json_option, level_option, open_library, open_moment, reading
from registry.commands.printing import print_json
from registry.commands.progress import progress
from registry.commands.summaries import print_summary, summary_document
from registry.errors import BadValue
from registry.harmonising.columns import harmonise as harmonise_table
from registry.harmonising.output import check_target, write_table

EPILOG = """\b
Examples:
  marjaa harmonise centres.xlsx --referential administrative-units --level commune \\
      --column Commune --within-column Province -o out.csv
  marjaa harmonise staff.csv -r administrative-units -c commune --level commune \\
      --level arrondissement -o staff-with-codes.xlsx --json
"""


@click.command(epilog=EPILOG)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-r", "--referential", required=True, metavar="ID", help="Referential whose codes are wanted.")
@click.option("-c", "--column", required=True, metavar="TITLE", help="Column with the texts.")
@click.option("-w", "--within-column", metavar="TITLE", help="Column with what each text lies in.")
@level_option
@click.option("--sheet", metavar="NAME", help="Sheet; by default the first one with the columns.")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="File to write, .csv or .xlsx. It is replaced when all is done, never half-written.",
)
@reading
@json_option
def harmonise(
    file: Path,
    referential: str,
    column: str,
    within_column: str | None,
    levels: tuple[str, ...],
    sheet: str | None,
    output: Path,
    version: str | None,
    at: str | None,
    snapshots: Path | None,
    as_json: bool,
) -> None:
    """Write the rows of FILE (CSV, XLSX, ODS) with the codes that a column means.

    Every column and row stays as it was, in order; code, name, score, outcome and more are appended. Rows
    above the header are found and skipped. An outcome of exact or auto can be used as it is, review and
    ambiguous name the likeliest item, none has no code.
    """
    check_target(output)
    if output.exists() and file.exists() and output.samefile(file):
        raise BadValue("output", output, "another file than the input")
    snapshot, moment = open_moment(open_library(snapshots), referential, version, at)
    wanted = [column] if within_column is None else [column, within_column]
    table = read_table(file, wanted=wanted, sheet=sheet)
    with progress() as tell:
        tell("matching", 0, len(table.rows))
        found = harmonise_table(
            table,
            snapshot,
            column=column,
            within_column=within_column,
            levels=levels,
            at=moment.day,
            progress=lambda rows: tell("matching", rows, len(table.rows)),
        )
    write_table(output, found.header, found, created=moment.day)
    if as_json:
        print_json(summary_document(found, snapshot, moment, output))
    else:
        print_summary(found, snapshot, moment, output, column=column, within_column=within_column)
