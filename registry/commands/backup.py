"""`marjaa backup` and `marjaa restore`: an installation in a folder, and back."""

from __future__ import annotations

from pathlib import Path

import click

from registry.backups.taking import restore_backup, take_backup
from registry.commands.opening import opened_database
from registry.config import Settings

BACKUP_EPILOG = """\b
Examples:
  marjaa backup /backups/2026-03-15
  marjaa backup /backups/2026-03-15 --without-snapshots
"""
RESTORE_EPILOG = """\b
Examples:
  MARJAA_DATA=/srv/marjaa marjaa restore /backups/2026-03-15
  MARJAA_DATABASE_URL=postgresql:///empty marjaa restore /backups/2026-03-15
"""

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command(epilog=BACKUP_EPILOG)
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.option("--with-keys", is_flag=True, help="Add the private key that signs the log: guard the backup.")
@click.option("--without-snapshots", is_flag=True, help="The database only; snapshots are compiled from it.")
def backup(folder: Path, with_keys: bool, without_snapshots: bool) -> None:
    """Copy the database and the snapshots into the new folder DIR, while Marjaa is running or not.

    PostgreSQL is copied by pg_dump. Sessions are not copied.
    """
    settings = Settings.from_environment()
    with opened_database(settings) as engine:
        taken = take_backup(
            engine, settings.snapshots, folder, snapshots=not without_snapshots, keys=with_keys
        )
    click.echo(f"Backed up: {len(taken.tables)} tables, {taken.rows:,} rows, in {folder}.")
    if taken.keys:
        click.echo(f"{folder / 'keys'} has the private key that signs the log: guard it as such.", err=True)
    else:
        click.echo("The private key that signs the log is not in it: keep a copy of it elsewhere.", err=True)


@click.command(epilog=RESTORE_EPILOG)
@click.argument("folder", metavar="DIR", type=_FOLDER)
def restore(folder: Path) -> None:
    """Restore the backup in DIR into an empty installation.

    The database has to be empty, and of the kind that was backed up. What the snapshots lack is compiled.
    """
    settings = Settings.from_environment()
    with opened_database(settings) as engine:
        restored = restore_backup(engine, settings.snapshots, folder)
    held = f"{len(restored.tables)} tables, {restored.rows:,} rows"
    click.echo(f"Restored: {held}, as they were at {restored.created_at}.")
