"""Items: one code, and lists. The look-up path parses by hand and sends rendered bytes (docs/decisions)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from flask import Response, request

from registry.api.answering import answer, caching_of, filters_of, known_language, services
from registry.api.arguments import (
    ListArguments,
    LookupArguments,
    UnversionedListArguments,
    UnversionedLookupArguments,
)
from registry.api.blueprint import Blueprint
from registry.api.schemas import ItemListSchema, ItemSchema
from registry.errors import BadValue
from registry.serving import look_up, moment_of, open_listing, read_page
from registry.serving.rendering import SHAPES

blueprint = Blueprint("items", __name__, description="Items of a referential, by code and in lists")

_SHOWN = ("at", "lang", "shape")
_NOTHING: Mapping[str, str] = MappingProxyType({})


@blueprint.route("/referentials/<referential>/items/<code>")
@blueprint.answers(ItemSchema, HTTPStatus.NOT_FOUND, parameters=UnversionedLookupArguments)
def item(referential: str, code: str) -> Response:
    """One code, today or at a date, as the newest published version has it."""
    given = _lookup_arguments(("version", *_SHOWN))
    return _item(referential, given.get("version"), code, given)


@blueprint.route("/referentials/<referential>/versions/<version>/items/<code>")
@blueprint.answers(ItemSchema, HTTPStatus.NOT_FOUND, parameters=LookupArguments)
def version_item(referential: str, version: str, code: str) -> Response:
    """One code as a version has it, by default on the day that the version is effective on."""
    return _item(referential, version, code, _lookup_arguments(_SHOWN))


def _lookup_arguments(accepted: tuple[str, ...]) -> Mapping[str, str]:
    if not request.environ["QUERY_STRING"]:
        return _NOTHING
    given = request.args.to_dict()
    for name, value in given.items():
        if name not in accepted:
            raise BadValue(name, value, f"only the parameters {', '.join(accepted)}")
    if given.get("shape", "full") not in SHAPES:
        raise BadValue("shape", given["shape"], f"one of {', '.join(SHAPES)}")
    return given


def _item(referential: str, version: str | None, code: str, given: Mapping[str, str]) -> Response:
    used = services()
    snapshot = used.library.snapshot(referential, version)
    versioned = version is not None
    at = moment_of(snapshot, given.get("at"), versioned=versioned, today=used.settings.today())
    language = known_language(given.get("lang"))
    body = look_up(snapshot, code, at, language=language, shape=given.get("shape"))
    return answer(body, caching_of(snapshot, at, versioned=versioned))


@blueprint.route("/referentials/<referential>/items")
@blueprint.answers(ItemListSchema, HTTPStatus.NOT_FOUND)
@blueprint.arguments(UnversionedListArguments, location="query")
def items(given: dict[str, Any], referential: str) -> Response:
    """Items of the newest published version, by code, page by page."""
    return _items(referential, given.get("version"), given)


@blueprint.route("/referentials/<referential>/versions/<version>/items")
@blueprint.answers(ItemListSchema, HTTPStatus.NOT_FOUND)
@blueprint.arguments(ListArguments, location="query")
def version_items(given: dict[str, Any], referential: str, version: str) -> Response:
    """Items of a version, by code, page by page."""
    return _items(referential, version, given)


def _items(referential: str, version: str | None, given: Mapping[str, Any]) -> Response:
    used = services()
    filters = filters_of(given)
    listing = open_listing(
        used.library,
        referential,
        filters,
        version=version,
        at=given.get("at"),
        cursor=given.get("cursor"),
        today=used.settings.today(),
    )
    page = read_page(listing, given["limit"])
    ranked = filters.q is not None
    fresh = caching_of(listing.snapshot, listing.at, versioned=version is not None, by_index=ranked)
    return answer(page.json(), fresh)
