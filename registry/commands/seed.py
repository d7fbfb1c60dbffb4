"""`marjaa seed`: publish what a new installation starts with."""

from __future__ import annotations

import json

import click
from sqlalchemy import Engine

from registry.commands.opening import opened_database
from registry.commands.options import json_option
from registry.commands.progress import progress
from registry.commands.tables import print_table
from registry.config import Settings
from registry.library import Library
from registry.migrations import upgrade
from registry.seeding import seed as publish_seeds

EPILOG = """\b
Examples:
  marjaa seed
  MARJAA_DATA=/srv/marjaa marjaa seed
"""


@click.command(epilog=EPILOG)
@json_option
def seed(as_json: bool) -> None:
    """Publish the referentials that a new installation starts with.

    What is published already is left alone, so that it can be run again at any time.
    """
    settings = Settings.from_environment()
    with opened_database(settings) as engine:
        upgrade(engine)
        published = seed_with_progress(engine, settings)
    if as_json:
        click.echo(json.dumps({"published": published}))
        return
    if not published:
        click.echo("Everything was published already.")
        return
    library = Library(settings.snapshots)
    rows = []
    for entry in library.referentials():
        for version in entry.versions:
            if f"{entry.id} {version.label}" in published:
                rows.append((entry.id, version.label, version.effective_on, f"{version.counts['state']:,}"))
    print_table(["published", "version", "effective on", "states"], rows, right=["states"])
    for correspondence in library.correspondences():
        if correspondence.id in published:
            click.echo(f"{correspondence.id}: {len(correspondence.associations)} associations")


def seed_with_progress(engine: Engine, settings: Settings) -> list[str]:
    """Publish the seed material that is not there yet, showing each step; what was published."""
    with progress(lines=True) as tell:
        return publish_seeds(
            engine, settings.snapshots, progress=lambda step: tell(step.what, step.done, step.total)
        )
