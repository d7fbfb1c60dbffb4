"""Referentials and their versions: what there is to read."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response

from registry.api.answering import Caching, answer_json, caching, mark_of, services
from registry.api.arguments import NoArguments
from registry.api.blueprint import Blueprint
from registry.api.leaves import leaf_of
from registry.api.schemas import (
    ReferentialListSchema,
    ReferentialSchema,
    VersionListSchema,
    VersionSchema,
)
from registry.catalogue import ReferentialEntry

blueprint = Blueprint("catalogue", __name__, description="What there is to read")


@blueprint.route("/referentials")
@blueprint.answers(ReferentialListSchema)
@blueprint.arguments(NoArguments, location="query")
def referentials(_given: dict[str, Any]) -> Response:
    """All referentials, by id."""
    entries = services().library.referentials()
    return answer_json({"items": entries, "next": None}, _caching(*entries), ReferentialListSchema)


@blueprint.route("/referentials/<referential>")
@blueprint.answers(ReferentialSchema, HTTPStatus.NOT_FOUND)
@blueprint.arguments(NoArguments, location="query")
def referential(_given: dict[str, Any], referential: str) -> Response:
    """A referential: what it is, who answers for it, since when its records are kept."""
    entry = services().library.referential(referential)
    return answer_json(entry, _caching(entry), ReferentialSchema)


@blueprint.route("/referentials/<referential>/versions")
@blueprint.answers(VersionListSchema, HTTPStatus.NOT_FOUND)
@blueprint.arguments(NoArguments, location="query")
def versions(_given: dict[str, Any], referential: str) -> Response:
    """The versions of a referential, oldest first; last those that are scheduled, not to be read yet."""
    entry = services().library.referential(referential)
    known = (*entry.versions, *entry.scheduled)
    fresh = _caching(entry, *map(leaf_of, known))
    return answer_json({"items": known, "next": None}, fresh, VersionListSchema)


@blueprint.route("/referentials/<referential>/versions/<version>")
@blueprint.answers(VersionSchema, HTTPStatus.NOT_FOUND)
@blueprint.arguments(NoArguments, location="query")
def version(_given: dict[str, Any], referential: str, version: str) -> Response:
    """A version: when it is effective, what it holds, where that comes from, whether a newer one replaced it.

    Unlike what is read from it, this may change (its status), so that it is not cached for ever.
    """
    library = services().library
    entry = library.referential(referential)
    found = library.version(referential, version)
    return answer_json(found, _caching(entry, leaf_of(found)), VersionSchema)


def _caching(*parts: ReferentialEntry | int | None) -> Caching:
    return caching(mark_of(parts), immutable=False)
