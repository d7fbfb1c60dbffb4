"""Match and suggest: the item that a text means."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response

from matching.matcher import Query
from registry.api.answering import answer_json, answer_once, caching_of, known_language, services
from registry.api.arguments import MatchArguments, MatchBody, MatchBodyArguments, SuggestArguments
from registry.api.blueprint import Blueprint
from registry.api.schemas import MatchesSchema, SuggestionsSchema
from registry.library import Snapshot
from registry.serving import Moment, answer_matches, answer_suggestions, moment_of

blueprint = Blueprint("matching", __name__, description="The item that a text means")


def _opened(referential: str, given: dict[str, Any]) -> tuple[Snapshot, Moment]:
    used = services()
    version = given.get("version")
    snapshot = used.library.snapshot(referential, version)
    today = used.settings.today()
    return snapshot, moment_of(snapshot, given.get("at"), versioned=version is not None, today=today)


@blueprint.route("/referentials/<referential>/suggest")
@blueprint.answers(SuggestionsSchema, HTTPStatus.NOT_FOUND)
@blueprint.arguments(SuggestArguments, location="query")
def suggest(given: dict[str, Any], referential: str) -> Response:
    """Items for a text that someone is typing: beginnings first, then names with typing errors."""
    snapshot, at = _opened(referential, given)
    language = known_language(given.get("lang"))
    found = answer_suggestions(
        snapshot, given["q"], at, given.get("level", ()), given["limit"], language=language
    )
    return answer_json(found, caching_of(snapshot, at, versioned=False, by_index=True))


@blueprint.route("/referentials/<referential>/match")
@blueprint.answers(MatchesSchema, HTTPStatus.NOT_FOUND)
@blueprint.arguments(MatchArguments, location="query")
def match(given: dict[str, Any], referential: str) -> Response:
    """The item that a text means, with an outcome and explained candidates."""
    snapshot, at = _opened(referential, given)
    query = Query(given["q"], given.get("within"), tuple(given.get("level", ())))
    language = known_language(given.get("lang"))
    found = answer_matches(snapshot, [query], at, given["limit"], language=language)
    return answer_json(found, caching_of(snapshot, at, versioned=False, by_index=True))


@blueprint.route("/referentials/<referential>/match", methods=["POST"])
@blueprint.answers(
    MatchesSchema,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    conditional=False,
)
@blueprint.arguments(MatchBody)
@blueprint.arguments(MatchBodyArguments, location="query")
def match_many(body: dict[str, Any], given: dict[str, Any], referential: str) -> Response:
    """The items that many texts mean, one result for each, in order; the same results as one by one.

    A file of more texts than a body may have is for `marjaa harmonise`.
    """
    snapshot, at = _opened(referential, given)
    queries = [Query(each["text"], each["within"], tuple(each["level"])) for each in body["queries"]]
    language = known_language(given.get("lang"))
    return answer_once(answer_matches(snapshot, queries, at, body["limit"], language=language))
