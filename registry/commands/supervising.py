"""Keeps the worker process running beside the web workers (D9)."""

from __future__ import annotations

import multiprocessing
import threading
from multiprocessing.process import BaseProcess

import click

from registry.config import Settings

AGAIN_AFTER = 5.0  # seconds, for a worker that ended by itself
LAST_SECONDS = 10


class Supervised:
    """A worker that is started again when it ends, until it is stopped."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stop = threading.Event()
        self._process: BaseProcess | None = None
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        """Start it, in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Let it end its round; it is killed where that takes too long."""
        self._stop.set()
        process = self._process
        if process is None:
            return
        process.terminate()
        process.join(LAST_SECONDS)
        if process.is_alive():
            process.kill()

    def _keep(self) -> None:
        # A process of its own, not a fork: a server's threads and locks stay behind.
        fresh = multiprocessing.get_context("spawn")
        while not self._stop.is_set():
            self._process = fresh.Process(target=_work, args=(self._settings,), name="worker", daemon=True)
            self._process.start()
            self._process.join()
            if not self._stop.wait(AGAIN_AFTER):
                click.echo(f"The worker ended ({self._process.exitcode}); it is started again.", err=True)


def _work(settings: Settings) -> None:
    # The database's libraries are imported in this process only.
    from registry.commands.worker import keep_working

    keep_working(settings)
