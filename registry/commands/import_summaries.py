"""What `marjaa import` tells of a file: how it was read, and what was wrong with it."""

from __future__ import annotations

from dataclasses import asdict

import click

from registry.commands.tables import print_table
from registry.publishing.drafts.importing import ImportReport

SHOWN = 10


def print_report(report: ImportReport) -> None:
    """A report for a person."""
    click.echo(f"{report.file}: {report.format}")
    columns = report.guess.mapping.columns
    print_table(
        ["role", "column", "why"],
        [(role, title, report.guess.reasons.get(role, "")) for role, title in columns.items()],
    )
    if report.guess.unused:
        click.echo(f"Not used: {', '.join(report.guess.unused)}")
    if report.guess.level is not None:
        click.echo(f"Level of rows that name none: {report.guess.level}")
    after = f", going on after row {report.resumed_after:,}" if report.resumed_after else ""
    click.echo(
        f"{report.rows:,} rows{after}: {report.items:,} items, {report.removed:,} codes removed, "
        f"{report.refused:,} rows refused\n"
    )
    for warning in report.warnings:
        click.secho(f"Mind: {warning}", fg="yellow")
    for problem in report.problems[:SHOWN]:
        click.echo(f"  {problem}")
    more = sum(report.counts.values()) - min(SHOWN, len(report.problems))
    if more > 0:
        click.echo(f"  and {more:,} more")


def report_document(report: ImportReport) -> dict[str, object]:
    """The same as a JSON object."""
    return {
        "file": report.file,
        "sha256": report.sha256,
        "format": report.format,
        "mapping": report.guess.document(),
        "rows": report.rows,
        "items": report.items,
        "removed": report.removed,
        "refused": report.refused,
        "resumed_after": report.resumed_after,
        "problems": [asdict(problem) for problem in report.problems],
        "counts": dict(report.counts),
        "warnings": list(report.warnings),
    }
