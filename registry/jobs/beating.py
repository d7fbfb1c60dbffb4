"""Keeps a claim alive while the work goes on, and notices when it is gone."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from types import TracebackType
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from registry.database import begin_write
from registry.jobs.opening import Jobs
from registry.jobs.queue import LEASE_SECONDS, Progress, beat

# Several beats fall into a lease: a database that is away for a moment ends no claim.
BEATS_PER_LEASE = 6
# Work that does not stop though it has to is ended with its process, after so many leases.
_PATIENCE = 2

_log = logging.getLogger(__name__)


class Beating:
    """A thread that beats for a claim, for as long as the block lasts.

    `is_lost` says whether the claim went to somebody else, or was cancelled: the work should stop then, and
    where it does not, `end` is called.
    """

    def __init__(
        self,
        jobs: Jobs,
        job: UUID,
        worker: str,
        *,
        lease: float = LEASE_SECONDS,
        end: Callable[[], None] = lambda: os._exit(1),
    ) -> None:
        self._jobs, self._job, self._worker, self._lease, self._end = jobs, job, worker, lease, end
        self._over, self._lost = threading.Event(), threading.Event()
        self.progress: Progress | None = None
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> Beating:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def tell(self, phase: str, done: int, total: int | None) -> None:
        """How far the work is; the next beat tells it."""
        self.progress = (phase, done, total)

    def is_lost(self) -> bool:
        """Whether the claim is gone."""
        return self._lost.is_set()

    def _beat(self) -> None:
        beaten = time.time()
        seconds = self._lease / BEATS_PER_LEASE
        pause = min(1.0, seconds)  # the first one soon: whoever waits sees that it goes on
        while not self._over.wait(pause):
            pause = seconds if self.progress is None else min(2.0, seconds)
            try:
                with begin_write(self._jobs.engine) as connection:
                    now = time.time()
                    if not beat(connection, self._job, self._worker, now, self.progress, self._lease):
                        break
                beaten = now
            except SQLAlchemyError:
                _log.warning("job %s: the beat was not heard", self._job, exc_info=True)
                if time.time() - beaten > self._lease:
                    break
        else:
            return
        self._lost.set()
        if not self._over.wait(_PATIENCE * self._lease):
            _log.error("job %s does not stop though its claim is gone; its process ends", self._job)
            self._end()
