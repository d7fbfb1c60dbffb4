"""What an owner looks at: the first rows as they would come out, and the values that are open."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from referentials.row_streams import open_rows
from registry.errors import Conflict
from registry.harmonising.guessing import guess
from registry.harmonising.limits import limits_of_uploads
from registry.harmonising.previewing import Preview, preview
from registry.harmonising.recipe import ColumnPlan, Recipe
from registry.harmonising.report import OpenValue
from registry.harmonising.running import VALUES
from registry.harmonising.values import DistinctValues
from registry.jobs.harmonisations import Asked, Harmoniser, plan_of, recipe_of_job, with_remembered
from registry.jobs.rows import Job


@dataclass(frozen=True, slots=True)
class OpenValues:
    """A column, and distinct values of it that somebody should look at."""

    plan: ColumnPlan
    values: list[OpenValue]


def propose(used: Harmoniser, job: Job, source: Path, name: str) -> Recipe | None:
    """Look at a file that came: how it is read, and what could be done with its columns; None for nothing.

    What was found is kept for its owner. Raises TableError and its kinds for a file that cannot be read.
    """
    stream = open_rows(source, name=name, limits=limits_of_uploads(used.settings))
    guessed = guess(stream, used.library, used.settings.today())
    found = {
        "sheet": stream.sheet,
        "encoding": stream.encoding,
        "delimiter": stream.delimiter,
        "header_row": stream.header_row,
        "columns": list(stream.columns),
        "confident": guessed.confident,
        "guesses": [asdict(each) for each in guessed.columns],
    }
    used.folder(job).proposal.write_text(json.dumps(found, ensure_ascii=False))
    return guessed.recipe


def preview_of(used: Harmoniser, job: Job, rows: int) -> Preview:
    """The first rows of a file as they would come out; raises Conflict where nothing was proposed for it.

    The choices of its owner's administration count. Raises what a run of its recipe raises.
    """
    asked, folder = Asked.of(job), used.folder(job)
    recipe, _ = with_remembered(used, recipe_of_job(used, job), asked.data_set)
    stream = open_rows(
        folder.source,
        name=job.name,
        wanted=recipe.wanted,
        sheet=recipe.sheet,
        encoding=recipe.encoding,
        delimiter=recipe.delimiter,
        limits=limits_of_uploads(used.settings),
    )
    return preview(stream, recipe, used.library, shown=rows)


def open_values(used: Harmoniser, job: Job, column: str | None, limit: int, after: int | None) -> OpenValues:
    """Values of a column, by default the first: those that are worth most (rows × uncertainty) come first.

    `after` is the number of the last one seen. Raises Conflict where the work is not done, BadValue for a
    column that is not harmonised.
    """
    asked, folder = Asked.of(job), used.folder(job)
    if job.state != "done" or asked.recipe is None:
        raise Conflict(f"The harmonisation is {job.state}: its values are there when it is done.")
    recipe = folder.recipe(asked.recipe)
    plan = plan_of(recipe, column)
    with DistinctValues(folder.work / VALUES) as values:
        found = values.review(recipe.columns.index(plan), limit, after)
    return OpenValues(plan, found)
