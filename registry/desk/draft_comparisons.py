"""What a draft changes, item by item and field by field: JSON in pages, CSV and text as a whole."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response

from referentials.comparing import Comparison, ItemChange, rendering
from referentials.comparing.model import summary_of
from registry.api.blueprint import Blueprint
from registry.api.exports import attachment
from registry.desk.authentication import current_actor, everybody_in_turn
from registry.desk.change_sets import read_draft
from registry.desk.draft_answers import documented, send, start_of
from registry.desk.draft_bodies import ComparisonArguments
from registry.desk.draft_schemas import DraftComparisonSchema
from registry.desk.working import desk, reading
from registry.publishing.drafts.compared import compare_draft
from registry.serving.comparing import MOST_RECORDS

blueprint = Blueprint("draft-comparisons", __name__, description="What a draft changes")

_MEDIA_TYPES = ("application/json", "text/csv", "text/plain")


@blueprint.route("/change-sets/<uuid:change_set>/comparison")
@everybody_in_turn
@documented(
    DraftComparisonSchema,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.TOO_MANY_REQUESTS,
    media_types=_MEDIA_TYPES,
)
@blueprint.arguments(ComparisonArguments, location="query")
def comparison(given: dict[str, Any], change_set: UUID) -> Response:
    """What a draft changes in the version that it starts from; the summary counts all that was asked for.

    Items come by code, page by page, and events with the first page. CSV and text hold everything.
    """
    actor = current_actor()
    with reading() as connection:
        draft = read_draft(connection, actor, change_set)
        found = compare_draft(connection, desk().settings.snapshots, change_set, most=MOST_RECORDS)
    items = [change for change in found.items if _is_kept(change, given)]
    match given["format"]:
        case "csv":
            return _file(
                write_csv(items), "text/csv; charset=utf-8", f"{draft.referential}-{draft.label}.csv"
            )
        case "text":
            lines = (f"{line}\n" for line in rendering.text(found, items))
            return _file(lines, "text/plain; charset=utf-8", f"{draft.referential}-{draft.label}.txt")
    start = start_of(given, change_set, draft.revision)
    end = start.position + given["limit"]
    following = start.cursor(end) if end < len(items) else None
    document = comparison_document(found, items, items[start.position : end])
    if start.position:
        document |= {"events": [], "withdrawn_events": []}
    return send({**document, "next": following})


def comparison_document(
    found: Comparison, items: Sequence[ItemChange], shown: Sequence[ItemChange]
) -> dict[str, Any]:
    """A comparison as a plain object that shows some of its items and counts all of them."""
    return {**rendering.document(found, shown), "summary": summary_of(items)}


def write_csv(items: Sequence[ItemChange]) -> Iterator[str]:
    """One row for each field that changed: RFC 4180, no cell that a spreadsheet would run."""
    line = io.StringIO(newline="")
    writer = csv.writer(line, lineterminator="\r\n")
    for row in (rendering.COLUMNS, *rendering.rows(items)):
        writer.writerow(row)
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _is_kept(change: ItemChange, given: dict[str, Any]) -> bool:
    levels, kinds = given.get("level", ()), given.get("kind", ())
    return (not levels or change.level in levels) and (not kinds or not set(kinds).isdisjoint(change.kinds))


def _file(lines: Iterator[str], media_type: str, name: str) -> Response:
    response = Response((line.encode() for line in lines), content_type=media_type)
    response.headers["Content-Disposition"] = attachment(name)
    response.headers["Cache-Control"] = "no-store"
    return response
