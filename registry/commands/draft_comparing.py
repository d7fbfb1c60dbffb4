"""`marjaa draft compare`: what a draft changes."""

from __future__ import annotations

import click

from referentials.comparing import rendering
from registry.commands.printing import print_json
from registry.commands.working import change_set_argument, work
from registry.desk.draft_comparisons import write_csv
from registry.publishing.drafts.compared import compare_draft

EPILOG = """\b
Examples:
  marjaa draft compare 3f2a91c4 | less
  marjaa draft compare 3f2a91c4 --format csv > changes.csv
"""


@click.command(epilog=EPILOG)
@change_set_argument
@click.option(
    "--format",
    "wanted",
    type=click.Choice(["text", "csv", "json"]),
    default="text",
    show_default=True,
    help="Text for a person, CSV with a row for each field that changed, or JSON.",
)
def compare(change_set: str, wanted: str) -> None:
    """Say what a draft changes in the version that it starts from, item by item and field by field."""
    with work() as at_work, at_work.reading() as connection:
        meant = at_work.meant(connection, change_set)
        found = compare_draft(connection, at_work.root, meant.id)
    if wanted == "json":
        print_json(rendering.document(found))
    elif wanted == "csv":
        for line in write_csv(found.items):
            click.echo(line, nl=False)
    else:
        for line in rendering.text(found):
            click.echo(line)
