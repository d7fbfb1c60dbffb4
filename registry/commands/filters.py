"""The filters of `list` and `export`: options named and read as the parameters of the HTTP interface."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

from matching.selecting import BadCodeFilter
from matching.store import CodeFilter
from registry.commands.options import level_option, parts
from registry.errors import BadValue
from registry.serving.listing import STATUSES, Filters
from registry.serving.rendering import SHAPES

Command = TypeVar("Command", bound=Callable[..., None])

OPTIONS = (
    level_option,
    click.option("--parent", metavar="CODE", help="Keep the direct children of this code."),
    click.option("--under", metavar="CODE", help="Keep all that is below this code."),
    click.option(
        "--status",
        "statuses",
        multiple=True,
        callback=parts,
        metavar="STATUS",
        help=f"Keep these statuses ({', '.join(STATUSES)}); by default what is valid on the day.",
    ),
    click.option(
        "--codes", metavar="CODES", help="Keep codes, ranges A..B and beginnings 09.*, with commas."
    ),
    click.option("--bbox", metavar="W,S,E,N", help="Keep what touches this box, in degrees."),
    click.option("--containing", metavar="LON,LAT", help="Keep what a point lies in, in degrees."),
    click.option("--shape", type=click.Choice(SHAPES), help="Add the shape, where the format has a place."),
)


def filtering(command: Command) -> Callable[..., None]:
    """Give a command the filter options, as one `filters`; a value that is no filter raises BadValue."""

    @wraps(command)
    def with_filters(
        *,
        levels: tuple[str, ...],
        parent: str | None,
        under: str | None,
        statuses: tuple[str, ...],
        codes: str | None,
        bbox: str | None,
        containing: str | None,
        shape: str | None,
        **others: Any,  # noqa: ANN401  # the command's own parameters
    ) -> None:
        filters = Filters(
            statuses=_known_statuses(statuses),
            levels=levels,
            parent=parent,
            under=under,
            codes=None if codes is None else _parse_codes(codes),
            bbox=None if bbox is None else _parse_bbox(bbox),
            containing=None if containing is None else _parse_place(containing),
            shape=shape,
        )
        command(filters=filters, **others)

    wrapped: Callable[..., None] = with_filters
    for option in reversed(OPTIONS):
        wrapped = option(wrapped)
    return wrapped


def _known_statuses(statuses: tuple[str, ...]) -> tuple[str, ...]:
    for status in statuses:
        if status not in STATUSES:
            raise BadValue("status", status, f"one of {', '.join(STATUSES)}")
    return statuses


def _parse_codes(text: str) -> CodeFilter:
    try:
        return CodeFilter.parse(text)
    except BadCodeFilter as error:
        raise BadValue("codes", text, f"codes, ranges A..B and beginnings 09.* ({error.why})") from error


def _parse_bbox(text: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError:
        west = south = east = north = math.nan
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise BadValue("bbox", text, "west,south,east,north in degrees, west ≤ east and south ≤ north")
    return west, south, east, north


def _parse_place(text: str) -> tuple[float, float]:
    try:
        longitude, latitude = map(float, text.split(","))
    except ValueError:
        longitude = latitude = math.nan
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise BadValue("containing", text, "longitude,latitude in degrees")
    return longitude, latitude
