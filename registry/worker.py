"""The rounds of the worker process: versions that are due, tellings, indexes of old versions, jobs (D9).

Each is a loop of its own: a receiver that does not answer, or a file of a million rows, keeps no version from
appearing on time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine

from registry.config import Settings
from registry.database import begin_write
from registry.jobs.opening import open_jobs
from registry.jobs.starting import jobs_round, tidy_round
from registry.library import Library
from registry.locks import file_lock
from registry.pruning import prune
from registry.publishing.review.scheduling import publish_due
from registry.telling.delivering import Delivered, deliver_due
from registry.telling.fanning import fan_out

JOB_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Told:
    """What one round of telling came to: deliveries promised, and tried."""

    promised: int
    delivered: Delivered


def publish_round(engine: Engine, settings: Settings) -> bool:
    """Publish what is due; whether anything was. Of several workers only one does it at a time."""
    with file_lock(settings.snapshots, "schedule.lock"):
        return bool(publish_due(engine, settings.snapshots))


def tell_round(engine: Engine, settings: Settings) -> Told:
    """Promise what the outbox holds, and deliver what is due; of several workers one at a time."""
    with file_lock(settings.snapshots, "telling.lock"):
        with begin_write(engine) as connection:
            promised = fan_out(connection)
        return Told(promised, deliver_due(engine, settings))


class Tidying:
    """Takes the indexes of old versions away after publications; those brought back since stay."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._library = Library(settings.snapshots)
        self._published: list[tuple[str, int]] = []

    def round(self) -> bool:
        """Tidy up where anything was published since the last round; never is there more to do at once."""
        published = [(entry.id, len(entry.versions)) for entry in self._library.referentials()]
        if published != self._published:
            prune(self._settings.snapshots, self._settings.keep_compiled)
            self._published = published
        return False


def work(
    engine: Engine, settings: Settings, stop: threading.Event, failed: Callable[[Exception], None]
) -> None:
    """Rounds until `stop` is set; one that fails is told, and tried again after the usual time."""

    def tell() -> bool:
        told = tell_round(engine, settings)
        return told.promised > 0 or told.delivered != Delivered()

    tidy = Tidying(settings)
    jobs = open_jobs(settings.data, engine)
    loops: list[tuple[Callable[[], bool], float]] = [
        (lambda: publish_round(engine, settings), settings.worker_seconds),
        (tell, settings.worker_seconds),
        (tidy.round, settings.worker_seconds),
        (lambda: tidy_round(jobs), settings.worker_seconds),
        # Somebody sits and waits for these.
        *([(lambda: jobs_round(jobs, settings, stop), JOB_SECONDS)] * settings.job_processes),
    ]
    threads = [
        threading.Thread(target=_repeat, args=(loop, stop, seconds, failed)) for loop, seconds in loops
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    jobs.engine.dispose()


def _repeat(
    round_of: Callable[[], bool], stop: threading.Event, seconds: float, failed: Callable[[Exception], None]
) -> None:
    while not stop.is_set():
        try:
            busy = round_of()
        except Exception as error:  # the database may be gone for a while; the worker is not
            failed(error)
            busy = False
        if not busy:
            stop.wait(seconds)
