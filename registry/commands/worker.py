"""`marjaa worker`: scheduled versions, tellings and jobs, as `serve` has them done beside its web workers."""

from __future__ import annotations

import signal
import threading

import click

from registry.commands.failures import message_of
from registry.commands.opening import opened_database
from registry.config import Settings
from registry.jobs.opening import open_jobs
from registry.jobs.starting import jobs_round, tidy_round
from registry.pruning import prune
from registry.worker import publish_round, tell_round, work

EPILOG = """\b
Examples:
  marjaa worker
  marjaa worker --once
"""


@click.command(epilog=EPILOG)
@click.option("--once", is_flag=True, help="Do what is due now, then stop; for a timer of your own.")
def worker(once: bool) -> None:
    """Publish scheduled versions when they are due, tell subscribers of what happened, harmonise files.

    `marjaa serve` runs one; run it apart where the web workers are other machines. Ctrl+C stops it.
    """
    settings = Settings.from_environment()
    if not once:
        keep_working(settings)
        return
    with opened_database(settings) as engine:
        publish_round(engine, settings)
        told = tell_round(engine, settings)
        jobs = open_jobs(settings.data, engine)
        jobs_round(jobs, settings, threading.Event())
        tidy_round(jobs)
        jobs.engine.dispose()
    prune(settings.snapshots, settings.keep_compiled)
    click.echo(f"{told.delivered.arrived} delivered, {told.delivered.later} to be tried again.")


def keep_working(settings: Settings) -> None:
    """Round after round, until a signal stops it."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with opened_database(settings) as engine:
        work(engine, settings, stop, lambda error: click.echo(message_of(error), err=True))
