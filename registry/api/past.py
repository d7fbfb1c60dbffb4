"""History of a code, and its projection to another date."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response

from registry.api.answering import answer_json, caching, known_language, services, version_mark
from registry.api.arguments import HistoryArguments, ProjectionArguments
from registry.api.blueprint import Blueprint
from registry.api.schemas import HistorySchema, ProjectionSchema
from registry.history.items import ItemHistory, PastState
from registry.history.projection import Target
from registry.serving import history_of, project_code
from registry.serving.languages import in_language

blueprint = Blueprint("history", __name__, description="What became of a code")


@blueprint.route("/referentials/<referential>/items/<code>/history")
@blueprint.answers(HistorySchema, HTTPStatus.NOT_FOUND)
@blueprint.arguments(HistoryArguments, location="query")
def history(given: dict[str, Any], referential: str, code: str) -> Response:
    """All states of the items that have, had or will have a code, and the change events that link them."""
    snapshot = services().library.snapshot(referential, given.get("version"))
    language = known_language(given.get("lang"))
    document: dict[str, Any] = {
        "code": code,
        "version": snapshot.version.label,
        "records_from": snapshot.referential.records_from,
        "items": history_of(snapshot, code),
    }
    if language is not None:
        histories = [_narrowed_history(history, language) for history in document["items"]]
        document |= {"items": histories, "language": language}
    # Since when records are kept is a fact of the catalogue, which may change.
    mark = f"{version_mark(snapshot.version)}-{snapshot.referential.records_from}"
    fresh = caching(mark, immutable=False)
    return answer_json(document, fresh, HistorySchema)


@blueprint.route("/referentials/<referential>/items/<code>/projection")
@blueprint.answers(ProjectionSchema, HTTPStatus.NOT_FOUND)
@blueprint.arguments(ProjectionArguments, location="query")
def projection(given: dict[str, Any], referential: str, code: str) -> Response:
    """What the code of one date is on another, by the change events between them.

    Where that is not exactly one code, `ambiguous` is true and all targets are given; `reversible` is true
    where projecting back leads to this code alone.
    """
    version = given.get("version")
    snapshot = services().library.snapshot(referential, version)
    language = known_language(given.get("lang"))
    found = project_code(snapshot, code, given["start"], given["end"])
    shown = {name: getattr(found, name) for name in found.__slots__}
    if language is not None:
        shown |= {"targets": [_narrowed(target, language) for target in found.targets], "language": language}
    fresh = caching(version_mark(snapshot.version), immutable=version is not None)
    return answer_json({**shown, "version": snapshot.version.label}, fresh, ProjectionSchema)


def _narrowed_history(history: ItemHistory, language: str) -> Mapping[str, Any]:
    states = [_narrowed(state, language) for state in history.states]
    return {"item": history.item, "states": states, "events": history.events}


def _narrowed(named: PastState | Target, language: str) -> Mapping[str, Any]:
    """What has names, with the one in a language, or in the one that stands in for it, and which that is."""
    names, used = in_language(named.names, language)
    return {name: getattr(named, name) for name in named.__slots__} | {"names": names, "language": used}
