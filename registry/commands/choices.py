"""`marjaa choices`: what administrations settled for the texts of their files, as the operator sees it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click
from sqlalchemy import Engine

from referentials.tables import read_table
from registry.choices.remembering import list_choices
from registry.choices.sheets import import_choices, sheet_of
from registry.choices.standing import StandingChoice, stand
from registry.commands.opening import opened_database
from registry.commands.options import json_option
from registry.commands.printing import print_json
from registry.commands.tables import print_table
from registry.config import Settings
from registry.database import begin_write
from registry.library import Library

# Who acts, in the audit trail: somebody with access to the machine.
BY = "marjaa choices import"

LIST_EPILOG = """\b
Example:
  marjaa choices list hcp --referential administrative-units
"""
EXPORT_EPILOG = """\b
Example:
  marjaa choices export hcp > choices.csv
"""
IMPORT_EPILOG = """\b
Example:
  marjaa choices import hcp choices.csv
"""

administration_argument = click.argument("administration")
referential_option = click.option("--referential", metavar="ID", help="Only those of this referential.")


@click.group()
def choices() -> None:
    """What administrations settled for the texts of their files, and get for their next ones."""


@choices.command("list", epilog=LIST_EPILOG)
@administration_argument
@referential_option
@json_option
def list_(administration: str, referential: str | None, as_json: bool) -> None:
    """List the choices of an administration that hold; `stale` ones wait for another code."""
    with _opened() as (settings, engine):
        standing = _standing(settings, engine, administration, referential)
    if as_json:
        items = [{**asdict(each.choice), **_became(each)} for each in standing]
        print_json({"items": items, "next": None})
        return
    rows = [
        (
            each.choice.referential,
            each.choice.data_set,
            each.choice.text,
            each.choice.within,
            each.choice.code or "not there",
            f"ended; now {', '.join(each.successors) or 'nothing'}" if each.stale else None,
        )
        for each in standing
    ]
    print_table(("referential", "data set", "text", "within", "code", ""), rows)


@choices.command(epilog=EXPORT_EPILOG)
@administration_argument
@referential_option
def export(administration: str, referential: str | None) -> None:
    """Print the choices of an administration that hold, as CSV that can be imported."""
    with _opened() as (_, engine), engine.connect() as connection:
        found = list_choices(connection, administration, referential=referential)
    for line in sheet_of(found):
        click.echo(line, nl=False)


@choices.command("import", epilog=IMPORT_EPILOG)
@administration_argument
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def import_(administration: str, file: Path) -> None:
    """Take in a sheet (CSV, XLSX, ODS): referential, text, code; within, data_set. All of it, or nothing.

    A row without a code says that its text is not in the referential.
    """
    table = read_table(file)
    with _opened() as (settings, engine), begin_write(engine) as connection:
        count = import_choices(connection, Library(settings.snapshots), BY, administration, table)
    click.echo(f"{count} choices are new or differ from what held.")


@contextmanager
def _opened() -> Iterator[tuple[Settings, Engine]]:
    settings = Settings.from_environment()
    with opened_database(settings) as engine:
        yield settings, engine


def _standing(
    settings: Settings, engine: Engine, administration: str, referential: str | None
) -> list[StandingChoice]:
    """The choices, oldest first, with what became of their codes."""
    library, today = Library(settings.snapshots), settings.today()
    with engine.connect() as connection:
        found = list_choices(connection, administration, referential=referential)
    standing = [
        each
        for of in sorted({choice.referential for choice in found})
        for each in stand(
            (choice for choice in found if choice.referential == of), library.snapshot(of).store, today
        )
    ]
    return sorted(standing, key=lambda each: each.choice.id)


def _became(standing: StandingChoice) -> dict[str, object]:
    return {"stale": standing.stale, "successors": list(standing.successors)}
