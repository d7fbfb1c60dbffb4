"""The summary of a harmonised column, for people and as JSON."""

from __future__ import annotations

from pathlib import Path

import click

from registry.commands.tables import print_table
from registry.harmonising.documents import column_document, report_document
from registry.harmonising.pages import MEANING, MEANING_OF_CODES
from registry.harmonising.report import ColumnReport, OpenValue, Report
from registry.harmonising.summary import SETTLED

LONGEST_CELL = 60
SHOWN = 10  # parents, and values that somebody should look at


def print_summary(report: Report, output: Path) -> None:
    """Print what became of a file: outcomes, where most is open, what did not match, what was written."""
    source = report.source
    sheet = "" if source.sheet is None else f", sheet {source.sheet}"
    header = f", header in row {source.header_row}" if source.header_row else ""
    click.echo(f"{source.file}{sheet}{header}")
    for column in report.columns:
        _print_column(column, report)
    columns = len(report.header)
    click.echo(f"\nWritten: {output} ({source.rows:,} rows, {columns} columns)")


def summary_document(report: Report, output: Path) -> dict[str, object]:
    """The report as one JSON object; what became of the first column is told at its top, too."""
    return {**column_document(report.columns[0], report), **report_document(report), "output": str(output)}


def _print_column(column: ColumnReport, report: Report) -> None:
    plan, total = column.plan, column.total
    within = "" if plan.within_column is None else f" within {plan.within_column}"
    done = "checked" if plan.role == "code" else "matched"
    click.echo(
        f"{total.rows:,} rows, {total.values:,} distinct values of {plan.column}{within}, {done} with "
        f"{plan.referential} {plan.version} on {report.recipe.at.isoformat()}\n"
    )
    meaning = MEANING_OF_CODES if plan.role == "code" else MEANING
    print_table(
        ["outcome", "rows", "share", "values", "meaning"],
        [
            (
                outcome,
                f"{count.rows:,}",
                _share(count.rows, total.rows),
                f"{count.values:,}",
                meaning[outcome],
            )
            for outcome, count in column.by_outcome.items()
        ],
        right=["rows", "share", "values"],
    )
    if column.blank.rows:
        click.echo(f"Rows without a text, which are `none`: {column.blank.rows:,}.")
    if column.chosen.rows:
        click.echo(f"Rows whose text somebody settled before: {column.chosen.rows:,}.")
    _print_worst(column)
    _print_open(column)


def _print_worst(column: ColumnReport) -> None:
    rows = []
    for within, counts in column.by_within.items():
        every = sum(count.rows for count in counts.values())
        still_open = every - sum(counts[outcome].rows for outcome in SETTLED)
        if still_open:
            rows.append((still_open, every, within))
    rows.sort(key=lambda row: (-row[0], row[2]))
    if rows:
        click.echo(f"\nWhere most rows are open ({min(SHOWN, len(rows))} of {len(rows)}):")
        print_table(
            [column.plan.within_column or "", "open", "rows"],
            [(_cut(within), f"{still_open:,}", f"{every:,}") for still_open, every, within in rows[:SHOWN]],
            right=["open", "rows"],
        )


def _print_open(column: ColumnReport) -> None:
    values = column.open_values
    if not values:
        return
    click.echo(f"\nValues that somebody should look at ({min(SHOWN, len(values))} of {column.open_total:,}):")
    print_table(
        ["value", "within", "rows", "outcome", "likeliest", "score"],
        [
            (
                _cut(value.text),
                _cut(value.within or ""),
                value.rows,
                value.outcome,
                _likeliest(value),
                _score(value.score),
            )
            for value in values[:SHOWN]
        ],
        right=["rows", "score"],
    )


def _cut(text: str) -> str:
    """A cell may hold a page; a table shows its beginning."""
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"


def _likeliest(value: OpenValue) -> str:
    return "" if value.code is None else f"{value.code}  {value.name}"


def _score(score: float | None) -> str:
    return "" if score is None else f"{score:.2f}"


def _share(rows: int, total: int) -> str:
    return f"{rows / total:.1%}" if total else ""
