"""`marjaa harmonise`: the messy columns of a file become official codes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from referentials.row_streams import open_rows
from registry.commands.guesses import Guessed, guess_document, print_guess
from registry.commands.options import json_option, level_option, open_library, open_moment, reading
from registry.commands.printing import print_json
from registry.commands.progress import progress
from registry.commands.summaries import print_summary, summary_document
from registry.config import Settings
from registry.errors import BadValue
from registry.harmonising.choice_files import read_choices
from registry.harmonising.documents import report_json
from registry.harmonising.guessing import guess
from registry.harmonising.limits import limits_here, limits_told
from registry.harmonising.output import WRITERS, check_target
from registry.harmonising.pages import report_html
from registry.harmonising.previewing import preview
from registry.harmonising.recipe import ROLES, ColumnPlan, Recipe, Role, read_recipe, recipe_bytes
from registry.harmonising.report import Report
from registry.harmonising.running import run
from registry.library import Library
from registry.serving.moments import parse_day

EPILOG = """\b
Examples:
  marjaa harmonise centres.xlsx --referential administrative-units --level commune \\
      --column Commune --within-column Province -o out.csv
  marjaa harmonise staff.csv -r administrative-units -c commune --level commune \\
      --level arrondissement -o staff-with-codes.xlsx --report staff.html --recipe-out staff.json
  marjaa harmonise staff-2025.csv --recipe staff.json -o staff-2025-with-codes.csv
"""


class WithLimits(click.Command):
    """A command whose help says how large a file may be, as the settings have it."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The examples, then the limits."""
        super().format_epilog(ctx, formatter)
        formatter.write_paragraph()
        formatter.write_text(f"A file may have {limits_told(limits_here(Settings.from_environment()))}.")


@click.command(cls=WithLimits, epilog=EPILOG)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-r", "--referential", metavar="ID", help="Referential whose codes are wanted.")
@click.option("-c", "--column", metavar="TITLE", help="Column with the texts, or with codes.")
@click.option("-w", "--within-column", metavar="TITLE", help="Column with what each text lies in.")
@click.option(
    "--role",
    type=click.Choice(ROLES),
    default="name",
    show_default=True,
    help="What the column holds: names to be matched, or codes to be checked and brought up to date.",
)
@level_option
@click.option("--sheet", metavar="NAME", help="Sheet; by default the first one with the columns.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=f"File to write, {', '.join(WRITERS)}. It is replaced when all is done, never half-written.",
)
@click.option("--explain", is_flag=True, help="Append a column with what each answer rests on.")
@click.option(
    "--choices",
    "choices_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Table (text, within, code) of what was settled before; an empty code: not in the referential.",
)
@click.option(
    "--recipe",
    "recipe_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Recipe that says what to do, instead of the options; it may have several columns.",
)
@click.option(
    "--recipe-out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the recipe that gives the same bytes again.",
)
@click.option(
    "--report",
    "reports",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    help="Write a report, .html or .json; may be repeated.",
)
@click.option(
    "--work",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder that keeps what is done: the same command goes on there after it was cut.",
)
@click.option(
    "--guess",
    "only_guess",
    is_flag=True,
    help="Show what the columns seem to hold, and the first rows as they would come out; write nothing.",
)
@click.option("--as-guessed", is_flag=True, help="Without --column: take the columns as they are guessed.")
@reading
@json_option
def harmonise(
    file: Path,
    referential: str | None,
    column: str | None,
    within_column: str | None,
    role: Role,
    levels: tuple[str, ...],
    sheet: str | None,
    output: Path | None,
    explain: bool,
    choices_file: Path | None,
    recipe_file: Path | None,
    recipe_out: Path | None,
    reports: tuple[Path, ...],
    work: Path | None,
    only_guess: bool,
    as_guessed: bool,
    version: str | None,
    at: str | None,
    snapshots: Path | None,
    as_json: bool,
) -> None:
    """Write the rows of FILE (CSV, XLSX, ODS, Parquet) with the codes that a column means.

    Every column and row stays as it was, in order; code, name, score, outcome and more are appended. Rows
    above the header are found and skipped. An outcome of exact or auto can be used as it is, review and
    ambiguous name the likeliest item, none has no code.

    Without --column the columns are guessed from their values, and shown; --as-guessed takes them so.
    """
    library = open_library(snapshots)
    settings = Settings.from_environment()
    if only_guess:
        found = _guessed(library, file, sheet, at, settings)
        if as_json:
            print_json(guess_document(found))
        else:
            print_guess(found)
        return
    if output is None:
        raise BadValue("output", "", "a file to write, with -o")
    _check_files(file, output, reports, recipe_out)
    if recipe_file is not None:
        _require_only_the_recipe(referential, column, within_column, levels, sheet, version)
        recipe = _with_at(read_recipe(_bytes_of(recipe_file)), at)
    elif column is None and referential is None:
        recipe = _taken(_guessed(library, file, sheet, at, settings), as_guessed=as_guessed, explain=explain)
    else:
        recipe = _asked(
            library, referential, column, within_column, role, levels, sheet, version, at, explain=explain
        )
    if choices_file is not None:
        recipe = read_choices(choices_file, recipe)
    with _folder(work, output) as folder, progress() as tell:
        report = run(
            file,
            output,
            recipe,
            library,
            folder,
            limits=limits_here(settings),
            told=lambda now: tell(now.phase, now.done, now.total),
        )
    _write_beside(report, reports, recipe_out)
    if as_json:
        print_json(summary_document(report, output))
    else:
        print_summary(report, output)


def _guessed(library: Library, file: Path, sheet: str | None, at: str | None, settings: Settings) -> Guessed:
    """What the columns seem to hold, and the first rows as they would come out."""
    day = settings.today() if at in (None, "today") else parse_day(at or "")
    stream = open_rows(file, sheet=sheet, limits=limits_here(settings))
    found = guess(stream, library, day)
    return Guessed(stream, found, None if found.recipe is None else preview(stream, found.recipe, library))


def _taken(found: Guessed, *, as_guessed: bool, explain: bool) -> Recipe:
    """The recipe that was guessed, where somebody said that it is right."""
    if found.guess.recipe is not None and as_guessed:
        return replace(found.guess.recipe, explain=explain)
    print_guess(found)
    expected = "--as-guessed, if that is right; else -r and -c" if found.guess.recipe else "-r and -c"
    raise BadValue("column", "", f"{expected}, or a --recipe")


def _asked(
    library: Library,
    referential: str | None,
    column: str | None,
    within_column: str | None,
    role: Role,
    levels: tuple[str, ...],
    sheet: str | None,
    version: str | None,
    at: str | None,
    *,
    explain: bool,
) -> Recipe:
    """The recipe that the options of the command are."""
    if referential is None:
        raise BadValue("referential", "", "the id of a referential, with -r, or a --recipe")
    if column is None:
        raise BadValue("column", "", "the title of a column, with -c, or a --recipe")
    _, moment = open_moment(library, referential, version, at)
    plan = ColumnPlan(referential, column, within_column, levels, role, version)
    return Recipe((plan,), moment.day, sheet=sheet, explain=explain)


def _with_at(recipe: Recipe, at: str | None) -> Recipe:
    if at is not None and parse_day(at) != recipe.at:
        raise BadValue("at", at, f"the recipe's own day, {recipe.at.isoformat()}")
    return recipe


def _require_only_the_recipe(*options: object) -> None:
    names = ("referential", "column", "within-column", "level", "sheet", "version")
    for name, value in zip(names, options, strict=True):
        if value:
            raise BadValue(name, value, "nothing beside --recipe, which says it")


def _check_files(file: Path, output: Path, reports: tuple[Path, ...], recipe_out: Path | None) -> None:
    """Raises BadValue for a file that could not be written, before any work is done."""
    check_target(output)
    for report in reports:
        if report.suffix.lower() not in (".html", ".json"):
            raise BadValue("report", report.name, "a name that ends in .html or .json")
    written = [output, *reports, *([] if recipe_out is None else [recipe_out])]
    for path in written:
        if not path.parent.is_dir():
            raise BadValue("output", str(path), "a file in a folder that exists")
        if path.exists() and file.exists() and path.samefile(file):
            raise BadValue("output", path, "another file than the input")
    if len({path.resolve() for path in written}) < len(written):
        raise BadValue("output", output, "another file than the report and the recipe")


@contextmanager
def _folder(work: Path | None, output: Path) -> Iterator[Path]:
    """Where the run keeps what is done: beside the output, so that what is finished need not be copied."""
    if work is not None:
        yield work
        return
    with tempfile.TemporaryDirectory(prefix=f".{output.name}.", dir=output.parent) as folder:
        yield Path(folder)


def _write_beside(report: Report, reports: tuple[Path, ...], recipe_out: Path | None) -> None:
    for path in reports:
        if path.suffix.lower() == ".html":
            path.write_text(report_html(report), encoding="utf-8")
        else:
            path.write_bytes(report_json(report))
    if recipe_out is not None:
        recipe_out.write_bytes(recipe_bytes(report.recipe))


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadValue("recipe", path, f"a file that can be read ({error.strerror})") from None
