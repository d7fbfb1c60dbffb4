"""The work of a harmonisation, in a process of its own: from a job's folder to result, report, recipe."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from referentials.sheets.limits import Limits
from registry.harmonising.documents import report_json
from registry.harmonising.pages import report_html
from registry.harmonising.recipe import recipe_bytes
from registry.harmonising.running import run
from registry.harmonising.telling import Progress, Stopped
from registry.jobs.folders import Folder
from registry.jobs.harmonisations import Asked
from registry.jobs.rows import Job
from registry.jobs.working import Interrupted
from registry.library import Library


def harmonise_file(
    limits: Limits,
    job: Job,
    folder: Path,
    library: Library,
    tell: Callable[[str, int, int | None], None],
    stopping: Callable[[], bool],
) -> None:
    """Harmonise the file of a job as its row asks (a `registry.jobs.working.Work`, once limits are given).

    Cut at any moment, it goes on where it was when it is called again, and comes to the same bytes. Raises
    Interrupted, and what `registry.harmonising.running.run` raises.
    """
    files, asked = Folder(folder), Asked.of(job)
    if asked.recipe is None:
        raise LookupError(f"the job {job.id} was put into the queue without a recipe")

    def told(progress: Progress) -> None:
        tell(progress.phase, progress.done, progress.total or None)

    try:
        report = run(
            files.source,
            files.result(asked.format),
            files.recipe(asked.recipe),
            library,
            files.work,
            name=job.name,
            limits=limits,
            told=told,
            stopping=stopping,
        )
    except Stopped as error:
        raise Interrupted from error
    for path, data in (
        (files.resolved, recipe_bytes(report.recipe)),
        (files.report, report_json(report)),
        (files.page, report_html(report).encode()),
    ):
        partial = path.with_suffix(f"{path.suffix}.part")
        partial.write_bytes(data)
        partial.replace(path)
