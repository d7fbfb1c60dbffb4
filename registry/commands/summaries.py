"""The summary of a harmonised column, for people and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import click

from registry.commands.tables import print_table
from registry.harmonising.columns import Harmonised
from registry.harmonising.summary import SETTLED, Count, Settled
from registry.library import Snapshot
from registry.serving.finding import provenance
from registry.serving.moments import Moment

SHOWN = 10  # parents, and values that somebody should look at

MEANING = {
    "exact": "one item has this name",
    "auto": "sure enough to be taken",
    "review": "likely, to be looked at",
    "ambiguous": "several items have this name",
    "none": "nothing resembles it enough",
}


def print_summary(
    found: Harmonised,
    snapshot: Snapshot,
    at: Moment,
    output: Path,
    *,
    column: str,
    within_column: str | None,
) -> None:
    """Print what became of a column: outcomes, where most is open, what did not match, what was written."""
    table, summary = found.table, found.summary
    sheet = "" if table.sheet is None else f", sheet {table.sheet}"
    click.echo(f"{table.file}{sheet}, header in row {table.header_row}")
    total = summary.total
    within = "" if within_column is None else f" within {within_column}"
    click.echo(
        f"{total.rows:,} rows, {total.values:,} distinct values of {column}{within}, matched with "
        f"{snapshot.referential.id} {snapshot.version.label} on {at.text}\n"
    )
    print_table(
        ["outcome", "rows", "share", "values", "meaning"],
        [
            (
                outcome,
                f"{count.rows:,}",
                _share(count.rows, total.rows),
                f"{count.values:,}",
                MEANING[outcome],
            )
            for outcome, count in summary.by_outcome.items()
        ],
        right=["rows", "share", "values"],
    )
    if summary.blank.rows:
        click.echo(f"Rows without a text, which are `none`: {summary.blank.rows:,}.")
    _print_worst(summary.by_within, within_column or "")
    _print_open(summary.open_values)
    columns = len(found.header)
    click.echo(f"\nWritten: {output} ({len(table.rows):,} rows, {columns} columns)")


def summary_document(found: Harmonised, snapshot: Snapshot, at: Moment, output: Path) -> dict[str, object]:
    """The same as one JSON object."""
    summary = found.summary
    return {
        **provenance(snapshot, at),
        "file": found.table.file,
        "sheet": found.table.sheet,
        "header_row": found.table.header_row,
        "output": str(output),
        "rows": summary.total.rows,
        "distinct_values": summary.total.values,
        "blank_rows": summary.blank.rows,
        "settled_share": round(summary.settled_share, 4),
        "by_outcome": _counts(summary.by_outcome),
        "by_within": {within: _counts(counts) for within, counts in summary.by_within.items()},
        "open_values": [asdict(value) for value in summary.open_values],
    }


def _counts(by_outcome: Mapping[str, Count]) -> dict[str, dict[str, int]]:
    return {outcome: asdict(count) for outcome, count in by_outcome.items()}


def _print_worst(by_within: Mapping[str, Mapping[str, Count]], title: str) -> None:
    rows = []
    for within, counts in by_within.items():
        every = sum(count.rows for count in counts.values())
        still_open = every - sum(counts[outcome].rows for outcome in SETTLED)
        if still_open:
            rows.append((still_open, every, within))
    rows.sort(key=lambda row: (-row[0], row[2]))
    if rows:
        click.echo(f"\nWhere most rows are open ({min(SHOWN, len(rows))} of {len(rows)}):")
        print_table(
            [title, "open", "rows"],
            [(within, f"{still_open:,}", f"{every:,}") for still_open, every, within in rows[:SHOWN]],
            right=["open", "rows"],
        )


def _print_open(values: tuple[Settled, ...]) -> None:
    if not values:
        return
    click.echo(f"\nValues that somebody should look at ({min(SHOWN, len(values))} of {len(values)}):")
    print_table(
        ["value", "within", "rows", "outcome", "likeliest", "score"],
        [
            (value.text, value.within, value.rows, value.outcome, _likeliest(value), _score(value.score))
            for value in values[:SHOWN]
        ],
        right=["rows", "score"],
    )


def _likeliest(value: Settled) -> str:
    return "" if value.code is None else f"{value.code}  {value.name}"


def _score(score: float | None) -> str:
    return "" if score is None else f"{score:.2f}"


def _share(rows: int, total: int) -> str:
    return f"{rows / total:.1%}" if total else ""
