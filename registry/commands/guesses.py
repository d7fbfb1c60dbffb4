"""What the columns of a file seem to hold, for people and as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import click

from referentials.row_streams import RowStream
from registry.commands.tables import print_table
from registry.harmonising.guessing import Guess
from registry.harmonising.previewing import Preview
from registry.harmonising.recipe import ColumnPlan, recipe_document

_SAMPLES = 2
_SHOWN = ("code", "name", "score", "outcome")


@dataclass(frozen=True, slots=True)
class Guessed:
    """A file, what its columns seem to hold, and its first rows as they would come out."""

    stream: RowStream
    guess: Guess
    preview: Preview | None


def print_guess(found: Guessed) -> None:
    """Print the columns with the reasons, then the first rows and counts by outcome."""
    stream, guess = found.stream, found.guess
    sheet = "" if stream.sheet is None else f", sheet {stream.sheet}"
    header = f", header in row {stream.header_row}" if stream.header_row else ""
    click.echo(f"{stream.file}{sheet}{header}")
    if guess.recipe is None or found.preview is None:
        titles = ", ".join(repr(column) for column in stream.columns if column)
        click.echo(f"No column seems to hold names or codes of a published referential: {titles}.")
        return
    print_table(
        ["column", "seems to be", "because", "as"],
        [
            (
                each.column,
                f"{each.part} of {each.referential}",
                each.reason,
                "; ".join(f"{sample.text} → {sample.code or 'none'}" for sample in each.samples[:_SAMPLES]),
            )
            for each in guess.columns
        ],
    )
    for plan in guess.recipe.columns:
        _print_first_rows(found.stream, found.preview, plan)
    if not guess.confident:
        click.echo("\nThis is a weak guess: look at the samples.")


def _print_first_rows(stream: RowStream, preview: Preview, plan: ColumnPlan) -> None:
    """Counts by outcome, then the texts with the code, name, score and outcome that they would get."""
    counts = preview.by_outcome[plan.referential]
    told = ", ".join(f"{outcome} {count.rows:,}" for outcome, count in counts.items() if count.rows)
    click.echo(f"\nThe first {preview.counted:,} rows of {plan.column}: {told}.")
    asked = [title for title in (plan.column, plan.within_column) if title is not None]
    shown = [preview.header.index(f"{plan.referential}_{what}") for what in _SHOWN]
    positions = [stream.position(title) for title in asked] + shown
    print_table([*asked, *_SHOWN], [[row[at] for at in positions] for row in preview.rows], right=["score"])


def guess_document(found: Guessed) -> dict[str, object]:
    """The same as one JSON object; `recipe` is what --as-guessed does."""
    guess = found.guess
    return {
        "file": found.stream.file,
        "sheet": found.stream.sheet,
        "header_row": found.stream.header_row,
        "confident": guess.confident,
        "columns": [asdict(each) for each in guess.columns],
        "recipe": None if guess.recipe is None else recipe_document(guess.recipe),
        "preview": None if found.preview is None else asdict(found.preview),
    }
