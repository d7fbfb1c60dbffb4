"""Feeds of versions, and the list that mirrors follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import Response, request
from marshmallow import fields, validate

from registry.api.answering import answer, answer_json, caching, known_language, mark_of, services
from registry.api.arguments import NoArguments
from registry.api.blueprint import Blueprint
from registry.api.schemas import Answer
from registry.catalogue import ReferentialEntry
from registry.logbook import read_log
from registry.serving.announcements import announced_after, feed

PREFIX = "/api/v1"
ATOM_TYPE = "application/atom+xml"
MOST = 1000
TITLES = {"fr": "Versions publiées", "ar": "الإصدارات المنشورة", "en": "Published versions"}

blueprint = Blueprint("announcements", __name__, description="What was published, for feeds and mirrors")


class FeedArguments(NoArguments):
    """The language of a feed."""

    lang = fields.String(load_default="fr", metadata={"description": "Language of titles and summaries."})


class ChangesArguments(NoArguments):
    """From where on, and how many."""

    after = fields.Integer(
        load_default=-1,
        validate=validate.Range(min=-1, max=2**31 - 1),
        metadata={"description": "Position of the last announcement that is known; -1 for all."},
    )
    limit = fields.Integer(load_default=100, validate=validate.Range(min=1, max=MOST))


class AnnouncedSchema(Answer):
    """A publication, or a removal that a law forced, at its position in the log."""

    position = fields.Integer(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(("published", "removed")))
    referential = fields.String(required=True)
    version = fields.String(required=True)
    ordinal = fields.Integer(required=True)
    content_root = fields.String(required=True)
    at = fields.String(required=True)


class ChangesSchema(Answer):
    """Announcements in the order of the log."""

    items = fields.List(fields.Nested(AnnouncedSchema), required=True)
    next = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "`after` of the next page; null where this is all for now."},
    )
    last = fields.Integer(
        required=True, metadata={"description": "`after` with which to ask for what comes later."}
    )


@blueprint.route("/feed.atom")
@blueprint.answers(None, media_types=(ATOM_TYPE,))
@blueprint.arguments(FeedArguments, location="query")
def all_versions(given: dict[str, Any]) -> Response:
    """An Atom feed of the newest versions of all referentials."""
    return _feed(services().library.referentials(), None, given["lang"])


@blueprint.route("/referentials/<referential>/feed.atom")
@blueprint.answers(None, HTTPStatus.NOT_FOUND, media_types=(ATOM_TYPE,))
@blueprint.arguments(FeedArguments, location="query")
def its_versions(given: dict[str, Any], referential: str) -> Response:
    """An Atom feed of the versions of one referential."""
    entry = services().library.referential(referential)
    return _feed([entry], entry.names, given["lang"])


@blueprint.route("/changes")
@blueprint.answers(ChangesSchema)
@blueprint.arguments(ChangesArguments, location="query")
def changes(given: dict[str, Any]) -> Response:
    """What was published after a position, for mirrors: each version is announced once it can be read."""
    used = services()
    found, more = announced_after(used.library, used.settings.snapshots, given["after"], given["limit"])
    last = found[-1].position if found else given["after"]
    document = {"items": found, "next": last if more else None, "last": last}
    size = read_log(used.settings.snapshots).size
    return answer_json(document, caching(mark_of(last, more, size), immutable=False), ChangesSchema)


def _feed(entries: Sequence[ReferentialEntry], names: Mapping[str, str] | None, tag: str) -> Response:
    language = known_language(tag) or "fr"
    base = f"{services().settings.public_url}{PREFIX}"
    said = TITLES.get(language, TITLES["fr"])
    title = (
        f"Marjaa: {said}" if names is None else f"{names.get(language) or next(iter(names.values()))}: {said}"
    )
    address = f"{services().settings.public_url}{request.path}"
    body = feed(entries, address=address, base=base, title=title, language=language)
    return answer(body, caching(mark_of(entries, language), immutable=False), ATOM_TYPE)
