"""`marjaa draft`: the drafts that one works on, and the items that they list."""

from __future__ import annotations

from datetime import datetime

import click

from referentials.canonical import JSON
from registry.commands.draft_checking import findings, validate, word
from registry.commands.draft_comparing import compare
from registry.commands.draft_consulting import comment, comments, consult
from registry.commands.draft_events import confirm, events, propose, reject, state
from registry.commands.draft_impact import show_impact
from registry.commands.draft_reviewing import (
    approve,
    publish,
    rebase,
    request_changes,
    schedule,
    submit,
    withdraw,
)
from registry.commands.draft_summaries import print_change_set
from registry.commands.groups import InOrder
from registry.commands.options import json_option, parts
from registry.commands.printing import line_of_names, print_json
from registry.commands.tables import print_table
from registry.commands.working import SHORTEST, change_set_argument, work
from registry.desk.draft_schemas import ChangeSetSchema
from registry.errors import BadValue
from registry.models.change_sets import CHANGE_CLASSES, CHANGE_SET_STATUSES
from registry.publishing.drafts.amending import Amendment, amend_item
from registry.publishing.drafts.items import count_items, forget_item, remove_item
from registry.publishing.drafts.opening import edit_details, touch
from registry.publishing.review.standing import standing_of

DAY = click.DateTime(["%Y-%m-%d"])

LIST_EPILOG = """\b
Examples:
  marjaa draft list
  marjaa draft list administrative-units --status submitted,approved
"""
SHOW_EPILOG = """\b
Example:
  marjaa draft show 3f2a91c4
"""
SET_EPILOG = """\b
Examples:
  marjaa draft set 3f2a91c4 04.421.01.09 --name fr="Sidi Taïbi" --name ar="سيدي الطيبي"
  marjaa draft set 3f2a91c4 04.421.01.31 --level commune --parent 04.421.01 --name fr="Oulad Slama"
"""
EDIT_EPILOG = """\b
Examples:
  marjaa draft edit 3f2a91c4 --legal-basis "Decree 2.24.1" --change-class additive
  marjaa draft edit 3f2a91c4 --note fr="Deux communes" --note ar="جماعتان" --note en="Two communes"
"""
REMOVE_EPILOG = """\b
Examples:
  marjaa draft remove 3f2a91c4 04.421.01.09
  marjaa draft remove 3f2a91c4 04.421.01.09 --forget
"""


@click.group(cls=InOrder)
def draft() -> None:
    """Drafts of versions: what they list, what is wrong with it, what changes, who approved it.

    `marjaa import` makes them of files. Who acts is told by a token in MARJAA_TOKEN. A change set is named by
    its id, by the beginning of it, or as REFERENTIAL/LABEL.
    """


@draft.command("list", epilog=LIST_EPILOG)
@click.argument("referential", required=False)
@click.option(
    "--status",
    "statuses",
    multiple=True,
    callback=parts,
    metavar="STATUS",
    help=f"Only these statuses ({', '.join(CHANGE_SET_STATUSES)}).",
)
@json_option
def list_drafts(referential: str | None, statuses: tuple[str, ...], as_json: bool) -> None:
    """List change sets, the newest first."""
    for status in statuses:
        if status not in CHANGE_SET_STATUSES:
            raise BadValue("status", status, f"one of {', '.join(CHANGE_SET_STATUSES)}")
    with work() as at_work, at_work.reading() as connection:
        found = at_work.listed(connection, referential, statuses)
    if as_json:
        print_json({"items": [ChangeSetSchema().dump(one) for one in found], "next": None})
        return
    print_table(
        ["id", "referential", "label", "effective on", "status", "changed at"],
        [
            (one.id.hex[:SHORTEST], one.referential, one.label, one.effective_on, one.status, one.changed_at)
            for one in found
        ],
    )


@draft.command(epilog=SHOW_EPILOG)
@change_set_argument
@json_option
def show(change_set: str, as_json: bool) -> None:
    """Show what a change set says of its version, and where it stands."""
    with work() as at_work, at_work.reading() as connection:
        found = at_work.meant(connection, change_set)
        rows = count_items(connection, found.id)
        standing = standing_of(connection, at_work.actor, found)
    if as_json:
        print_json(ChangeSetSchema().dump(found))
        return
    print_change_set(found, standing, rows)


@draft.command(epilog=EDIT_EPILOG)
@change_set_argument
@click.option("--label", metavar="LABEL", help="Label of the version to be.")
@click.option("--effective-on", type=DAY, metavar="DATE", help="Day from which the version is effective.")
@click.option("--basis", metavar="TEXT", help="What it is based on.")
@click.option("--legal-basis", metavar="TEXT", help="The decision that it carries out.")
@click.option(
    "--change-class",
    type=click.Choice(CHANGE_CLASSES),
    help="What readers have to expect: corrections, more codes, or codes that end or mean something else.",
)
@click.option(
    "--notice-reason", metavar="TEXT", help="Why a breaking change comes with less notice than is due."
)
@click.option(
    "--note",
    "notes",
    multiple=True,
    metavar="LANGUAGE=TEXT",
    help="What changes, in fr, ar and en; repeat it.",
)
@json_option
def edit(change_set: str, notes: tuple[str, ...], as_json: bool, **given: str | datetime | None) -> None:
    """Change what a draft says of its version; what is not named stays."""
    fields: dict[str, JSON] = {
        name: value.date() if isinstance(value, datetime) else value
        for name, value in given.items()
        if value is not None
    }
    with work() as at_work, at_work.writing() as connection:
        meant = at_work.meant(connection, change_set)
        if notes:
            fields["notes"] = {**meant.notes, **_pairs("--note", notes)}
        if not fields:
            raise click.UsageError("Name at least one option.")
        edited = edit_details(connection, at_work.actor, meant.id, None, **fields)
    if as_json:
        print_json(ChangeSetSchema().dump(edited))
        return
    print_change_set(edited)


@draft.command("set", epilog=SET_EPILOG)
@change_set_argument
@click.argument("code")
@click.option("--level", metavar="LEVEL", help="Its level; needed for a code that the base does not have.")
@click.option("--parent", metavar="CODE", help="Code of its parent.")
@click.option(
    "--name", "names", multiple=True, metavar="LANGUAGE=TEXT", help="A name; repeat it for several."
)
@click.option(
    "--attribute",
    "attributes",
    multiple=True,
    metavar="NAME=TEXT",
    help="An attribute; repeat it for several.",
)
@click.option("--valid-from", type=DAY, metavar="DATE", help="Since when it is so.")
@json_option
def set_one(
    change_set: str,
    code: str,
    level: str | None,
    parent: str | None,
    names: tuple[str, ...],
    attributes: tuple[str, ...],
    valid_from: datetime | None,
    as_json: bool,
) -> None:
    """Let a draft list an item; what is not named stays as the draft, or its base, has it."""
    with work() as at_work, at_work.writing() as connection:
        meant = at_work.meant(connection, change_set)
        edited = touch(connection, at_work.actor, meant.id, None, codes={"set": [code]})
        amendment = Amendment(
            level=level,
            parent=parent,
            names=_pairs("--name", names),
            attributes=_pairs("--attribute", attributes),
            valid_from=None if valid_from is None else valid_from.date(),
        )
        item = amend_item(connection, at_work.root, meant.id, code, amendment)
    if as_json:
        print_json({"revision": edited.revision, "rows": 1})
        return
    click.echo(f"{code}  {line_of_names(item.names)}")


@draft.command(epilog=REMOVE_EPILOG)
@change_set_argument
@click.argument("codes", nargs=-1, required=True, metavar="CODE...")
@click.option(
    "--forget", is_flag=True, help="Say nothing of the codes any more, so that the base's items stay."
)
@json_option
def remove(change_set: str, codes: tuple[str, ...], forget: bool, as_json: bool) -> None:
    """Let a draft let go of codes of its base."""
    with work() as at_work, at_work.writing() as connection:
        meant = at_work.meant(connection, change_set)
        done = {"forgotten" if forget else "removed": codes}
        edited = touch(connection, at_work.actor, meant.id, None, codes=done)
        for code in codes:
            if forget:
                forget_item(connection, meant.id, code)
            else:
                remove_item(connection, meant.id, code)
    if as_json:
        print_json({"revision": edited.revision, "rows": len(codes)})
        return
    click.echo(f"{'Forgotten' if forget else 'Removed'}: {', '.join(codes)}")


def _pairs(option: str, given: tuple[str, ...]) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    for text, (name, sign, value) in zip(given, pairs, strict=True):
        if not (name and sign and value):
            raise BadValue(option, text, "a name, '=' and a text")
    return {name: value for name, _, value in pairs}


for command in (
    validate,
    findings,
    word,
    propose,
    events,
    state,
    confirm,
    reject,
    compare,
    show_impact,
    submit,
    request_changes,
    approve,
    schedule,
    publish,
    withdraw,
    rebase,
    consult,
    comments,
    comment,
):
    draft.add_command(command)
