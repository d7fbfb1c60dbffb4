"""`marjaa list`: items of a referential, with the filters of the HTTP interface."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from matching.selecting import BadCodeFilter
from matching.store import CodeFilter
from registry.commands.options import json_option, level_option, open_library, parts, reading
from registry.commands.printing import line_of_names
from registry.commands.tables import print_table
from registry.config import Settings
from registry.errors import BadValue
from registry.serving.listing import (
    DEFAULT_LIMIT,
    MOST,
    STATUSES,
    Filters,
    Listing,
    Page,
    open_listing,
    read_page,
)

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
@level_option
@click.option("--parent", metavar="CODE", help="Keep the direct children of this code.")
@click.option("--under", metavar="CODE", help="Keep all that is below this code.")
@click.option(
    "--status",
    "statuses",
    multiple=True,
    callback=parts,
    metavar="STATUS",
    help=f"Keep these statuses ({', '.join(STATUSES)}); by default what is valid on the day.",
)
@click.option("--codes", metavar="CODES", help="Keep codes, ranges A..B and beginnings 09.*, with commas.")
@click.option("--bbox", metavar="W,S,E,N", help="Keep what touches this box, in degrees.")
@click.option("--q", metavar="TEXT", help="Keep what resembles a text, best first.")
@click.option(
    "--limit", type=click.IntRange(1), default=DEFAULT_LIMIT, show_default=True, help="Most items to show."
)
@click.option(
    "--cursor", metavar="CURSOR", help="Go on where a list ended: its `next`, with the same filters."
)
@click.option("--all", "everything", is_flag=True, help="Show all items, however many.")
@reading
@json_option
def list_items(
    referential: str,
    levels: tuple[str, ...],
    parent: str | None,
    under: str | None,
    statuses: tuple[str, ...],
    codes: str | None,
    bbox: str | None,
    q: str | None,
    limit: int,
    cursor: str | None,
    everything: bool,
    version: str | None,
    at: str | None,
    snapshots: Path | None,
    as_json: bool,
) -> None:
    """List the items of REFERENTIAL that are valid today or on a date, in order of their codes."""
    filters = Filters(
        statuses=known_statuses(statuses),
        levels=levels,
        parent=parent,
        under=under,
        codes=None if codes is None else parse_codes(codes),
        bbox=None if bbox is None else parse_bbox(bbox),
        q=q,
    )
    library, today = open_library(snapshots), Settings.from_environment().today()

    def open_at(cursor: str | None) -> Listing:
        return open_listing(library, referential, filters, version=version, at=at, cursor=cursor, today=today)

    pages = _all_pages(open_at, cursor) if everything else iter([read_page(open_at(cursor), limit)])
    if as_json:
        _print_pages(pages)
    else:
        _print_items(pages, referential)


def known_statuses(statuses: tuple[str, ...]) -> tuple[str, ...]:
    """The statuses, all of them known; raises BadValue."""
    for status in statuses:
        if status not in STATUSES:
            raise BadValue("status", status, f"one of {', '.join(STATUSES)}")
    return statuses


def parse_codes(text: str) -> CodeFilter:
    """Read `--codes`; raises BadValue."""
    try:
        return CodeFilter.parse(text)
    except BadCodeFilter as error:
        raise BadValue("codes", text, f"codes, ranges A..B and beginnings 09.* ({error.why})") from error


def parse_bbox(text: str) -> tuple[float, float, float, float]:
    """Read `--bbox`: west, south, east, north in degrees; raises BadValue."""
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError:
        west = south = east = north = math.nan
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise BadValue("bbox", text, "west,south,east,north in degrees, west ≤ east and south ≤ north")
    return west, south, east, north


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
        click.echo(before + b",".join(page.items), nl=False)
        before = b"," if page.items else b""
        last = page
    ending = dataclasses.replace(last, items=()).json()
    click.echo(ending.removeprefix(b'{"items":['))


def _print_items(pages: Iterator[Page], referential: str) -> None:
    items = []
    for page in pages:
        items += [json.loads(item) for item in page.items]
        last = page
    print_table(
        ["code", "level", "parent", "names", "status"],
        [
            (item["code"], item["level"], item["parent"], line_of_names(item["names"]), item["status"])
            for item in items
        ],
    )
    shown = "1 item" if len(items) == 1 else f"{len(items):,} items"
    more = "" if last.next is None else "; there are more: --all, or a larger --limit"
    click.echo(f"{shown} of {referential} {last.version} on {last.at}{more}", err=True)
