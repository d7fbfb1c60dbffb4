"""Starts processes for jobs that wait, and forgets jobs whose time is over: the rounds of the worker (D9)."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

from registry.config import Settings
from registry.database import begin_write
from registry.errors import Unavailable
from registry.jobs.folders import Folder
from registry.jobs.opening import Jobs
from registry.jobs.orders import Order
from registry.jobs.queue import (
    forget,
    give_back_all,
    give_up,
    is_any_waiting,
    known_jobs,
    list_expired,
)

_LOOK_SECONDS = 0.5
_LAST_SECONDS = 8
# A folder without a row is left over from a deletion that was cut short; one younger than this may be in use.
_LEFT_OVER_SECONDS = 24 * 3600


class Died(Unavailable):
    """A process that worked on jobs ended by itself; what it worked on is tried again."""


def jobs_round(jobs: Jobs, settings: Settings, stop: threading.Event) -> bool:
    """Have what waits worked off by a process; whether anything waited.

    Raises Died where the process did; its jobs wait again then, and count the attempt.
    """
    with jobs.engine.connect() as connection:
        if not is_any_waiting(connection, time.time()):
            return False
    with begin_write(jobs.engine) as connection:
        if give_up(connection, time.time()) and not is_any_waiting(connection, time.time()):
            return False
    name = uuid.uuid4().hex
    code = run_process(Order.by(settings, name), stop)
    with begin_write(jobs.engine) as connection:
        waiting = give_back_all(connection, name)
    if code != 0 and not stop.is_set():
        raise Died(f"A process that works on files ended ({code}); what it had is tried again ({waiting}).")
    return True


def run_process(order: Order, stop: threading.Event) -> int:
    """Run a process to its end, or until `stop` is set and it gave back what it had; its exit code."""
    command = [sys.executable, "-m", "registry.jobs.process"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:  # noqa: S603  # our own module
        assert process.stdin is not None
        process.stdin.write(order.line())
        process.stdin.flush()
        while process.poll() is None:
            if stop.wait(0):
                process.terminate()
                try:
                    return process.wait(_LAST_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
            try:
                process.wait(_LOOK_SECONDS)
            except subprocess.TimeoutExpired:
                continue
        return process.returncode


def tidy_round(jobs: Jobs, now: float | None = None) -> bool:
    """Delete the jobs whose time is over: first their files, then their rows. Never is there more at once."""
    moment = time.time() if now is None else now
    with jobs.engine.connect() as connection:
        expired, known = list_expired(connection, moment), known_jobs(connection)
    for job in expired:
        Folder(jobs.folder(job)).remove()
        with begin_write(jobs.engine) as connection:
            forget(connection, job, moment)
    for folder in jobs.root.glob("*"):
        if _job_of(folder) not in known and folder.stat().st_mtime < moment - _LEFT_OVER_SECONDS:
            Folder(folder).remove()
    return False


def _job_of(folder: Path) -> uuid.UUID | None:
    try:
        return uuid.UUID(folder.name)
    except ValueError:
        return None
