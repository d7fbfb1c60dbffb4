"""Exports of a version as files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from flask import Response, url_for

from referentials import writers
from registry.api.answering import answer, caching_of, filters_of, is_held, services
from registry.api.arguments import FilterArguments, UnversionedExportArguments
from registry.api.blueprint import Blueprint
from registry.serving import export, moment_of
from registry.serving.listing import require_filters

blueprint = Blueprint("exports", __name__, description="Versions as files")

_FORMAT = {"in": "path", "name": "format", "schema": {"type": "string", "enum": list(writers.WRITERS)}}
_ERRORS = (HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY)
_MEDIA_TYPES = tuple(writer.media_type for writer in writers.WRITERS.values())


@blueprint.route("/referentials/<referential>/export.<format>", parameters=[_FORMAT])
@blueprint.answers(None, *_ERRORS, media_types=_MEDIA_TYPES)
@blueprint.arguments(UnversionedExportArguments, location="query")
def latest(given: dict[str, Any], referential: str, format: str) -> Response:
    """Items of the newest published version, by code, as CSV, JSON, GeoJSON or XLSX."""
    return _export(referential, given.get("version"), format, given)


@blueprint.route("/referentials/<referential>/versions/<version>/export.<format>", parameters=[_FORMAT])
@blueprint.answers(None, *_ERRORS, media_types=_MEDIA_TYPES)
@blueprint.arguments(FilterArguments, location="query")
def of_version(given: dict[str, Any], referential: str, version: str, format: str) -> Response:
    """Items of a version, by code, as CSV, JSON, GeoJSON or XLSX; the same bytes for ever.

    The licence, which may change, is not in them: the link `describedby` leads to it.
    """
    return _export(referential, version, format, given)


def _export(referential: str, version: str | None, format: str, given: Mapping[str, Any]) -> Response:
    used = services()
    writer = writers.writer(format)
    snapshot = used.library.snapshot(referential, version)
    entry, versioned = snapshot.referential, version is not None
    at = moment_of(snapshot, given.get("at"), versioned=versioned, today=used.settings.today())
    filters = filters_of(given)
    require_filters(snapshot, filters)  # `If-None-Match: *` makes no bad request a good one
    told = () if versioned else (entry.licence, entry.attribution)
    fresh = caching_of(snapshot, at, *told, versioned=versioned)
    pieces: Iterable[bytes] = ()
    if not is_held(fresh):
        pieces = export(snapshot, format, at, filters, licensed=not versioned)
    response = answer(pieces, fresh, writer.media_type)
    name = f"{entry.id}-{snapshot.version.label}{writer.extension}"
    response.headers["Content-Disposition"] = attachment(name)
    described = url_for("catalogue.referential", referential=entry.id)
    response.headers["Link"] = f'<{described}>; rel="describedby"'
    return response


def attachment(name: str) -> str:
    """The name of a file as RFC 6266 has it: what is not plain is percent-encoded beside a plain one."""
    plain = re.sub(r"[^\w.-]+", "_", name, flags=re.ASCII)
    encoded = "" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}"
    return f'attachment; filename="{plain}"{encoded}'
