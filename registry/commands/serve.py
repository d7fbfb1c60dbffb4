"""`marjaa serve`: prepare the installation, then answer over HTTP."""

from __future__ import annotations

import os
import sys

import click
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from registry.commands.opening import opened_database
from registry.commands.seed import seed_with_progress
from registry.config import Settings
from registry.errors import Unavailable
from registry.library import Library
from registry.migrations import upgrade
from registry.publishing.publish import complete

EPILOG = """\b
Examples:
  marjaa serve
  marjaa serve --port 8080 --workers 4
  MARJAA_DATA=/srv/marjaa marjaa serve --host 0.0.0.0
"""

# One thread for each worker, few requests waiting in it: measured as the least CPU for each request.
THREADS = 1
WAITING = 32
TRY_FIRST = "administrative-units/items/04.491.01.07"


@click.command(epilog=EPILOG)
@click.option("--host", metavar="ADDRESS", help="Address to listen on; by default MARJAA_HOST or 127.0.0.1.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port; by default MARJAA_PORT or 8000.")
@click.option("--workers", type=click.IntRange(1, 256), help="Processes; by default MARJAA_WORKERS or 2.")
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """Answer over HTTP.

    First the database is brought to this release's schema, interrupted publications are completed, and, where
    nothing is published yet, the referentials of a new installation are. Ctrl+C or SIGTERM stops it.
    """
    # The workers are processes of their own, which read the environment.
    for name, value in (("HOST", host), ("PORT", port), ("WORKERS", workers)):
        if value is not None:
            os.environ[f"MARJAA_{name}"] = str(value)
    settings = Settings.from_environment()
    prepare(settings)
    server = Granian(
        "registry.app:create_app",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=THREADS,
        backpressure=WAITING,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
    )
    server.on_startup(lambda: _greet(settings))
    server.serve()


def prepare(settings: Settings) -> None:
    """Make what is served whole; raises Unavailable where the database is needed and does not answer."""
    published = any(entry.latest for entry in Library(settings.snapshots).referentials())
    try:
        with opened_database(settings) as engine:
            upgrade(engine)
            complete(engine, settings.snapshots)
            if not any(entry.latest for entry in Library(settings.snapshots).referentials()):
                click.echo(
                    "Nothing is published yet: publishing what a new installation starts with.", err=True
                )
                seed_with_progress(engine, settings)
    except Unavailable as error:
        if not published:
            raise
        # Published data is read from the snapshots alone (D1).
        click.echo(f"{error.detail}\nServing what is published, without it.", err=True)


def _greet(settings: Settings) -> None:
    base = settings.public_url
    workers = "1 worker" if settings.workers == 1 else f"{settings.workers} workers"
    click.echo(f"Marjaa answers on {base} ({workers}, data in {settings.data}).")
    click.echo(f"Try first:  {base}/api/v1/referentials")
    click.echo(f"            {base}/api/v1/referentials/{TRY_FIRST}")
    click.echo(f"            {base}/api/v1/docs")
    click.echo("Ctrl+C stops it.")
    sys.stdout.flush()
