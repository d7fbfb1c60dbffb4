"""`marjaa correspondence`: maps between referentials, from a file to their publication."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from referentials.tables import read_table
from registry.catalogue import NAME, CorrespondenceEntry
from registry.commands.correspondence_files import check_target, read_file, write_file
from registry.commands.correspondence_summaries import derived_document, print_derived, print_list
from registry.commands.options import json_option, open_library, snapshots_option
from registry.commands.printing import print_json
from registry.config import Settings
from registry.correspondences.algebra import Derived, quality_of
from registry.correspondences.algebra import compose as composed
from registry.correspondences.algebra import invert as inverted
from registry.correspondences.checking import items_of
from registry.correspondences.documents import require_sound
from registry.correspondences.finding import about, mentioning
from registry.correspondences.pairs import RELATIONS
from registry.correspondences.reading import associations_of, wanted_columns
from registry.errors import BadValue
from registry.library import Library

LIST_EPILOG = """\b
Examples:
  marjaa correspondence list
  marjaa correspondence list --referential administrative-units
"""
SHOW_EPILOG = """\b
Examples:
  marjaa correspondence show iso-3166-2-ma-to-administrative-units
  marjaa correspondence show regions-1997-to-administrative-units --code 03
"""
INVERT_EPILOG = """\b
Example:
  marjaa correspondence invert regions-1997-to-administrative-units -o back.json
"""
PUBLISH_EPILOG = """\b
Example:
  marjaa correspondence publish back.json
"""
EXPORT_EPILOG = """\b
Example:
  marjaa correspondence export regions-1997-to-administrative-units -o regions.csv
"""
IMPORT_EPILOG = """\b
Examples:
  marjaa correspondence import nace2_to_isic4.csv --id nace-2-to-isic-4 --source naf-rev2 --target isic-4 \\
      --source-column nace2 --target-column isic4 --relation narrow --basis "UN Statistics Division" \\
      --licence "Open" --attribution "UN Statistics Division" -o nace-2-to-isic-4.json
  marjaa correspondence publish nace-2-to-isic-4.json
"""
COMPOSE_EPILOG = """\b
Examples:
  marjaa correspondence compose regions-1997-to-administrative-units \\
      iso-3166-2-ma-to-administrative-units --turned -o regions-1997-to-iso.json
"""

output_option = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="File to write, .json (a document that can be published) or .csv (its rows).",
)
code_option = click.option("--code", metavar="CODE", help="Keep what has this code, on either side.")


@click.group()
def correspondence() -> None:
    """Maps between referentials: list, look up, import, turn round, put together, publish."""


@correspondence.command("list", epilog=LIST_EPILOG)
@click.option("--referential", metavar="ID", help="Keep those that start from it or lead to it.")
@code_option
@snapshots_option
@json_option
def list_(referential: str | None, code: str | None, snapshots: Path | None, as_json: bool) -> None:
    """List the published correspondences."""
    entries = open_library(snapshots).correspondences()
    found = [each for each in entries if mentioning(each, referential, code)]
    if as_json:
        print_json({"items": [_head(each) for each in found], "next": None})
    else:
        print_list(found)


@correspondence.command(epilog=SHOW_EPILOG)
@click.argument("identity", metavar="ID")
@code_option
@snapshots_option
@json_option
def show(identity: str, code: str | None, snapshots: Path | None, as_json: bool) -> None:
    """Show a correspondence, whole or for one code, with its quality."""
    entry = open_library(snapshots).correspondence(identity)
    found = Derived(entry, quality_of(entry.associations))
    if code is not None:
        found = dataclasses.replace(found, entry=about(entry, code))
    _tell(found, None, as_json)


@correspondence.command("import", epilog=IMPORT_EPILOG)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--id", "identity", required=True, metavar="ID", help="Id of the correspondence.")
@click.option("--source", required=True, metavar="ID", help="Referential or code system it starts from.")
@click.option("--source-version", metavar="LABEL", help="Its version.")
@click.option("--target", required=True, metavar="ID", help="Referential or code system it leads to.")
@click.option("--target-version", metavar="LABEL", help="Its version.")
@click.option("--name", "names", multiple=True, metavar="LANG=TEXT", help="Name in a language; repeat it.")
@click.option("--basis", required=True, metavar="TEXT", help="Where it comes from, and what shares count.")
@click.option("--licence", required=True, metavar="TEXT", help="Licence of its rows.")
@click.option("--attribution", required=True, metavar="TEXT", help="Who is to be named.")
@click.option("--source-column", default="source", metavar="TITLE", help="Column with the source codes.")
@click.option("--target-column", default="target", metavar="TITLE", help="Column with the target codes.")
@click.option(
    "--relation", type=click.Choice(RELATIONS), help="Relation of all rows, where no column tells it."
)
@click.option("--sheet", metavar="NAME", help="Sheet; by default the first one with the columns.")
@output_option
@snapshots_option
@json_option
def import_(
    file: Path,
    identity: str,
    source: str,
    source_version: str | None,
    target: str,
    target_version: str | None,
    names: tuple[str, ...],
    basis: str,
    licence: str,
    attribution: str,
    source_column: str,
    target_column: str,
    relation: str | None,
    sheet: str | None,
    output: Path | None,
    snapshots: Path | None,
    as_json: bool,
) -> None:
    """Read and check the rows of FILE (CSV, XLSX, ODS): source, target, relation, and perhaps share and note.

    The relation is read "the source is … the target": exact, close, broad, narrow, related. The share is the
    part of the source that the target holds, 0 to 1. Codes are checked against the published versions.
    Nothing is published: -o writes a document for `marjaa correspondence publish`.
    """
    check_target(output)
    titles = {"source": source_column, "target": target_column}
    wanted = tuple(wanted_columns(titles, relation).values())
    entry = CorrespondenceEntry(
        id=identity,
        ordinal=0,
        names=_names(names),
        source_referential=source,
        source_version=source_version,
        target_referential=target,
        target_version=target_version,
        basis=basis,
        licence=licence,
        attribution=attribution,
        published_at="",
        associations=associations_of(read_table(file, wanted=wanted, sheet=sheet), titles, relation),
    )
    require_sound(entry, file.name)
    library = _library(snapshots)
    if library is not None:
        items_of(library, entry)
    _tell(Derived(entry, quality_of(entry.associations)), output, as_json)


@correspondence.command(epilog=INVERT_EPILOG)
@click.argument("identity", metavar="ID")
@click.option("--as", "renamed", metavar="ID", help="Id of the result; by default that of ID with -inverse.")
@output_option
@snapshots_option
@json_option
def invert(
    identity: str, renamed: str | None, output: Path | None, snapshots: Path | None, as_json: bool
) -> None:
    """Turn a correspondence round: narrow becomes broad, and a share stays only where it is known."""
    check_target(output)
    _tell(inverted(open_library(snapshots).correspondence(identity), renamed), output, as_json)


@correspondence.command(epilog=COMPOSE_EPILOG)
@click.argument("first")
@click.argument("second")
@click.option("--turned", is_flag=True, help="Turn SECOND round first.")
@click.option("--as", "renamed", metavar="ID", help="Id of the result; by default SOURCE-to-TARGET.")
@output_option
@snapshots_option
@json_option
def compose(
    first: str,
    second: str,
    turned: bool,
    renamed: str | None,
    output: Path | None,
    snapshots: Path | None,
    as_json: bool,
) -> None:
    """Go from the sources of FIRST, through what both have between them, to the targets of SECOND.

    No more is said than certainly holds; the quality tells what is ambiguous, estimated and lost.
    """
    check_target(output)
    library = open_library(snapshots)
    onward = library.correspondence(second)
    if turned:
        onward = inverted(onward).entry
    _tell(composed(library.correspondence(first), onward, renamed), output, as_json)


@correspondence.command(epilog=PUBLISH_EPILOG)
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def publish(file: Path, as_json: bool) -> None:
    """Publish the document FILE, as the next publication of its id; needs the database.

    You act as the person of the token in MARJAA_TOKEN, who must be an approver of the target referential.
    """
    # What reads published data does without the database and what it imports.
    from registry.commands.correspondence_publishing import publish_file

    entry = read_file(file)
    ordinal = publish_file(entry)
    if as_json:
        print_json({"id": entry.id, "ordinal": ordinal, "published": ordinal is not None})
    elif ordinal is None:
        click.echo(f"{entry.id} is published already, and says the same.")
    else:
        click.echo(f"Published: {entry.id}, publication {ordinal}, {len(entry.associations):,} associations.")


@correspondence.command(epilog=EXPORT_EPILOG)
@click.argument("identity", metavar="ID")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="File to write, .json or .csv. It is replaced when all is done, never half-written.",
)
@snapshots_option
def export(identity: str, output: Path, snapshots: Path | None) -> None:
    """Write a published correspondence into a file."""
    check_target(output)
    entry = open_library(snapshots).correspondence(identity)
    write_file(output, entry)
    click.echo(f"Written: {output} ({len(entry.associations):,} associations)")


def _tell(found: Derived, output: Path | None, as_json: bool) -> None:
    if output is not None:
        write_file(output, found.entry)
    if as_json:
        print_json(derived_document(found))
        return
    print_derived(found)
    if output is not None:
        click.echo(f"\nWritten: {output} ({len(found.entry.associations):,} associations)")


def _head(entry: CorrespondenceEntry) -> dict[str, object]:
    fields = (field.name for field in dataclasses.fields(entry))
    return {name: getattr(entry, name) for name in fields if name != "associations"}


def _names(given: tuple[str, ...]) -> dict[str, str]:
    names = {}
    for text in given:
        language, equals, name = text.partition("=")
        if not (equals and language.strip() and name.strip()):
            raise BadValue("name", text, "a language and a name, as fr=Communes")
        names[language.strip()] = name.strip()
    return names


def _library(snapshots: Path | None) -> Library | None:
    """Published data to check codes against; a correspondence of outside codes needs none."""
    root = Settings.from_environment().snapshots if snapshots is None else snapshots
    return open_library(root) if snapshots is not None or (root / NAME).is_file() else None
