"""`marjaa recode`: a column of codes of one date becomes codes of another, or of another referential."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from referentials.tables import Table, read_table
from registry.commands.options import json_option, open_library, snapshots_option
from registry.commands.printing import print_json
from registry.commands.recode_summaries import print_recoding, recoding_document
from registry.config import Settings
from registry.correspondences.recoding import recoder_through
from registry.errors import BadValue
from registry.harmonising.output import check_target, write_table
from registry.harmonising.recoding import Recode, recode_table
from registry.library import Library
from registry.serving.moments import parse_day
from registry.serving.recoding import recoder_of

EPILOG = """\b
Examples:
  marjaa recode staff.csv administrative-units --column commune --from 2014-09-01 --to 2024-09-01 \\
      -o staff-2024.csv
  marjaa recode budget.xlsx administrative-units --column commune --from 2014-09-01 --to 2024-09-01 \\
      --split --weight amount -o budget-2024.xlsx
  marjaa recode regions.csv --correspondence regions-1997-to-administrative-units --column region \\
      -o regions-2015.csv
"""


@dataclass(frozen=True, slots=True)
class Way:
    """By what a column is recoded: `title` begins the added columns, `told` says it in the report."""

    recode: Recode
    title: str
    version: str
    told: str


@click.command(epilog=EPILOG)
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("referential", required=False)
@click.option("-c", "--column", required=True, metavar="TITLE", help="Column with the codes.")
@click.option("--from", "start", metavar="DATE", help="Day on which the codes held, as 2014-09-01.")
@click.option("--to", "end", metavar="DATE", help="Day to recode to; may be the earlier one.")
@click.option("--correspondence", metavar="ID", help="Recode through a correspondence, instead of by dates.")
@click.option("--split", is_flag=True, help="Write a row for each code that a code became.")
@click.option("--weight", metavar="TITLE", help="Column of numbers that --split shares out; sums stay.")
@click.option("--sheet", metavar="NAME", help="Sheet; by default the first one with the columns.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="File to write, .csv or .xlsx; without it only the report is printed.",
)
@click.option("--version", metavar="LABEL", help="Version to read; by default the newest published one.")
@snapshots_option
@json_option
def recode(
    file: Path,
    referential: str | None,
    column: str,
    start: str | None,
    end: str | None,
    correspondence: str | None,
    split: bool,
    weight: str | None,
    sheet: str | None,
    output: Path | None,
    version: str | None,
    snapshots: Path | None,
    as_json: bool,
) -> None:
    """Write the rows of FILE (CSV, XLSX, ODS) with what the codes of a column are on another date.

    Every column and row stays as it was, in order; code, outcome and more are appended. Where a code did not
    become exactly one, none is picked: all are told, and the report lists them. With --split such a row is
    written once for each code, and its --weight is shared out by the shares that are known.
    """
    if weight is not None and not split:
        raise BadValue("weight", weight, "--split beside it")
    if output is not None:
        check_target(output)
        if output.exists() and file.exists() and output.samefile(file):
            raise BadValue("output", output, "another file than the input")
    library = open_library(snapshots)
    if correspondence is None:
        way = _by_dates(library, referential, start, end, version)
    else:
        _require_no_dates(referential, start, end, version)
        way = _through(library, correspondence)
    table = _table(file, column, weight, sheet)
    found = recode_table(
        table, way.recode, column=column, title=way.title, version=way.version, split=split, weight=weight
    )
    written = None
    if output is not None:
        rows = list(found)
        write_table(output, found.header, rows, created=Settings.from_environment().today())
        written = len(rows)
    if as_json:
        print_json(recoding_document(found, way.told, output, written))
    else:
        print_recoding(found, way.told, output, written, column=column)


def _table(file: Path, column: str, weight: str | None, sheet: str | None) -> Table:
    return read_table(file, wanted=[column] if weight is None else [column, weight], sheet=sheet)


def _by_dates(
    library: Library, referential: str | None, start: str | None, end: str | None, version: str | None
) -> Way:
    if referential is None:
        raise BadValue("referential", "", "the id of a referential, or --correspondence")
    days: list[date] = []
    for name, text in (("from", start), ("to", end)):
        if text is None:
            raise BadValue(name, "", "a date as 2024-09-01")
        days.append(parse_day(text, name))
    snapshot = library.snapshot(referential, version)
    label = snapshot.version.label
    told = f"{referential} {label}, from {days[0].isoformat()} to {days[1].isoformat()}"
    return Way(recoder_of(snapshot, days[0], days[1]).recode_all, referential, label, told)


def _through(library: Library, correspondence: str) -> Way:
    entry = library.correspondence(correspondence)
    label = entry.target_version or ""
    told = f"{entry.id}, from {entry.source_referential} to {entry.target_referential} {label}".rstrip()
    return Way(recoder_through(entry), entry.target_referential, label, told)


def _require_no_dates(
    referential: str | None, start: str | None, end: str | None, version: str | None
) -> None:
    given = {"referential": referential, "from": start, "to": end, "version": version}
    for name, value in given.items():
        if value is not None:
            raise BadValue(name, value, "nothing beside --correspondence, which says from what to what")
