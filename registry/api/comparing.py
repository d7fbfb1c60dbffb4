"""Two versions of a referential against each other."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from flask import Response

from registry.api.answering import answer, answer_json, caching, is_held, services, version_mark
from registry.api.blueprint import Blueprint
from registry.api.compare_schemas import CompareArguments, ComparisonSchema
from registry.api.exports import attachment
from registry.errors import BadValue
from registry.serving.comparing import WHOLE, compare_versions, page_document
from registry.serving.listing import DEFAULT_LIMIT

blueprint = Blueprint("comparing", __name__, description="What changes from one version to another")

_MEDIA_TYPES = ("application/json", *(each.media_type for each in WHOLE.values()))


@blueprint.route("/referentials/<referential>/compare")
@blueprint.answers(
    ComparisonSchema,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    media_types=_MEDIA_TYPES,
)
@blueprint.arguments(CompareArguments, location="query")
def compare(given: dict[str, Any], referential: str) -> Response:
    """What changes from one version to another: items added, ended and changed, field by field, and events.

    The summary counts all that was asked for. JSON comes page by page, CSV and text come whole.
    """
    whole = WHOLE.get(given["format"])
    if whole is not None:
        _refuse_pages(given)
    from_version, to_version = given.get("from_version"), given.get("to_version")
    compared = compare_versions(
        services().library,
        referential,
        from_version,
        to_version,
        levels=given.get("level", ()),
        kinds=given.get("kind", ()),
    )
    mark = f"{version_mark(compared.before.version)}-{version_mark(compared.after.version)}"
    fresh = caching(mark, immutable=from_version is not None and to_version is not None)
    if whole is None:
        return answer_json(
            page_document(compared, given.get("limit", DEFAULT_LIMIT), given.get("cursor")), fresh
        )
    pieces: Iterable[bytes] = () if is_held(fresh) else whole.write(compared)
    response = answer(pieces, fresh, whole.media_type)
    before, after = compared.before.version.label, compared.after.version.label
    name = f"{compared.after.referential.id}-{before}-{after}{whole.extension}"
    response.headers["Content-Disposition"] = attachment(name)
    return response


def _refuse_pages(given: dict[str, Any]) -> None:
    for name in ("limit", "cursor"):
        if name in given:
            raise BadValue(name, given[name], f"no {name}: {given['format']} holds everything")
