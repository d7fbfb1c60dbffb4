"""`marjaa serve`: answer over HTTP, from an installation that is made whole first, or meanwhile."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

import click
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from matching.store import StoreError
from referentials.snapshot import DamagedSnapshot
from registry.app import create_app
from registry.commands.addresses import listening_address, wait_for_listener
from registry.commands.supervising import Supervised
from registry.config import Settings
from registry.library import Library

EPILOG = """\b
Examples:
  marjaa serve
  marjaa serve --port 8080 --workers 4
  MARJAA_DATA=/srv/marjaa marjaa serve --host 0.0.0.0
"""

# One thread for each worker, few requests waiting in it: measured as the least CPU for each request.
THREADS = 1
WAITING = 32
LAST_SECONDS = 10  # for a worker to end its requests
TRY_FIRST = "administrative-units/items/04.491.01.07"


@click.command(epilog=EPILOG)
@click.option("--host", metavar="ADDRESS", help="Address to listen on; by default MARJAA_HOST or 127.0.0.1.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port; by default MARJAA_PORT or 8000.")
@click.option("--workers", type=click.IntRange(1, 256), help="Processes; by default MARJAA_WORKERS or 2.")
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """Answer over HTTP.

    The database is brought to this release's schema and interrupted publications are completed. Where nothing
    is published yet, or newest versions cannot be opened, the service answers when that is done; else what is
    published is answered at once. A worker beside it publishes what is scheduled, and tells subscribers.
    Ctrl+C or SIGTERM stops it.
    """
    # The workers are processes of their own, which read the environment.
    for name, value in (("HOST", host), ("PORT", port), ("WORKERS", workers)):
        if value is not None:
            os.environ[f"MARJAA_{name}"] = str(value)
    settings = Settings.from_environment()
    address = listening_address(settings.host, settings.port)
    server = Granian(
        "registry.app:create_app",
        address=address,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=THREADS,
        backpressure=WAITING,
        log_level=LogLevels.warning,
        workers_kill_timeout=LAST_SECONDS,
    )
    make_whole(settings)
    worker = Supervised(settings)
    # The web workers come to be after this hook, and listen when they are ready.
    server.on_startup(threading.Thread(target=_greet, args=(settings, address, worker), daemon=True).start)
    try:
        server.serve(target_loader=load)
    finally:
        worker.stop()


def load(_target: str) -> Callable[..., Any]:
    """The application of a worker; its modules are imported before the workers start, and shared."""
    return create_app()


def make_whole(settings: Settings) -> None:
    """Prepare before the first answer where that is needed, else meanwhile."""
    # The database's libraries take as long to import as all else together, and no answer needs them.
    from registry.commands import preparing

    library = Library(settings.snapshots)
    latest = [entry.id for entry in library.referentials() if entry.latest]
    if not latest:
        preparing.prepare(settings)
    elif all(_can_be_opened(library, referential) for referential in latest):
        preparing.prepare_meanwhile(settings)
    else:
        click.echo("Some indexes are of another release, or damaged: compiling them first.", err=True)
        preparing.prepare_if_possible(settings)


def _can_be_opened(library: Library, referential: str) -> bool:
    try:
        return library.snapshot(referential).store.size >= 0
    except (StoreError, DamagedSnapshot):
        return False


def _greet(settings: Settings, address: str, worker: Supervised) -> None:
    wait_for_listener(address, settings.port)
    worker.start()  # not before: what it imports would keep the first answer waiting
    base = settings.public_url
    workers = "1 worker" if settings.workers == 1 else f"{settings.workers} workers"
    click.echo(f"Marjaa answers on {base} ({workers}, data in {settings.data}).")
    click.echo(f"Try first:  {base}/api/v1/referentials")
    click.echo(f"            {base}/api/v1/referentials/{TRY_FIRST}")
    click.echo(f"            {base}/api/v1/docs")
    click.echo("Ctrl+C stops it.")
