"""`marjaa referential`: referentials before their first version."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import click
from marshmallow import ValidationError

from referentials.sheets.limits import TableError
from registry.api.blueprint import refusals
from registry.commands.groups import InOrder
from registry.commands.options import json_option
from registry.commands.printing import line_of_names, print_json
from registry.commands.working import work
from registry.desk.referential_bodies import ReferentialBody, RegisteredSchema, referential_in
from registry.errors import BadValues
from registry.publishing.registering import register as make_known
from registry.publishing.shelving import flip_catalogue
from seeds.model import SeedReferential

LARGEST = 1_000_000  # bytes
REGISTER_EPILOG = """\b
Example:
  marjaa referential register addresses.toml
"""


@click.group(cls=InOrder)
def referential() -> None:
    """Referentials before their first version.

    Who acts is told by a token in MARJAA_TOKEN.
    """


@referential.command(epilog=REGISTER_EPILOG)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.toml")
@json_option
def register(file: Path, as_json: bool) -> None:
    """Register the referential that FILE.toml describes, as an entry of seeds/catalogue.toml does.

    It has no version until a draft of one, which `marjaa import` makes of a file, is published. It takes an
    administrator's token.
    """
    new = read_description(file)
    with work() as at_work:
        with at_work.writing() as connection:
            make_known(connection, at_work.actor, new)
        flip_catalogue(at_work.engine, at_work.root)
    if as_json:
        print_json(RegisteredSchema().dump(new))
        return
    click.echo(f"Registered: {new.id}  {line_of_names(new.names)}")
    click.echo(f"Next: `marjaa import {new.id} FILE --label LABEL --effective-on DATE`")


def read_description(path: Path) -> SeedReferential:
    """The referential that a TOML file describes.

    Raises TableError for a file that is no TOML, and BadValues with everything that is wrong in it, by key.
    """
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST + 1)
        if len(text) > LARGEST:
            raise TableError(f"at most {LARGEST:,} bytes are read", file=path.name)
        values = tomllib.loads(text.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise TableError(f"it is no TOML: {error}", file=path.name) from error
    schema = ReferentialBody()
    try:
        return referential_in(schema.load(_plain(values)))
    except ValidationError as error:
        said = error.messages if isinstance(error.messages, dict) else {path.name: error.messages}
        raise BadValues(refusals(said, schema, _plain(values)), "bad-file") from error


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    """The values as JSON would have them: a date is a text."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
