"""`marjaa match`: the item that a text means."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from matching.matcher import Query
from registry.commands.options import (
    json_option,
    lang_option,
    level_option,
    open_library,
    open_moment,
    reading,
)
from registry.commands.printing import print_json
from registry.commands.tables import print_table
from registry.serving.finding import DEFAULT_CANDIDATES, MOST_CANDIDATES, answer_matches
from registry.serving.languages import known_language

EPILOG = """\b
Examples:
  marjaa match administrative-units "Sidi Sliman" --level commune
  marjaa match administrative-units "Oulad Tayeb" --within Fès --explain
  marjaa match administrative-units "سيدي سليمان" --limit 3 --json
"""

SAID = {
    "exact": "one item has this name",
    "auto": "sure enough to be taken without asking",
    "review": "somebody should look at it",
    "ambiguous": "several items have this name: --within tells them apart",
    "none": "nothing resembles it enough",
}


SUPPORTED = {
    "labelled": "probabilities, fitted on labelled files and tried on this version",
    "synthetic": "probabilities as far as generated noise can tell: no labelled file supports them here",
    "estimated": "estimates: nothing labelled supports them",
}


@click.command(epilog=EPILOG)
@click.argument("referential")
@click.argument("text")
@click.option("--within", metavar="PARENT", help="Code or name of what it lies in; may be misspelt.")
@level_option
@click.option(
    "--limit",
    type=click.IntRange(1, MOST_CANDIDATES),
    default=DEFAULT_CANDIDATES,
    show_default=True,
    help="Most candidates.",
)
@click.option("--explain", is_flag=True, help="Show what each score is made of.")
@lang_option
@reading
@json_option
def match(
    referential: str,
    text: str,
    within: str | None,
    levels: tuple[str, ...],
    limit: int,
    explain: bool,
    lang: str | None,
    version: str | None,
    at: str | None,
    snapshots: Path | None,
    as_json: bool,
) -> None:
    """Find the item of REFERENTIAL that TEXT means, with an outcome and scored candidates."""
    library = open_library(snapshots)
    snapshot, moment = open_moment(library, referential, version, at)
    language = known_language(library, lang)
    answer = answer_matches(snapshot, [Query(text, within, levels)], moment, limit, language=language)
    if as_json:
        print_json(answer)
        return
    [result] = answer["results"]
    outcome = result["outcome"]
    source = f"{referential} {answer['version']}, {answer['at']}"
    click.echo(f"{click.style(outcome, bold=True)}: {SAID[outcome]} ({source})")
    if result["candidates"]:
        columns = ["code", "name", "level", "parent", "score", "matched name"]
        print_table(
            [*columns, "parts"] if explain else columns,
            [_row(candidate, explain=explain) for candidate in result["candidates"]],
            right=["score"],
        )
    if explain:
        calibration = answer["calibration"]
        click.echo(f"\nScores are {SUPPORTED[calibration['support']]}.")


def _row(candidate: Mapping[str, Any], *, explain: bool) -> list[object]:
    row = [candidate["code"], _named(candidate), candidate["level"], candidate["parent"]]
    row += [f"{candidate['score']:.3f}", _matched(candidate)]
    if explain:
        row.append(", ".join(f"{name} {part:.2f}" for name, part in candidate["parts"].items()))
    return row


def _named(candidate: Mapping[str, Any]) -> str:
    """The name, with its language where one was asked for."""
    used = candidate.get("name_language")
    return f"{candidate['name']} ({used})" if used else str(candidate["name"])


def _matched(candidate: Mapping[str, Any]) -> str:
    language = candidate["language"]
    return f"{candidate['matched_name']} ({language})" if language else str(candidate["matched_name"])
