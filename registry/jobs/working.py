"""Works jobs off: one after the other, until none waits or the worker has to stop."""

from __future__ import annotations

import fcntl
import logging
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from registry.database import begin_write
from registry.errors import problem_of
from registry.jobs.beating import Beating
from registry.jobs.opening import Jobs
from registry.jobs.queue import LEASE_SECONDS, claim, fail, finish, give_back, known_jobs
from registry.jobs.rows import Job
from registry.library import Library

LOCK = ".lock"

_log = logging.getLogger(__name__)


class Interrupted(Exception):
    """The work stopped because it was told to; what is done of it stays done."""


class Work(Protocol):
    """What a kind of job does in its folder; cut at any moment, it goes on when it is called again.

    It asks `stopping` often, and raises Interrupted where that is so; `tell` takes phase, done and total.
    """

    def __call__(
        self,
        job: Job,
        folder: Path,
        library: Library,
        tell: Callable[[str, int, int | None], None],
        stopping: Callable[[], bool],
    ) -> None: ...


def work_off(
    jobs: Jobs,
    library: Library,
    kinds: Mapping[str, Work],
    stop: threading.Event,
    *,
    name: str,
    lease: float = LEASE_SECONDS,
) -> int:
    """Work until no job waits or `stop` is set; how many were claimed. `name` begins the claims' names."""
    claimed = 0
    while not stop.is_set():
        worker = f"{name}:{uuid.uuid4().hex}"
        with begin_write(jobs.engine) as connection:
            job = claim(connection, worker, time.time(), lease)
        if job is None:
            break
        claimed += 1
        _work_on(jobs, library, kinds[job.kind], job, worker, stop, lease)
    return claimed


def _work_on(
    jobs: Jobs, library: Library, work: Work, job: Job, worker: str, stop: threading.Event, lease: float
) -> None:
    folder = jobs.folder(job.id)
    failure: Exception | None = None
    interrupted = False
    with Beating(jobs, job.id, worker, lease=lease) as beating:
        try:
            # Whoever lost the claim may still be about to notice.
            with _alone_in(folder):
                work(job, folder, library, beating.tell, lambda: stop.is_set() or beating.is_lost())
        except Interrupted:
            interrupted = True
        except Exception as error:
            failure = error
    # None of these does anything where the claim is gone.
    with begin_write(jobs.engine) as connection:
        if interrupted:
            give_back(connection, job.id, worker)
        elif failure is None:
            finish(connection, job.id, worker, time.time(), beating.progress)
        else:
            problem = problem_of(failure)
            told = fail(connection, job.id, worker, time.time(), problem.document())
            if told and problem.slug == "failure":
                _log.error("job %s failed", job.id, exc_info=failure)
        is_deleted = job.id not in known_jobs(connection)
    if is_deleted:  # its owner had the files deleted while some were written
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Hold a job's folder; the lock dies with its process."""
    with (folder / LOCK).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
