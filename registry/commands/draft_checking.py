"""What is wrong with a draft, as commands of `marjaa draft`: validate, findings, word."""

from __future__ import annotations

import click

from referentials.findings import Finding
from registry.accounts.actors import require
from registry.commands.options import json_option
from registry.commands.printing import print_fields, print_json
from registry.commands.tables import print_table
from registry.commands.working import change_set_argument, work
from registry.desk.draft_checks import narrowed, report_head
from registry.desk.draft_schemas import ReportSchema
from registry.errors import Conflict
from registry.publishing.drafts.checking import Report, check, give_word, read_report, report_csv

SHOWN = 20  # findings after a validation

VALIDATE_EPILOG = """\b
Example:
  marjaa draft validate 3f2a91c4
"""
FINDINGS_EPILOG = """\b
Examples:
  marjaa draft findings 3f2a91c4 --severity error
  marjaa draft findings 3f2a91c4 --rule homonyms --limit 500
  marjaa draft findings 3f2a91c4 --csv > findings.csv
"""
WORD_EPILOG = """\b
Example:
  marjaa draft word 3f2a91c4 missing_names "The Arabic names of new communes follow in 2024.2."
"""


@click.command(epilog=VALIDATE_EPILOG)
@change_set_argument
@json_option
def validate(change_set: str, as_json: bool) -> None:
    """Run all rules over what a draft proposes. Errors block it, warnings ask for a word."""
    with work() as at_work:
        with at_work.reading() as connection:
            meant = at_work.meant(connection, change_set)
            require(at_work.actor, "read-drafts", referential=meant.referential)
        report = check(at_work.engine, at_work.root, meant.id)
    _tell(report, as_json, SHOWN)


@click.command(epilog=FINDINGS_EPILOG)
@change_set_argument
@click.option("--severity", type=click.Choice(["error", "warning"]), help="Only errors, or only warnings.")
@click.option("--rule", metavar="RULE", help="Only what this rule found.")
@click.option("--code", metavar="CODE", help="Only what is about this code.")
@click.option(
    "--limit", type=click.IntRange(1), default=100, show_default=True, help="Most findings to show."
)
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV with all findings, for a spreadsheet.")
@json_option
def findings(
    change_set: str,
    severity: str | None,
    rule: str | None,
    code: str | None,
    limit: int,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Show what the latest validation found."""
    with work() as at_work, at_work.reading() as connection:
        report = read_report(connection, at_work.meant(connection, change_set).id)
    if report is None:
        raise Conflict("The draft was not validated yet: `marjaa draft validate` does it.")
    report = narrowed(report, {"severity": severity, "rule": rule, "code": code})
    if as_csv:
        click.echo(report_csv(report), nl=False)
        return
    _tell(report, as_json, limit)


@click.command(epilog=WORD_EPILOG)
@change_set_argument
@click.argument("rule")
@click.argument("word", metavar="TEXT")
@json_option
def word(change_set: str, rule: str, word: str, as_json: bool) -> None:
    """Say why the warnings of RULE are in order; it holds until the rule warns of something else."""
    with work() as at_work, at_work.writing() as connection:
        meant = at_work.meant(connection, change_set)
        give_word(connection, at_work.actor, meant.id, rule, word)
        report = read_report(connection, meant.id)
    left = () if report is None else report.open_questions
    if as_json:
        print_json({"rule": rule, "word": word, "open_questions": list(left)})
        return
    click.echo(f"{rule}: {word}")
    click.echo(f"Still open: {', '.join(left)}" if left else "No question is open.")


def _tell(report: Report, as_json: bool, limit: int) -> None:
    shown = report.findings[:limit]
    if as_json:
        print_json(ReportSchema().dump({**report_head(report), "items": shown, "next": None}))
        return
    if shown:
        print_table(["", "row", "code", "rule", "what"], [_row(each) for each in shown], right=["row"])
    if len(report.findings) > limit:
        click.echo(f"… and {len(report.findings) - limit:,} more: --limit, or --csv", err=True)
    print_fields(
        [
            ("errors", f"{report.total_errors:,}"),
            ("warnings", f"{report.total_warnings:,}"),
            ("open questions", ", ".join(report.open_questions)),
        ]
    )
    for each in report.words:
        click.echo(f"  {each.rule}: {each.word}")
    if not report.is_current:
        click.echo("The draft was edited since: `marjaa draft validate` looks at it again.", err=True)


def _row(finding: Finding) -> tuple[object, ...]:
    return finding.severity, finding.row, finding.code, finding.rule, finding.message
