"""The change events of a draft, as commands of `marjaa draft`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import click
from sqlalchemy import Connection

from referentials.events import EVENTS
from referentials.listing import ListedChange, ListedLink
from registry.commands.options import json_option
from registry.commands.printing import print_json
from registry.commands.tables import print_table
from registry.commands.working import Work, change_set_argument, work
from registry.desk.draft_events import decide, event_document
from registry.desk.draft_schemas import DraftEventSchema
from registry.errors import BadValue
from registry.publishing.drafts import events as of_drafts
from registry.publishing.drafts.events import DraftEvent
from registry.publishing.drafts.opening import touch

STATUSES = ("proposed", "confirmed", "rejected")
DAY = click.DateTime(["%Y-%m-%d"])

PROPOSE_EPILOG = """\b
Example:
  marjaa draft propose 3f2a91c4
"""
EVENTS_EPILOG = """\b
Examples:
  marjaa draft events 3f2a91c4 --status proposed
"""
STATE_EPILOG = """\b
Examples:
  marjaa draft state 3f2a91c4 merge --from 01.02 --from 01.03 --to 01.07 --basis "decree 2.24.1"
  marjaa draft state 3f2a91c4 split --from 01.02 --to 01.08=0.6 --to 01.09=0.4 --shares population \\
    --basis "decree 2.24.1"
"""
CONFIRM_EPILOG = """\b
Examples:
  marjaa draft confirm 3f2a91c4 0 1 5
  marjaa draft confirm 3f2a91c4 --all --at-least 0.9
"""
REJECT_EPILOG = """\b
Example:
  marjaa draft reject 3f2a91c4 3
"""

positions_argument = click.argument(
    "positions", nargs=-1, type=click.IntRange(0, 2**31 - 1), metavar="[POSITION]..."
)
all_option = click.option("--all", "everything", is_flag=True, help="All proposed events.")
least_option = click.option(
    "--at-least",
    type=click.FloatRange(0, 1),
    metavar="CONFIDENCE",
    help="With --all: only those with this confidence (0 to 1) or more.",
)


@click.command(epilog=PROPOSE_EPILOG)
@change_set_argument
@json_option
def propose(change_set: str, as_json: bool) -> None:
    """Propose events that explain what changed; those that were confirmed or rejected stay."""
    with work() as at_work, at_work.writing() as connection:
        meant = at_work.meant(connection, change_set)
        touch(connection, at_work.actor, meant.id, None)
        of_drafts.propose(connection, at_work.root, meant.id, actor=at_work.actor)
        found = of_drafts.list_events(connection, meant.id)
    _tell(found, as_json)


@click.command(epilog=EVENTS_EPILOG)
@change_set_argument
@click.option("--status", type=click.Choice(STATUSES), help="Only those with this status.")
@json_option
def events(change_set: str, status: str | None, as_json: bool) -> None:
    """List the events of a draft, proposed, confirmed and rejected."""
    with work() as at_work, at_work.reading() as connection:
        found = of_drafts.list_events(connection, at_work.meant(connection, change_set).id)
    _tell([event for event in found if status in (None, event.status)], as_json)


@click.command(epilog=STATE_EPILOG)
@change_set_argument
@click.argument("type", type=click.Choice(list(EVENTS)), metavar="TYPE")
@click.option("--from", "sources", multiple=True, metavar="CODE", help="Code before; repeat it for several.")
@click.option(
    "--to", "targets", multiple=True, metavar="CODE[=SHARE]", help="Code after, with its share (0 to 1)."
)
@click.option("--shares", metavar="BASIS", help="What the shares are of: population, area or count.")
@click.option("--on", type=DAY, metavar="DATE", help="Since when; by default when the version is effective.")
@click.option("--basis", required=True, metavar="TEXT", help="The text that it rests on.")
@click.option("--note", metavar="TEXT", help="A remark.")
@json_option
def state(
    change_set: str,
    type: str,
    sources: tuple[str, ...],
    targets: tuple[str, ...],
    shares: str | None,
    on: datetime | None,
    basis: str,
    note: str | None,
    as_json: bool,
) -> None:
    """State an event of TYPE; it counts as confirmed.

    The types are those of the documentation: creation, abolition, rename, recode, merge, split …
    """
    if not (sources or targets):
        raise BadValue("--from", "", "at least one --from or --to")
    with work() as at_work, at_work.writing() as connection:
        meant = at_work.meant(connection, change_set)
        change = ListedChange(
            type=type,
            effective_on=meant.effective_on if on is None else on.date(),
            sources=tuple(_link("--from", text, shares) for text in sources),
            targets=tuple(_link("--to", text, shares) for text in targets),
            basis=basis,
            note=note,
        )
        touch(connection, at_work.actor, meant.id, None)
        stated = of_drafts.state_event(connection, meant.id, change, actor=at_work.actor)
    _tell([stated], as_json)


@click.command(epilog=CONFIRM_EPILOG)
@change_set_argument
@positions_argument
@all_option
@least_option
@json_option
def confirm(
    change_set: str, positions: tuple[int, ...], everything: bool, at_least: float | None, as_json: bool
) -> None:
    """Confirm events by their POSITIONs: they become part of the version.

    With --all, a proposal that contradicts a confirmed event, or a surer proposal, is left out and named.
    """
    _decide(change_set, "confirmed", positions, everything, at_least, as_json)


@click.command(epilog=REJECT_EPILOG)
@change_set_argument
@positions_argument
@all_option
@json_option
def reject(change_set: str, positions: tuple[int, ...], everything: bool, as_json: bool) -> None:
    """Reject events by their POSITIONs: they did not happen."""
    _decide(change_set, "rejected", positions, everything, None, as_json)


def _decide(
    change_set: str,
    status: str,
    positions: Sequence[int],
    everything: bool,
    at_least: float | None,
    as_json: bool,
) -> None:
    if everything == bool(positions):
        raise click.UsageError("Name positions, or --all.")
    with work() as at_work:
        with at_work.writing() as connection:
            meant = at_work.meant(connection, change_set)
            chosen, left_out = (
                of_drafts.proposed_to_confirm(connection, meant.id, at_least or 0)
                if everything and status == "confirmed"
                else (positions or _proposed(connection, meant.id), [])
            )
            touch(connection, at_work.actor, meant.id, None)
            decide(connection, at_work.actor, meant.id, chosen, status)
        left = _unexplained(at_work, meant.id)
    if as_json:
        print_json(
            {"status": status, "positions": list(chosen), "left_out": left_out, "unexplained": list(left)}
        )
        return
    click.echo(f"{len(chosen):,} {status}.")
    if left_out:
        click.echo(f"Left out, because they contradict others: {', '.join(map(str, left_out))}")
    if left:
        click.echo(f"No confirmed event explains: {', '.join(left)}")


def _proposed(connection: Connection, change_set: UUID) -> list[int]:
    events = of_drafts.list_events(connection, change_set)
    return [event.position for event in events if event.status == "proposed"]


def _unexplained(at_work: Work, change_set: UUID) -> list[str]:
    with at_work.reading() as connection:
        return list(of_drafts.unexplained(connection, at_work.root, change_set))


def _link(option: str, text: str, basis: str | None) -> ListedLink:
    code, sign, share = text.partition("=")
    if not sign:
        return ListedLink(code)
    try:
        part = float(share)
    except ValueError:
        part = -1.0
    if not (code and 0 <= part <= 1):
        raise BadValue(option, text, "a code, or a code with its share, as 01.02=0.6")
    return ListedLink(code, part, basis)


def _tell(found: Sequence[DraftEvent], as_json: bool) -> None:
    if as_json:
        dumped = [DraftEventSchema().dump(event_document(event)) for event in found]
        print_json({"items": dumped, "next": None})
        return
    print_table(
        ["", "status", "type", "from", "to", "on", "sure", "why"],
        [
            (
                event.position,
                event.status,
                event.change.type,
                _codes(event.change.sources),
                _codes(event.change.targets),
                event.change.effective_on,
                None if event.confidence is None else f"{event.confidence:.2f}",
                event.reason or event.change.basis,
            )
            for event in found
        ],
        right=["sure"],
    )


def _codes(links: Sequence[ListedLink]) -> str:
    return " + ".join(
        link.code if link.share is None else f"{link.code} ({link.share:.0%})" for link in links
    )
