"""What a submitted change set will answer, read from its private snapshot by the code that reads versions."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response

from matching.matcher import Query
from registry.api.answering import filters_of, known_language
from registry.api.arguments import ListArguments, LookupArguments
from registry.api.blueprint import Blueprint
from registry.api.schemas import ItemListSchema, ItemSchema, MatchesSchema
from registry.catalogue import VersionEntry
from registry.desk.authentication import current_actor, everybody
from registry.desk.change_sets import read_draft
from registry.desk.draft_answers import documented, send
from registry.desk.draft_bodies import PreviewMatchArguments
from registry.desk.working import desk, reading
from registry.errors import BadCursor, Conflict
from registry.library import Snapshot
from registry.publishing.compilation import private_snapshot
from registry.publishing.drafts.opening import ChangeSetView
from registry.serving import Listing, Moment, answer_matches, look_up, moment, moment_of, read_page
from registry.serving.cursors import decode, query_mark

blueprint = Blueprint("previews", __name__, description="What a submitted change set will answer")

_READABLE = ("submitted", "approved")


@blueprint.route("/change-sets/<uuid:change_set>/preview/items/<code>")
@everybody
@documented(ItemSchema, HTTPStatus.CONFLICT)
@blueprint.arguments(LookupArguments, location="query")
def preview_item(given: dict[str, Any], change_set: UUID, code: str) -> Response:
    """One code as the version will have it, by default on the day that it will be effective on."""
    snapshot, at = _opened(change_set, given)
    body = look_up(snapshot, code, at, language=known_language(given.get("lang")), shape=given.get("shape"))
    return send(json.loads(body))


@blueprint.route("/change-sets/<uuid:change_set>/preview/items")
@everybody
@documented(ItemListSchema, HTTPStatus.CONFLICT)
@blueprint.arguments(ListArguments, location="query")
def preview_items(given: dict[str, Any], change_set: UUID) -> Response:
    """Items as the version will have them, by code, page by page."""
    snapshot, at = _opened(change_set, given)
    filters = filters_of(given)
    query = query_mark(change_set, snapshot.version.content_root, given.get("at"), filters)
    start = 0
    if given.get("cursor") is not None:
        found = decode(given["cursor"])
        if found.query != query:
            raise BadCursor("The cursor belongs to another query, or to what was submitted before.")
        start, at = found.start, moment(found.at)
    page = read_page(Listing(snapshot, at, filters, start, query), given["limit"])
    return send(json.loads(page.json()))


@blueprint.route("/change-sets/<uuid:change_set>/preview/match")
@everybody
@documented(MatchesSchema, HTTPStatus.CONFLICT)
@blueprint.arguments(PreviewMatchArguments, location="query")
def preview_match(given: dict[str, Any], change_set: UUID) -> Response:
    """The item of the version to be that a text means."""
    snapshot, at = _opened(change_set, given)
    query = Query(given["q"], given.get("within"), tuple(given.get("level", ())))
    return send(answer_matches(snapshot, [query], at, given["limit"]))


def _opened(change_set: UUID, given: dict[str, Any]) -> tuple[Snapshot, Moment]:
    """The private snapshot of a change set, and the day that is asked for."""
    actor, used = current_actor(), desk()
    with reading() as connection:
        draft = read_draft(connection, actor, change_set)
    if draft.status not in _READABLE or draft.content_root is None:
        raise Conflict(
            f"The change set {change_set} is {draft.status}; only one that is {' or '.join(_READABLE)} "
            "has a preview."
        )
    entry = used.library.referential(draft.referential)
    folder = private_snapshot(used.settings.snapshots, draft.id)
    snapshot = Snapshot(entry, _version(draft, draft.content_root), folder)
    return snapshot, moment_of(snapshot, given.get("at"), versioned=True, today=used.settings.today())


def _version(draft: ChangeSetView, content_root: str) -> VersionEntry:
    """The version to be, as the catalogue would name it."""
    return VersionEntry(
        referential=draft.referential,
        ordinal=(draft.base_ordinal or 0) + 1,
        label=draft.label,
        effective_on=draft.effective_on,
        status=draft.status,
        content_root=content_root,
        published_at=draft.changed_at,
        basis=draft.basis,
        notes=draft.notes,
        counts={},
        provenance=tuple(draft.provenance),
    )
