"""`marjaa lookup`: one code, today or on a date."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from registry.commands.options import (
    at_option,
    json_option,
    open_library,
    open_moment,
    snapshots_option,
    version_option,
)
from registry.commands.printing import line_of_names, period_of, print_fields, print_json
from registry.library import Snapshot
from registry.serving.lookup import look_up
from registry.serving.moments import Moment

EPILOG = """\b
Examples:
  marjaa lookup administrative-units 04.491.01.07
  marjaa lookup administrative-units 09.541.05.07 --at 2020-01-01
  marjaa lookup administrative-units 09.541.05.07 --version 2014 --json
"""

Fields = Iterator[tuple[str, object]]


@click.command(epilog=EPILOG)
@click.argument("referential")
@click.argument("code")
@at_option
@version_option
@snapshots_option
@json_option
def lookup(
    referential: str, code: str, at: str | None, version: str | None, snapshots: Path | None, as_json: bool
) -> None:
    """Say what CODE is in REFERENTIAL, today or on a date.

    A code that is no longer valid is told with what replaced it, one that is not valid yet with its start.
    """
    snapshot, moment = open_moment(open_library(snapshots), referential, version, at)
    found = look_up(snapshot, code, moment)
    if as_json:
        print_json(found)
        return
    item = json.loads(found)
    click.secho(f"{item['code']}  {line_of_names(item['names'])}", bold=True)
    print_fields(_fields(item, snapshot, moment))


def _fields(item: Mapping[str, Any], snapshot: Snapshot, at: Moment) -> Fields:
    yield "status", f"{item['status']} on {item['at']}"
    yield "level", item["level"]
    if item["parent"] is not None:
        yield "parent", f"{item['parent']}  {_names_of(snapshot, item['parent'], at)}"
    yield "valid", period_of(item["valid_from"], item["valid_to"])
    for other in item["other_names"]:
        yield "also", f"{other['text']} ({other['language'] or other['script']})"
    for name, value in item["attributes"].items():
        yield (
            name.replace("_", " "),
            value if isinstance(value, str) else json.dumps(value, ensure_ascii=False),
        )
    for seen in item["observations"]:
        yield seen["measure"], f"{seen['value']:,} {seen['unit']} on {seen['observed_on']}"
    for link in item["successors"]:
        yield "replaced by", f"{link['code']}  {_names_of(snapshot, link['code'], at)} ({_event(link)})"
    for link in item["predecessors"]:
        yield "came from", f"{link['code']} ({_event(link)})"
    yield "version", f"{snapshot.referential.id} {item['version']}"


def _event(link: Mapping[str, Any]) -> str:
    return f"{link['event']}, {link['effective_on']}"


def _names_of(snapshot: Snapshot, code: str, at: Moment) -> str:
    found = snapshot.store.find(code, at.number)
    return "" if found is None else line_of_names(json.loads(snapshot.store.rendered(found.row))["names"])
