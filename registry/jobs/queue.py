"""Jobs as workers see them: claimed by one statement, kept by beating, given back, over.

A claim is a lease. Whoever holds it beats; one that does not is taken to be dead, and another worker goes on
from what it left. The same statements run on SQLite and on PostgreSQL, where workers do not wait for one
another (SKIP LOCKED).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, delete, or_, select, update

from registry.errors import make_problem
from registry.jobs.rows import COLUMNS, Job
from registry.jobs.table import JOB

LEASE_SECONDS = 60.0
# A job that killed so many workers is not given to another one.
MOST_ATTEMPTS = 3

Progress = tuple[str, int, int | None]
"""How far the work is: phase, done, total."""


def claim(connection: Connection, worker: str, now: float, lease: float = LEASE_SECONDS) -> Job | None:
    """Take the job that waits longest, or one whose worker is silent; None where there is none.

    `worker` names who takes it, differently at every claim; `now` is in seconds since 1970.
    """
    is_free = and_(
        or_(JOB.c.state == "queued", and_(JOB.c.state == "running", JOB.c.lease_until < now)),
        JOB.c.attempt < MOST_ATTEMPTS,
    )
    # A scalar subquery is worked out once; the outer condition holds where another got there first.
    first = select(JOB.c.id).where(is_free).order_by(JOB.c.queued, JOB.c.id).limit(1)
    claimed = (
        update(JOB)
        .where(JOB.c.id == first.with_for_update(skip_locked=True).scalar_subquery(), is_free)
        .values(
            state="running",
            worker=worker,
            lease_until=now + lease,
            heartbeat=now,
            attempt=JOB.c.attempt + 1,
            started=now,
        )
        .returning(*COLUMNS)
    )
    row = connection.execute(claimed).one_or_none()
    return None if row is None else Job(*row)


def is_any_waiting(connection: Connection, now: float) -> bool:
    """Whether `claim` would find something."""
    waiting = select(JOB.c.id).where(
        or_(JOB.c.state == "queued", and_(JOB.c.state == "running", JOB.c.lease_until < now))
    )
    return connection.execute(waiting.limit(1)).first() is not None


def beat(
    connection: Connection,
    job: UUID,
    worker: str,
    now: float,
    progress: Progress | None = None,
    lease: float = LEASE_SECONDS,
) -> bool:
    """Keep a claim, and say how far the work is: phase, done, total. False where the claim is gone."""
    values = {"heartbeat": now, "lease_until": now + lease, **_far(progress)}
    return _as_holder(connection, job, worker, values)


def finish(
    connection: Connection, job: UUID, worker: str, now: float, progress: Progress | None = None
) -> bool:
    """The work is done; False where the claim is gone, and with it the right to say so."""
    return _as_holder(connection, job, worker, {**_over("done", now), **_far(progress)})


def fail(connection: Connection, job: UUID, worker: str, now: float, error: Mapping[str, Any]) -> bool:
    """The work cannot be done, for a reason that its owner is told; False where the claim is gone."""
    return _as_holder(connection, job, worker, {**_over("failed", now), "error": dict(error)})


def give_back(connection: Connection, job: UUID, worker: str) -> bool:
    """Let another worker go on, from where this one is; that was no attempt."""
    values = {"state": "queued", "worker": None, "lease_until": None, "attempt": JOB.c.attempt - 1}
    return _as_holder(connection, job, worker, values)


def give_back_all(connection: Connection, name: str) -> int:
    """Let others go on with the jobs of a process that died, whose claims' names began with `name`."""
    dead = (JOB.c.state == "running", JOB.c.worker.startswith(f"{name}:", autoescape=True))
    values = {"state": "queued", "worker": None, "lease_until": None}
    return connection.execute(update(JOB).where(*dead).values(**values)).rowcount


def give_up(connection: Connection, now: float) -> list[UUID]:
    """Fail the jobs that killed too many workers; which they were."""
    problem = make_problem(
        "job-given-up",
        f"The work stopped without a word {MOST_ATTEMPTS} times, and is not tried again.",
    )
    hopeless = and_(
        JOB.c.attempt >= MOST_ATTEMPTS,
        or_(JOB.c.state == "queued", and_(JOB.c.state == "running", JOB.c.lease_until < now)),
    )
    values = {**_over("failed", now), "error": problem.document()}
    given_up = connection.execute(update(JOB).where(hopeless).values(**values).returning(JOB.c.id))
    return list(given_up.scalars())


def list_expired(connection: Connection, now: float) -> list[UUID]:
    """The jobs whose time is over, other than those in hands."""
    over = select(JOB.c.id).where(JOB.c.expires < now, JOB.c.state != "running")
    return list(connection.execute(over).scalars())


def forget(connection: Connection, job: UUID, now: float) -> None:
    """Delete an expired job's row, once its files are gone; not where somebody asked for it meanwhile."""
    connection.execute(delete(JOB).where(JOB.c.id == job, JOB.c.expires < now, JOB.c.state != "running"))


def known_jobs(connection: Connection) -> set[UUID]:
    """All jobs that there are."""
    return set(connection.execute(select(JOB.c.id)).scalars())


def _far(progress: Progress | None) -> dict[str, object]:
    return {} if progress is None else dict(zip(("phase", "done", "total"), progress, strict=True))


def _over(state: str, now: float) -> dict[str, object]:
    return {"state": state, "worker": None, "lease_until": None, "finished": now}


def _as_holder(connection: Connection, job: UUID, worker: str, values: Mapping[str, object]) -> bool:
    mine = (JOB.c.id == job, JOB.c.worker == worker, JOB.c.state == "running")
    return connection.execute(update(JOB).where(*mine).values(**values)).rowcount == 1
