"""`marjaa evaluate`: how well matching does on a file whose rows say what they mean."""

from __future__ import annotations

from pathlib import Path

import click

from matching.drawing import diagram
from matching.evaluation import evaluate as judge
from referentials.snapshot import write_whole
from registry.commands.evaluation_summaries import evaluation_document, print_evaluation
from registry.commands.options import json_option, level_option, open_library, open_moment, reading
from registry.commands.printing import print_json
from registry.errors import BadValue
from registry.harmonising.labelled import read_labelled
from registry.serving.listing import require_levels

EPILOG = """\b
Examples:
  marjaa evaluate labelled.csv -r administrative-units --text-column commune --code-column code \\
      --within-column province --level commune
  marjaa evaluate labelled.xlsx -r administrative-units --text-column name --code-column code \\
      --json --plot reliability.svg
"""


@click.command(epilog=EPILOG)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-r", "--referential", required=True, metavar="ID", help="Referential of the codes.")
@click.option("--text-column", required=True, metavar="TITLE", help="Column with the texts.")
@click.option(
    "--code-column",
    required=True,
    metavar="TITLE",
    help="Column with the codes that are right; empty where the text is in the referential nowhere.",
)
@click.option("-w", "--within-column", metavar="TITLE", help="Column with what each text lies in.")
@level_option
@click.option("--sheet", metavar="NAME", help="Sheet; by default the first one with the columns.")
@click.option("--leave-out-blank", is_flag=True, help="Rows without a code are left out, not absent.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the intervals.")
@click.option(
    "--plot",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.svg",
    help="Write the reliability diagram, and precision over coverage, as SVG.",
)
@reading
@json_option
def evaluate(
    file: Path,
    referential: str,
    text_column: str,
    code_column: str,
    within_column: str | None,
    levels: tuple[str, ...],
    sheet: str | None,
    leave_out_blank: bool,
    seed: int,
    plot: Path | None,
    version: str | None,
    at: str | None,
    snapshots: Path | None,
    as_json: bool,
) -> None:
    """Match the rows of FILE (CSV, XLSX, ODS), whose codes are known, and say how often the answer is right.

    Distinct values are judged, those that are a name of their item apart from the others. A code of an older
    version counts as what replaced it.
    """
    if plot is not None and plot.suffix.lower() != ".svg":
        raise BadValue("plot", plot, "a file name that ends in .svg")
    if seed < 0:
        raise BadValue("seed", seed, "a number from 0 on")
    snapshot, moment = open_moment(open_library(snapshots), referential, version, at)
    require_levels(snapshot, levels)
    labelled = read_labelled(
        file,
        text_column=text_column,
        code_column=code_column,
        within_column=within_column,
        sheet=sheet,
        blank_is_absent=not leave_out_blank,
    )
    found = judge(snapshot.store, labelled, at=moment.number, levels=levels, seed=seed)
    if plot is not None:
        title = f"{file.name}: {referential} {snapshot.version.label}"
        write_whole(plot, diagram(title, found.calibration_others.bins, found.curve).encode())
    if as_json:
        print_json(evaluation_document(found, snapshot, moment))
    else:
        print_evaluation(found, file, snapshot, moment, plot)
