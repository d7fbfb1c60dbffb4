"""Harmonisations: files of people, what is to be done with them, and how that goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Engine

from matching.choices import Choice as Settled
from referentials.canonical import JSON
from registry.accounts import audit
from registry.accounts.actors import Actor, require
from registry.choices.remembering import remember
from registry.choices.standing import Remembered, StandingChoice, remembered_for
from registry.config import Settings
from registry.database import begin_write
from registry.errors import BadValue, Conflict, UnknownCode
from registry.harmonising.recipe import ColumnPlan, Recipe, read_recipe
from registry.harmonising.resolving import resolve
from registry.jobs.folders import FORMATS, Folder
from registry.jobs.opening import Jobs
from registry.jobs.rows import Job, add_job, ask_for, cancel_job, delete_job, describe_job, read_job
from registry.library import Library

KIND: Final = "harmonise"
LONGEST_DATA_SET = 1_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for with a file: `recipe` is its name in the folder; `used` choices were there before.

    `stale` are choices of the administration whose codes have ended: they are not used.
    """

    recipe: str | None = None
    format: str = "csv"
    data_set: str | None = None
    used: int = 0
    stale: tuple[dict[str, Any], ...] = ()

    @classmethod
    def of(cls, job: Job) -> Asked:
        """What a job's row says."""
        return cls(**{**job.asked, "stale": tuple(job.asked.get("stale", ()))})


@dataclass(frozen=True, slots=True)
class Harmoniser:
    """What the functions below work with: jobs, the database, published data, the settings, and who acts."""

    jobs: Jobs
    engine: Engine
    library: Library
    settings: Settings
    actor: Actor

    def folder(self, job: Job) -> Folder:
        """The files of a job."""
        return Folder(self.jobs.folder(job.id))

    def read(self, job: UUID) -> Job:
        """A job of the actor; raises UnknownJob."""
        with self.jobs.engine.connect() as connection:
            return read_job(connection, self.actor.id, job)

    def record(self, action: str, job: UUID, **after: JSON) -> None:
        """Leave an entry in the audit trail, which names no file."""
        with begin_write(self.engine) as connection:
            audit.record(connection, self.actor, action, "harmonisation", job, after=after or None)


def begin(used: Harmoniser, name: str) -> Job:
    """A job and its folder, for a file that is about to come; raises NotAllowed and TooManyJobs."""
    require(used.actor, "keep-data-sets", administration=used.actor.administration)
    with begin_write(used.jobs.engine) as connection:
        job = add_job(
            connection,
            KIND,
            used.actor.id,
            used.actor.administration,
            name,
            most=used.settings.jobs_per_person,
            days=used.settings.keep_uploads_days,
        )
    used.folder(job).make()
    return job


def describe(
    used: Harmoniser,
    job: Job,
    recipe: Recipe | None,
    form: str = "csv",
    data_set: str | None = None,
    *,
    name: str | None = None,
) -> Job:
    """Say what is to be done with the file, whose `name` is known when it has come.

    Raises Conflict where it is in hands, BadValue for a format.
    """
    if form not in FORMATS:
        raise BadValue("format", form, f"one of {', '.join(FORMATS)}")
    kept = None if recipe is None else used.folder(job).keep_recipe(recipe)
    with begin_write(used.jobs.engine) as connection:
        described = describe_job(connection, job, asdict(Asked(kept, form, data_set)), name=name)
    if job.state == "uploading":
        used.record("uploaded", job.id, administration=job.administration)
    return described


def start(used: Harmoniser, job: Job, asked: Asked) -> Job:
    """Have the file harmonised as it was described, with the choices that its owner's administration made.

    What the recipe itself settles counts more. Raises BadValue where no column is described, Conflict where
    it is in hands, and what a version or level that is not there raises.
    """
    if asked.recipe is None:
        raise BadValue("columns", "", "at least one column that means codes of a referential")
    # What is published meanwhile changes nothing of what was begun.
    resolved, _ = resolve(used.folder(job).recipe(asked.recipe), used.library)
    recipe, found = with_remembered(used, resolved, asked.data_set)
    name = used.folder(job).keep_recipe(recipe)
    told = replace(asked, recipe=name, used=len(found.used), stale=tuple(map(_stale, found.stale)))
    queued = _ask(used, job, told)
    used.record("started", job.id)
    return queued


def with_remembered(used: Harmoniser, recipe: Recipe, data_set: str | None) -> tuple[Recipe, Remembered]:
    """A recipe with what the administration settled before, and that; the recipe's own counts more.

    It is the administration that the owner belongs to now: who left another one gets none of its choices.
    """
    plans: list[ColumnPlan] = []
    remembered = Remembered((), ())
    with used.engine.connect() as connection:
        for plan in recipe.columns:
            store = used.library.snapshot(plan.referential, plan.version).store
            found = remembered_for(
                connection, used.actor.administration, plan.referential, data_set, store, recipe.at
            )
            plans.append(replace(plan, choices=_merged(found.used, plan.choices)))
            remembered = Remembered((*remembered.used, *found.used), (*remembered.stale, *found.stale))
    return replace(recipe, columns=tuple(plans)), remembered


def settle(
    used: Harmoniser, job: Job, column: str | None, choices: Sequence[Settled], *, remembered: bool
) -> tuple[Job, int]:
    """Settle values of a column, and have the result written anew; the job, and how many are new to remember.

    Where `remembered`, they hold for the next files of the owner's administration too. Nothing is matched
    anew that was not settled. Raises Conflict where the file is in hands or was never asked for, BadValue for
    a column that is not harmonised, UnknownCode.
    """
    asked = Asked.of(job)
    if job.state not in ("done", "failed", "cancelled") or asked.recipe is None:
        raise Conflict(f"The harmonisation is {job.state}: settle values when it is done.", state=job.state)
    recipe = used.folder(job).recipe(asked.recipe)
    plan = plan_of(recipe, column)
    _require_codes(used.library, plan, choices)
    settled = replace(plan, choices=_merged(plan.choices, choices))
    plans = [settled if each is plan else each for each in recipe.columns]
    name = used.folder(job).keep_recipe(replace(recipe, columns=tuple(plans)))
    count = 0
    administration = used.actor.administration  # of now: nobody settles for one that they left
    if remembered and administration is not None:
        with begin_write(used.engine) as connection:
            count = remember(
                connection,
                used.actor,
                administration,
                plan.referential,
                choices,
                data_set=asked.data_set,
                source=job.name,
            )
    return _ask(used, job, replace(asked, recipe=name)), count


def cancel(used: Harmoniser, job: Job) -> Job:
    """Stop the work; the file stays, and may be asked for again. Raises Conflict where nothing goes on."""
    with begin_write(used.jobs.engine) as connection:
        cancelled = cancel_job(connection, job)
    used.record("cancelled", job.id)
    return cancelled


def discard(used: Harmoniser, job: Job) -> None:
    """Delete a file and all that was made of it; a worker that has it lets it be."""
    used.folder(job).remove()
    with begin_write(used.jobs.engine) as connection:
        delete_job(connection, job)
    if job.state != "uploading":
        used.record("deleted", job.id)


def recipe_of_job(used: Harmoniser, job: Job) -> Recipe:
    """What is done with a file: as a run resolved it, else as it was asked for; raises Conflict."""
    asked, folder = Asked.of(job), used.folder(job)
    if job.state == "done" and folder.resolved.exists():
        return read_recipe(folder.resolved.read_bytes())
    if asked.recipe is None:
        raise Conflict("Nothing was proposed for the columns of this file: say what is to be done with it.")
    return folder.recipe(asked.recipe)


def plan_of(recipe: Recipe, column: str | None) -> ColumnPlan:
    """The plan of a column, by its title, by default of the first; raises BadValue."""
    for plan in recipe.columns:
        if column in (None, plan.column):
            return plan
    known = ", ".join(repr(plan.column) for plan in recipe.columns)
    raise BadValue("column", column, f"one of the columns that are harmonised: {known}")


def done_file(job: Job, path: Path) -> Path:
    """A file that a run made; raises Conflict where the job is not done."""
    if job.state != "done" or not path.exists():
        raise Conflict(f"The harmonisation is {job.state}: this is there when it is done.", state=job.state)
    return path


def _merged(before: Sequence[Settled], after: Sequence[Settled]) -> tuple[Settled, ...]:
    """Choices in order, the last of those about one text."""
    return tuple({(choice.text, choice.within): choice for choice in (*before, *after)}.values())


def _ask(used: Harmoniser, job: Job, asked: Asked) -> Job:
    connection: Connection
    with begin_write(used.jobs.engine) as connection:
        return ask_for(connection, job, asdict(asked), days=used.settings.keep_uploads_days)


def _require_codes(library: Library, plan: ColumnPlan, choices: Sequence[Settled]) -> None:
    """Raises UnknownCode for a code that the version never had."""
    snapshot = library.snapshot(plan.referential, plan.version)
    for choice in choices:
        if choice.code is not None and not snapshot.store.rows_of(choice.code):
            nearest = snapshot.store.nearest_codes(choice.code)
            raise UnknownCode(plan.referential, choice.code, snapshot.version.label, nearest)


def _stale(standing: StandingChoice) -> dict[str, Any]:
    choice = standing.choice
    return {
        "referential": choice.referential,
        "text": choice.text,
        "within": choice.within,
        "code": choice.code,
        "successors": list(standing.successors),
    }
