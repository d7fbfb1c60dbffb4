"""The report of a recoded column, for people and as JSON."""

from __future__ import annotations

from pathlib import Path

import click

from registry.commands.tables import print_table
from registry.harmonising.recoding import BLANK, OpenCode, RecodedTable, told
from registry.harmonising.summary import Count
from registry.history.recoding import NOT_VALID_THEN, UNKNOWN_CODE

SHOWN = 20  # codes that did not become exactly one

MEANING = {
    "unchanged": "the same code",
    "renamed": "the same code, another name",
    "recoded": "another code for the same item",
    "merged": "joined with others",
    "split": "became several codes",
    "mixed": "joined and divided",
    "abolished": "ended, and nothing took its place",
    "created": "did not exist yet",
    "unknown": "no event says what became of it",
    UNKNOWN_CODE: "no item has this code",
    NOT_VALID_THEN: "no item had this code on that day",
    BLANK: "no code in the cell",
    "exact": "the same thing",
    "close": "nearly the same thing",
    "narrow": "lies wholly in the target",
    "broad": "holds more than the target",
    "related": "overlaps with the target",
}


def print_recoding(
    found: RecodedTable, by: str, output: Path | None, written: int | None, *, column: str
) -> None:
    """Print what became of a column: outcomes, what is ambiguous, what was written."""
    table, summary = found.table, found.summary
    sheet = "" if table.sheet is None else f", sheet {table.sheet}"
    click.echo(f"{table.file}{sheet}, header in row {table.header_row}")
    total = summary.total
    click.echo(f"{total.rows:,} rows, {total.values:,} distinct values of {column}, recoded by {by}\n")
    print_table(
        ["outcome", "rows", "codes", "meaning"],
        [
            (outcome, f"{count.rows:,}", f"{count.values:,}", MEANING[outcome])
            for outcome, count in summary.by_outcome.items()
        ],
        right=["rows", "codes"],
    )
    _say(
        summary.uncertain,
        "so near a change, whose day is not known exactly, that it may lie on the other side",
    )
    _say(summary.irreversible, "cannot be told back: others were joined with them")
    _say(summary.unsplit, "not split, because shares are not known")
    if summary.open_codes:
        shown = summary.open_codes[:SHOWN]
        click.echo(f"\nNot exactly one code ({len(shown)} of {len(summary.open_codes):,}):")
        print_table(
            ["code", "rows", "outcome", "became"],
            [
                (each.found.code, f"{each.rows:,}", each.found.outcome, told(each.found.targets))
                for each in shown
            ],
            right=["rows"],
        )
    if output is not None:
        click.echo(f"\nWritten: {output} ({written:,} rows, {len(found.header)} columns)")


def recoding_document(
    found: RecodedTable, by: str, output: Path | None, written: int | None
) -> dict[str, object]:
    """The same as one JSON object, with every code that did not become exactly one."""
    summary = found.summary
    return {
        "by": by,
        "file": found.table.file,
        "sheet": found.table.sheet,
        "header_row": found.table.header_row,
        "output": None if output is None else str(output),
        "rows": summary.total.rows,
        "rows_written": written,
        "distinct_codes": summary.total.values,
        "outcomes": {outcome: _counted(count) for outcome, count in summary.by_outcome.items()},
        "uncertain": _counted(summary.uncertain),
        "irreversible": _counted(summary.irreversible),
        "unsplit": _counted(summary.unsplit),
        "open": [_open(each) for each in summary.open_codes],
    }


def _open(value: OpenCode) -> dict[str, object]:
    targets = [{"code": part.code, "share": part.share, "basis": part.basis} for part in value.found.targets]
    return {
        "code": value.found.code,
        "rows": value.rows,
        "outcome": value.found.outcome,
        "targets": targets,
    }


def _counted(count: Count) -> dict[str, int]:
    return {"rows": count.rows, "codes": count.values}


def _say(count: Count, what: str) -> None:
    if count.rows:
        rows = "1 row" if count.rows == 1 else f"{count.rows:,} rows"
        codes = "1 code" if count.values == 1 else f"{count.values:,} codes"
        click.echo(f"{rows} ({codes}) {what}.")
