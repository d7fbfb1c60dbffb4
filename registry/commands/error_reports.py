"""`marjaa error-reports`: errors that were reported in published items, and what becomes of them."""

from __future__ import annotations

import click

from registry.accounts.actors import require, require_somewhere
from registry.commands.groups import InOrder
from registry.commands.options import json_option, parts
from registry.commands.printing import print_fields, print_json
from registry.commands.tables import print_table
from registry.commands.working import SHORTEST, work
from registry.desk.draft_schemas import ErrorReportSchema
from registry.errors import BadValue
from registry.publishing.review import reports
from registry.publishing.review.reports import ErrorReportView

STATUSES = ("open", "accepted", "declined")
LONGEST_SHOWN = 60

LIST_EPILOG = """\b
Examples:
  marjaa error-reports list
  marjaa error-reports list administrative-units --status open
"""
SHOW_EPILOG = """\b
Example:
  marjaa error-reports show 12
"""
ACCEPT_EPILOG = """\b
Examples:
  marjaa error-reports accept 12 --answer "Thank you, it is put right in the next version."
  marjaa error-reports accept 12 --answer "Thank you." --draft 3f2a91c4
"""
REJECT_EPILOG = """\b
Example:
  marjaa error-reports reject 12 --answer "The decree writes it so."
"""

report_argument = click.argument("report", type=click.IntRange(1, 2**31 - 1), metavar="NUMBER")
answer_option = click.option(
    "--answer", required=True, metavar="TEXT", help="What whoever reported it is told."
)


@click.group("error-reports", cls=InOrder)
def error_reports() -> None:
    """Errors that anyone reported in published items: looked at, and answered.

    Who acts is told by a token in MARJAA_TOKEN.
    """


@error_reports.command("list", epilog=LIST_EPILOG)
@click.argument("referential", required=False)
@click.option(
    "--status",
    "statuses",
    multiple=True,
    callback=parts,
    metavar="STATUS",
    help=f"Only these statuses ({', '.join(STATUSES)}).",
)
@json_option
def list_reports(referential: str | None, statuses: tuple[str, ...], as_json: bool) -> None:
    """List the reports about the referentials that you work on, the newest first."""
    for status in statuses:
        if status not in STATUSES:
            raise BadValue("status", status, f"one of {', '.join(STATUSES)}")
    with work() as at_work, at_work.reading() as connection:
        require_somewhere(at_work.actor, "read-drafts")
        known = reports.list_error_reports(connection, referential=referential, statuses=statuses)
        found = [one for one in known if at_work.actor.may("read-drafts", referential=one.referential)]
    if as_json:
        print_json({"items": ErrorReportSchema(many=True).dump(found), "next": None})
        return
    print_table(
        ["number", "at", "referential", "version", "code", "status", "what"],
        [
            (one.id, one.at, one.referential, one.version, one.code, one.status, _cut(one.body))
            for one in found
        ],
    )


@error_reports.command(epilog=SHOW_EPILOG)
@report_argument
@json_option
def show(report: int, as_json: bool) -> None:
    """Show a report whole, with what it suggests and what was answered."""
    with work() as at_work, at_work.reading() as connection:
        require_somewhere(at_work.actor, "read-drafts")
        found = reports.read_error_report(connection, report)
        require(at_work.actor, "read-drafts", referential=found.referential)
    _tell(found, as_json)


@error_reports.command(epilog=ACCEPT_EPILOG)
@report_argument
@answer_option
@click.option("--draft", metavar="CHANGE_SET", help="Draft to put it right in, instead of a new one.")
@json_option
def accept(report: int, answer: str, draft: str | None, as_json: bool) -> None:
    """Accept a report: what it suggests goes into a draft."""
    _answer(report, answer, accepted=True, draft=draft, as_json=as_json)


@error_reports.command(epilog=REJECT_EPILOG)
@report_argument
@answer_option
@json_option
def reject(report: int, answer: str, as_json: bool) -> None:
    """Decline a report, and say why."""
    _answer(report, answer, accepted=False, draft=None, as_json=as_json)


def _answer(report: int, answer: str, *, accepted: bool, draft: str | None, as_json: bool) -> None:
    with work() as at_work, at_work.writing() as connection:
        meant = None if draft is None else at_work.meant(connection, draft).id
        answered = reports.answer_report(
            connection, at_work.root, at_work.actor, report, answer, accept=accepted, change_set=meant
        )
    _tell(answered, as_json)


def _tell(found: ErrorReportView, as_json: bool) -> None:
    if as_json:
        print_json(ErrorReportSchema().dump(found))
        return
    click.echo(f"{found.id}  {found.referential} {found.version}  {found.code}  {found.status}")
    suggested = found.suggestion or {}
    print_fields(
        [
            ("at", found.at),
            ("what", found.body),
            *((f"suggested {name}", value) for name, value in suggested.items()),
            ("answer", found.answer),
            ("answered at", found.answered_at),
            ("draft", None if found.change_set is None else found.change_set.hex[:SHORTEST]),
        ]
    )


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_SHOWN else line[: LONGEST_SHOWN - 1] + "…"
