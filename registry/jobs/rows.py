"""Jobs as their owners see them: put in, read, listed, asked for again, cancelled, deleted."""

from __future__ import annotations

import dataclasses
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, func, insert, select, text, update

from registry.errors import Conflict, DomainError
from registry.jobs.table import JOB

# States in which nothing more happens by itself.
OVER = ("done", "failed", "cancelled")
_DAY = 86_400.0
# Any number, the same in every process: two uploads of one person at once are counted one after the other.
_COUNTING_LOCK = 7_270_107


class UnknownJob(DomainError):
    """There is no such job of this person; whether it is somebody else's is not told."""

    slug = "unknown-job"

    def __init__(self, job: UUID) -> None:
        super().__init__(f"You have no harmonisation {job}; its time may be over.", job=str(job))


class TooManyJobs(DomainError):
    """The person keeps as many files here as one may; `limit` says how many."""

    slug = "too-many-jobs"

    def __init__(self, limit: int) -> None:
        super().__init__(f"You keep {limit} files here, which is the most.", limit=limit)


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it stands: every column of its row (`registry.jobs.table`); moments in seconds since 1970."""

    id: UUID
    kind: str
    owner: str
    administration: str | None
    name: str
    state: str
    asked: Mapping[str, Any]
    revision: int
    attempt: int
    worker: str | None
    lease_until: float | None
    heartbeat: float | None
    phase: str | None
    done: int
    total: int | None
    error: Mapping[str, Any] | None
    created: float
    queued: float | None
    started: float | None
    finished: float | None
    expires: float


COLUMNS = tuple(JOB.c[each.name] for each in dataclasses.fields(Job))


def add_job(
    connection: Connection,
    kind: str,
    owner: str,
    administration: str | None,
    name: str,
    *,
    most: int,
    days: int,
) -> Job:
    """A job whose file is about to come; raises TooManyJobs where its owner has `most` of them.

    It is counted before a byte is read, so that several uploads at once are no way round the limit.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _COUNTING_LOCK})
    kept = connection.execute(select(func.count()).where(JOB.c.owner == owner)).scalar_one()
    if kept >= most:
        raise TooManyJobs(most)
    now = time.time()
    identity = uuid.uuid4()
    connection.execute(
        insert(JOB).values(
            id=identity,
            kind=kind,
            owner=owner,
            administration=administration,
            name=name,
            state="uploading",
            asked={},
            revision=0,
            attempt=0,
            done=0,
            created=now,
            expires=now + days * _DAY,
        )
    )
    return read_job(connection, owner, identity)


def read_job(connection: Connection, owner: str, job: UUID) -> Job:
    """A job of this person; raises UnknownJob."""
    row = connection.execute(select(*COLUMNS).where(JOB.c.id == job, JOB.c.owner == owner)).one_or_none()
    if row is None:
        raise UnknownJob(job)
    return Job(*row)


def list_jobs(connection: Connection, owner: str, *, skip: int = 0, limit: int) -> list[Job]:
    """The jobs of this person, the newest first, behind the first `skip`."""
    wanted = select(*COLUMNS).where(JOB.c.owner == owner).order_by(JOB.c.created.desc(), JOB.c.id)
    return [Job(*row) for row in connection.execute(wanted.offset(skip).limit(limit))]


def describe_job(
    connection: Connection, job: Job, asked: Mapping[str, Any], *, name: str | None = None
) -> Job:
    """Say what is to be done with the file, before it is asked for, and what the file is called.

    Raises Conflict where the job is in hands, or somebody said something else since `job` was read.
    """
    called = job.name if name is None else name
    states = ("uploading", "uploaded", *OVER)
    _change(connection, job, states, asked=dict(asked), state="uploaded", name=called)
    return read_job(connection, job.owner, job.id)


def ask_for(connection: Connection, job: Job, asked: Mapping[str, Any], *, days: int) -> Job:
    """Put a job into the queue; what is done already of the same work is not done again.

    Its files are kept for so many days from now. Raises Conflict as `describe_job`.
    """
    now = time.time()
    _change(
        connection,
        job,
        ("uploaded", *OVER),
        asked=dict(asked),
        state="queued",
        attempt=0,
        phase=None,
        done=0,
        total=None,
        error=None,
        queued=now,
        started=None,
        finished=None,
        expires=now + days * _DAY,
    )
    return read_job(connection, job.owner, job.id)


def cancel_job(connection: Connection, job: Job) -> Job:
    """Take a job out of the queue, or from the worker that has it; raises Conflict where it is over.

    The worker notices at its next beat, and lets it be.
    """
    _change(connection, job, ("queued", "running"), checked=False, **_over("cancelled"))
    return read_job(connection, job.owner, job.id)


def delete_job(connection: Connection, job: Job) -> None:
    """Forget a job; the caller removes its files first. A worker that has it notices at its next beat."""
    connection.execute(delete(JOB).where(JOB.c.id == job.id))


def _over(state: str) -> dict[str, object]:
    return {"state": state, "worker": None, "lease_until": None, "finished": time.time()}


def _change(
    connection: Connection, job: Job, states: tuple[str, ...], *, checked: bool = True, **values: object
) -> None:
    """Change a row that is in one of the states and, where `checked`, as it was read."""
    unchanged = update(JOB).where(JOB.c.id == job.id, JOB.c.state.in_(states))
    if checked:
        unchanged = unchanged.where(JOB.c.revision == job.revision)
    changed = connection.execute(unchanged.values(revision=JOB.c.revision + 1, **values))
    if changed.rowcount == 0:
        current = read_job(connection, job.owner, job.id)
        raise Conflict(
            f"The harmonisation is {current.state} by now, in revision {current.revision}.",
            state=current.state,
            revision=current.revision,
        )
