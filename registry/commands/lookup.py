"""`marjaa lookup`: one code, today or on a date."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from referentials.records import Designation
from registry.commands.options import (
    at_option,
    json_option,
    lang_option,
    open_library,
    open_moment,
    snapshots_option,
    version_option,
)
from registry.commands.printing import line_of_names, period_of, print_fields, print_json
from registry.commands.tables import print_table
from registry.library import Snapshot
from registry.serving.entries import index_of
from registry.serving.languages import in_language, known_language
from registry.serving.lookup import look_up
from registry.serving.moments import Moment

EPILOG = """\b
Examples:
  marjaa lookup administrative-units 04.491.01.07
  marjaa lookup administrative-units 09.541.05.07 --at 2020-01-01
  marjaa lookup administrative-units 09.541.05.07 --version 2014 --json
  marjaa lookup nma-2010 4711 --entries
"""

Fields = Iterator[tuple[str, object]]


@click.command(epilog=EPILOG)
@click.argument("referential")
@click.argument("code")
@click.option("--entries", is_flag=True, help="Tell the index entries that lead to it, and its exclusions.")
@lang_option
@at_option
@version_option
@snapshots_option
@json_option
def lookup(
    referential: str,
    code: str,
    entries: bool,
    lang: str | None,
    at: str | None,
    version: str | None,
    snapshots: Path | None,
    as_json: bool,
) -> None:
    """Say what CODE is in REFERENTIAL, today or on a date.

    A code that is no longer valid is told with what replaced it, one that is not valid yet with its start.
    """
    library = open_library(snapshots)
    snapshot, moment = open_moment(library, referential, version, at)
    language = known_language(library, lang)
    if entries:
        _tell_index(snapshot, code, moment, as_json)
        return
    found = look_up(snapshot, code, moment, language=language)
    if as_json:
        print_json(found)
        return
    item = json.loads(found)
    click.secho(f"{item['code']}  {line_of_names(item['names'])}", bold=True)
    print_fields(_Fields(snapshot, moment, language).of(item))


def _tell_index(snapshot: Snapshot, code: str, at: Moment, as_json: bool) -> None:
    """The texts that lead to a code, and those that it is not for."""
    found = index_of(snapshot, code, at)
    sides = {"entries": found.entries, "exclusions": found.exclusions}
    if as_json:
        head = {"code": code, "status": found.status, "version": snapshot.version.label, "at": at.text}
        print_json(head | {side: [_designation(each) for each in told] for side, told in sides.items()})
        return
    rows = [
        (each.text, each.language or each.script, side, each.source)
        for side, told in (("entry", found.entries), ("exclusion", found.exclusions))
        for each in told
    ]
    print_table(["text", "language", "use", "source"], rows)
    click.echo(f"{len(rows):,} of {snapshot.referential.id} {snapshot.version.label} {code}")


def _designation(each: Designation) -> dict[str, str | None]:
    return {"text": each.text, "language": each.language, "script": each.script, "source": each.source}


class _Fields:
    """What is told of an item, line by line; other items' names in the language asked for, too."""

    def __init__(self, snapshot: Snapshot, at: Moment, language: str | None) -> None:
        self.snapshot = snapshot
        self.at = at
        self.language = language

    def of(self, item: Mapping[str, Any]) -> Fields:
        """The lines of an item, in order."""
        yield "language", item.get("language")
        yield "status", f"{item['status']} on {item['at']}"
        yield "level", item["level"]
        if item["parent"] is not None:
            yield "parent", f"{item['parent']}  {self._names_of(item['parent'])}"
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
            yield "replaced by", f"{link['code']}  {self._names_of(link['code'])} ({_event(link)})"
        for link in item["predecessors"]:
            yield "came from", f"{link['code']} ({_event(link)})"
        yield "version", f"{self.snapshot.referential.id} {item['version']}"

    def _names_of(self, code: str) -> str:
        store = self.snapshot.store
        found = store.find(code, self.at.number)
        if found is None:
            return ""
        names = json.loads(store.rendered(found.row))["names"]
        return line_of_names(names if self.language is None else in_language(names, self.language)[0])


def _event(link: Mapping[str, Any]) -> str:
    return f"{link['event']}, {link['effective_on']}"
