"""Consultations on drafts and the comments on them, as commands of `marjaa draft`."""

from __future__ import annotations

from datetime import datetime

import click

from registry.commands.options import json_option, parts
from registry.commands.printing import print_json
from registry.commands.working import change_set_argument, work
from registry.desk.draft_schemas import ChangeSetSchema, CommentSchema
from registry.publishing.review import comments as of_drafts

CONSULT_EPILOG = """\b
Examples:
  marjaa draft consult 3f2a91c4 --to everyone --until 2027-03-31
  marjaa draft consult 3f2a91c4 --to administrations --administration health,education --until 2027-03-31
"""
COMMENTS_EPILOG = """\b
Examples:
  marjaa draft comments 3f2a91c4
  marjaa draft comments administrative-units/2027 --code 04.421.01.09
"""
COMMENT_EPILOG = """\b
Examples:
  marjaa draft comment 3f2a91c4 "The Arabic name lacks its article." --code 04.421.01.09
  marjaa draft comment 3f2a91c4 "Put right." --answers 12
"""


@click.command(epilog=CONSULT_EPILOG)
@change_set_argument
@click.option(
    "--to", type=click.Choice(of_drafts.OPEN_TO), required=True, help="Who may read it and comment."
)
@click.option(
    "--administration",
    "administrations",
    multiple=True,
    callback=parts,
    metavar="ID",
    help="With --to administrations: whose members; repeat it, or put commas.",
)
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), required=True, metavar="DATE", help="Last day of it."
)
@json_option
def consult(
    change_set: str, to: str, administrations: tuple[str, ...], until: datetime, as_json: bool
) -> None:
    """Open a draft to everyone, or to some administrations, until a day; it replaces what was before."""
    with work() as at_work, at_work.writing() as connection:
        opened = of_drafts.open_consultation(
            connection,
            at_work.actor,
            at_work.meant(connection, change_set).id,
            to,
            administrations,
            until.date(),
            today=at_work.settings.today(),
        )
    if as_json:
        print_json(ChangeSetSchema().dump(opened))
        return
    whom = "everyone" if to == "everyone" else ", ".join(sorted(set(administrations)))
    click.echo(f"{opened.referential} {opened.label} is open to {whom} until {until.date()}.")


@click.command(epilog=COMMENTS_EPILOG)
@change_set_argument
@click.option("--code", metavar="CODE", help="Only those about this code.")
@json_option
def comments(change_set: str, code: str | None, as_json: bool) -> None:
    """List the comments on a change set and the answers to them, oldest first."""
    with work() as at_work, at_work.reading() as connection:
        said = of_drafts.comments_of(connection, at_work.meant(connection, change_set).id)
    found = [one for one in said if code in (None, one.code)]
    if as_json:
        print_json({"items": CommentSchema(many=True).dump(found), "next": None})
        return
    for one in found:
        answers = f", answers {one.answers}" if one.answers else ""
        about = f" about {one.code}" if one.code else ""
        click.echo(f"{one.id}. {one.at}{answers}{about}: {one.body}")
    if not found:
        click.echo("No comments.")


@click.command(epilog=COMMENT_EPILOG)
@change_set_argument
@click.argument("body", metavar="TEXT")
@click.option("--code", metavar="CODE", help="Code of the item that it is about.")
@click.option("--answers", type=click.IntRange(1), metavar="NUMBER", help="Comment that it answers.")
@json_option
def comment(change_set: str, body: str, code: str | None, answers: int | None, as_json: bool) -> None:
    """Comment on a change set; comments stay with the version that comes of it."""
    with work() as at_work, at_work.writing() as connection:
        meant = at_work.meant(connection, change_set)
        today = at_work.settings.today()
        said = of_drafts.comment(connection, at_work.actor, meant.id, body, code, answers, today=today)
    if as_json:
        print_json(CommentSchema().dump(said))
        return
    click.echo(f"Comment {said.id}.")
