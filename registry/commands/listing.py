"""`marjaa list`: items of a referential, with the filters of the HTTP interface."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from registry.commands.filters import filtering
from registry.commands.options import json_option, lang_option, open_library, reading
from registry.commands.printing import line_of_names
from registry.commands.tables import print_table
from registry.config import Settings
from registry.serving.languages import known_language
from registry.serving.listing import DEFAULT_LIMIT, MOST, Filters, Listing, Page, open_listing, read_page

EPILOG = """\b
Examples:
  marjaa list administrative-units --level region
  marjaa list administrative-units --parent 09.541 --all
  marjaa list administrative-units --codes "09.*" --level commune --json
  marjaa list administrative-units --status retired,superseded --limit 20
  marjaa list place-names --bbox=-7.7,33.4,-7.4,33.7
"""


@click.command("list", epilog=EPILOG)
@click.argument("referential")
@filtering
@click.option("--q", metavar="TEXT", help="Keep what resembles a text, best first.")
@click.option(
    "--limit", type=click.IntRange(1), default=DEFAULT_LIMIT, show_default=True, help="Most items to show."
)
@click.option("--cursor", metavar="CURSOR", help="`next` of the list before, with the same filters.")
@click.option("--all", "everything", is_flag=True, help="Show all items, however many.")
@lang_option
@reading
@json_option
def list_items(
    referential: str,
    filters: Filters,
    q: str | None,
    limit: int,
    cursor: str | None,
    everything: bool,
    lang: str | None,
    version: str | None,
    at: str | None,
    snapshots: Path | None,
    as_json: bool,
) -> None:
    """List the items of REFERENTIAL that are valid today or on a date, in order of their codes."""
    library, today = open_library(snapshots), Settings.from_environment().today()
    wanted = replace(filters, q=q, language=known_language(library, lang))

    def open_at(cursor: str | None) -> Listing:
        return open_listing(library, referential, wanted, version=version, at=at, cursor=cursor, today=today)

    pages = _all_pages(open_at, cursor) if everything else iter([read_page(open_at(cursor), limit)])
    if as_json:
        _print_pages(pages)
    else:
        _print_items(pages, referential)


def _all_pages(open_at: Callable[[str | None], Listing], cursor: str | None) -> Iterator[Page]:
    while True:
        page = read_page(open_at(cursor), MOST)
        yield page
        cursor = page.next
        if cursor is None:
            return


def _print_pages(pages: Iterator[Page]) -> None:
    """All pages as one, written as they come: a million items need not fit into memory."""
    before = b'{"items":['
    for page in pages:
        if page.items:
            click.echo(before + b",".join(page.items), nl=False)
            before = b","
        last = page
    ending = replace(last, items=()).json()
    click.echo(ending if before[:1] == b"{" else ending.removeprefix(b'{"items":['))


def _print_items(pages: Iterator[Page], referential: str) -> None:
    items = []
    for page in pages:
        items += [json.loads(item) for item in page.items]
        last = page
    print_table(
        ["code", "level", "parent", "names", "status"],
        [(item["code"], item["level"], item["parent"], _names(item), item["status"]) for item in items],
    )
    shown = "1 item" if len(items) == 1 else f"{len(items):,} items"
    more = "" if last.next is None else "; there are more: --all, or a larger --limit"
    click.echo(f"{shown} of {referential} {last.version} on {last.at}{more}", err=True)


def _names(item: Mapping[str, Any]) -> str:
    """The names, with the language of the one where one was asked for."""
    names = line_of_names(item["names"])
    return f"{names} ({item['language']})" if item.get("language") else names
