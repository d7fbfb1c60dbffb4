"""The steps of a change set from its draft to a version, as commands of `marjaa draft`."""

from __future__ import annotations

import click

from registry.commands.options import json_option
from registry.commands.printing import print_json
from registry.commands.working import change_set_argument, work
from registry.desk.draft_fields import moment_text
from registry.desk.draft_schemas import ChangeSetSchema, RebasedSchema
from registry.errors import BadValue
from registry.publishing.drafts.opening import ChangeSetView, read_change_set
from registry.publishing.drafts.rebasing import rebase as put_over_newest
from registry.publishing.review import approving, scheduling, submitting, withdrawing
from registry.publishing.shelving import flip_catalogue

note_option = click.option("--note", required=True, metavar="TEXT", help="What those concerned should know.")

SUBMIT_EPILOG = """\b
Example:
  marjaa draft submit 3f2a91c4
"""
REQUEST_EPILOG = """\b
Example:
  marjaa draft request-changes 3f2a91c4 --note "The split of 04.421.01.09 has no shares."
"""
APPROVE_EPILOG = """\b
Example:
  marjaa draft approve 3f2a91c4 $(marjaa draft show 3f2a91c4 --json | jq -r .content_root)
"""
SCHEDULE_EPILOG = """\b
Examples:
  marjaa draft schedule 3f2a91c4 2027-01-01T00:00:00+01:00
  marjaa draft schedule 3f2a91c4 --never
"""
PUBLISH_EPILOG = """\b
Example:
  marjaa draft publish 3f2a91c4
"""
WITHDRAW_EPILOG = """\b
Example:
  marjaa draft withdraw 3f2a91c4 --note "The decree was taken back."
"""
REBASE_EPILOG = """\b
Example:
  marjaa draft rebase 3f2a91c4
"""
A_MOMENT = "a moment with its zone, as 2027-01-01T00:00:00+01:00"


@click.command(epilog=SUBMIT_EPILOG)
@change_set_argument
@click.option("--note", metavar="TEXT", help="What the approver should know.")
@json_option
def submit(change_set: str, note: str | None, as_json: bool) -> None:
    """Submit a draft: it is checked and compiled, and its content root is what will be approved.

    What is missing is named all at once.
    """
    with work() as at_work:
        meant = at_work.id_of(change_set)
        after = submitting.submit(
            at_work.engine,
            at_work.root,
            at_work.actor,
            meant,
            note,
            today=at_work.settings.today(),
            notice_days=at_work.settings.notice_days,
        )
    _tell(after, as_json)


@click.command("request-changes", epilog=REQUEST_EPILOG)
@change_set_argument
@note_option
@json_option
def request_changes(change_set: str, note: str, as_json: bool) -> None:
    """Send a submitted change set back to its editors."""
    with work() as at_work:
        meant = at_work.id_of(change_set)
        with at_work.writing() as connection:
            after = approving.request_changes(connection, at_work.actor, meant, note)
    _tell(after, as_json)


@click.command(epilog=APPROVE_EPILOG)
@change_set_argument
@click.argument("content_root", metavar="CONTENT_ROOT")
@click.option("--note", metavar="TEXT", help="What goes with the approval.")
@click.option("--revision", type=int, help="Revision that you looked at; another one is not approved.")
@json_option
def approve(
    change_set: str, content_root: str, note: str | None, revision: int | None, as_json: bool
) -> None:
    """Approve what was submitted: CONTENT_ROOT is the one that you looked at, as `draft show` tells it.

    Nobody approves what they worked on themselves.
    """
    with work() as at_work:
        meant = at_work.id_of(change_set)
        after = approving.approve(
            at_work.engine,
            at_work.root,
            at_work.settings,
            at_work.actor,
            meant,
            content_root,
            note=note,
            revision=revision,
        )
    _tell(after, as_json)


@click.command(epilog=SCHEDULE_EPILOG)
@change_set_argument
@click.argument("publish_at", metavar="MOMENT", required=False)
@click.option("--never", is_flag=True, help="Take the moment back.")
@json_option
def schedule(change_set: str, publish_at: str | None, never: bool, as_json: bool) -> None:
    """Let an approved change set be published at MOMENT, with its zone, as 2027-01-01T00:00:00+01:00."""
    if never == (publish_at is not None):
        raise click.UsageError("Name a MOMENT, or --never.")
    try:
        moment = None if publish_at is None else moment_text(publish_at)
    except ValueError as error:
        raise BadValue("MOMENT", publish_at, A_MOMENT) from error
    with work() as at_work:
        meant, days = at_work.id_of(change_set), at_work.settings.notice_days
        with at_work.writing() as connection:
            after = scheduling.schedule(connection, at_work.actor, meant, moment, notice_days=days)
        flip_catalogue(at_work.engine, at_work.root)
    _tell(after, as_json)


@click.command(epilog=PUBLISH_EPILOG)
@change_set_argument
@json_option
def publish(change_set: str, as_json: bool) -> None:
    """Publish an approved change set now."""
    with work() as at_work:
        meant, days = at_work.id_of(change_set), at_work.settings.notice_days
        ordinal = scheduling.publish_approved(
            at_work.engine, at_work.root, at_work.actor, meant, notice_days=days
        )
        with at_work.reading() as connection:
            found = read_change_set(connection, meant)
    if as_json:
        print_json({"referential": found.referential, "ordinal": ordinal, "label": found.label})
        return
    click.echo(f"Published: {found.referential} {found.label}")


@click.command(epilog=WITHDRAW_EPILOG)
@change_set_argument
@note_option
@json_option
def withdraw(change_set: str, note: str, as_json: bool) -> None:
    """Give a change set up; it stays readable."""
    with work() as at_work:
        meant = at_work.id_of(change_set)
        with at_work.writing() as connection:
            after = withdrawing.withdraw(connection, at_work.actor, meant, note)
    _tell(after, as_json)


@click.command(epilog=REBASE_EPILOG)
@change_set_argument
@json_option
def rebase(change_set: str, as_json: bool) -> None:
    """Let a draft start from the version that is the newest now; items that both touched are conflicts."""
    with work() as at_work, at_work.writing() as connection:
        meant = at_work.meant(connection, change_set)
        report = put_over_newest(connection, at_work.root, at_work.actor, meant.id)
        after = read_change_set(connection, meant.id)
    if as_json:
        told = {"change_set": after, "taken_over": report.taken_over, "conflicts": report.conflicts}
        print_json(RebasedSchema().dump(told))
        return
    _tell(after, as_json)
    for code in report.conflicts:
        click.echo(f"Both changed {code}: look at it again.")


def _tell(found: ChangeSetView, as_json: bool) -> None:
    if as_json:
        print_json(ChangeSetSchema().dump(found))
        return
    click.echo(f"{found.referential} {found.label} is {found.status}.")
    if found.status == "submitted":
        click.echo(f"Its content root is {found.content_root}")
    elif found.publish_at is not None:
        click.echo(f"It will be published at {found.publish_at}")
