"""`marjaa db`: the database's schema."""

from __future__ import annotations

import click

from registry.commands.opening import opened_database
from registry.config import Settings
from registry.migrations import current_revision, head_revision, upgrade

EPILOG = """\b
Examples:
  marjaa db upgrade
  MARJAA_DATABASE_URL=postgresql:///marjaa marjaa db upgrade
"""


@click.group("db")
def database() -> None:
    """The database of drafts and published rows."""


@database.command("upgrade", epilog=EPILOG)
def upgrade_database() -> None:
    """Bring the database to the schema of this release; `serve` and `seed` do it themselves."""
    with opened_database(Settings.from_environment()) as engine:
        before = current_revision(engine)
        upgrade(engine)
    after = head_revision()
    unchanged = before == after
    click.echo(f"Schema: {after} already." if unchanged else f"Schema: {before or 'nothing'} → {after}.")
