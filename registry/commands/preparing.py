"""Makes an installation whole before it is served, or while it is."""

from __future__ import annotations

import multiprocessing
import signal
from contextlib import suppress

import click

from registry.commands.failures import message_of
from registry.config import Settings


def prepare(settings: Settings) -> None:
    """Bring the schema to this release, complete interrupted publications, seed what is not there yet.

    Seeding is quick where nothing is to be done, and finishes a first start that was interrupted. Raises
    Unavailable where the database does not answer.
    """
    from registry.commands.opening import opened_database
    from registry.commands.seed import seed_with_progress
    from registry.library import Library
    from registry.migrations import upgrade
    from registry.publishing.publish import Incomplete, complete

    with opened_database(settings) as engine:
        upgrade(engine)
        # Seeding completes, too, and raises what could not be when all else is done.
        with suppress(Incomplete):
            for referential, ordinal in complete(engine, settings.snapshots):
                click.echo(f"Compiled again: {referential}, version {ordinal}.", err=True)
        if not any(entry.latest for entry in Library(settings.snapshots).referentials()):
            click.echo("Nothing is published yet: publishing what a new installation starts with.", err=True)
        seed_with_progress(engine, settings)


def prepare_if_possible(settings: Settings) -> None:
    """The same; where it fails, that is said, and what is published can be served all the same (D1)."""
    try:
        prepare(settings)
    except Exception as error:
        click.echo(f"{message_of(error)}\nWhat is published is served all the same.", err=True)


def prepare_meanwhile(settings: Settings) -> None:
    """The same in a process of its own: what is published is answered from snapshots, and workers see by
    themselves what is completed meanwhile.
    """
    multiprocessing.Process(
        target=_prepare_quietly, args=(settings,), name="preparation", daemon=True
    ).start()


def _prepare_quietly(settings: Settings) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # it may stop anywhere, without a word
    prepare_if_possible(settings)
