"""What an owner looks at: the first rows as they would come out, and the values that are open."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from referentials.row_streams import open_rows
from registry.errors import Conflict
from registry.harmonising.limits import limits_of_uploads
from registry.harmonising.recipe import ColumnPlan, Recipe
from registry.harmonising.report import OpenValue
from registry.harmonising.running import VALUES
from registry.harmonising.values import DistinctValues
from registry.jobs.harmonisations import Asked, Harmoniser, plan_of
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
    found = {
        "sheet": stream.sheet,
        "encoding": stream.encoding,
        "delimiter": stream.delimiter,
        "header_row": stream.header_row,
        "columns": list(stream.columns),
    }
    used.folder(job).proposal.write_text(json.dumps(found, ensure_ascii=False))
    return None


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
