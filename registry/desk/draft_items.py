"""The listed items of a draft: one by one, several at once, or a file of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

import shapely
from flask import Response
from marshmallow import ValidationError

from referentials.kinds import LONGEST_CODE
from referentials.listing import ListedItem, ListedObservation, OtherName
from registry.api.arguments import NoArguments
from registry.api.blueprint import Blueprint
from registry.desk.authentication import current_actor, everybody, needs
from registry.desk.change_sets import BODY_ERRORS, read_draft
from registry.desk.draft_answers import documented, revision_wanted, send, start_of
from registry.desk.draft_bodies import ForgetArguments, ItemBody, ItemsBody, PageArguments
from registry.desk.draft_fields import Written
from registry.desk.draft_schemas import DraftItemPageSchema, DraftItemSchema, EditedSchema
from registry.desk.working import reading, writing
from registry.errors import BadValue
from registry.publishing.drafts.items import DraftRow, append_items, forget_item
from registry.publishing.drafts.opening import touch
from registry.publishing.drafts.paging import item_of_code, page_items

blueprint = Blueprint("draft-items", __name__, description="The items that a draft lists")


@blueprint.route("/change-sets/<uuid:change_set>/items")
@everybody
@documented(DraftItemPageSchema)
@blueprint.arguments(PageArguments, location="query")
def draft_items(given: dict[str, Any], change_set: UUID) -> Response:
    """What the draft lists, in the order of the file, then of the edits."""
    actor = current_actor()
    with reading() as connection:
        draft = read_draft(connection, actor, change_set)
        start = start_of(given, change_set, draft.revision)
        found = page_items(connection, change_set, start.position, given["limit"])
    following = None if found.next is None else start.cursor(found.next)
    return send({"items": [entry_of(row) for row in found.rows], "next": following}, DraftItemPageSchema)


@blueprint.route("/change-sets/<uuid:change_set>/items/<code>")
@everybody
@documented(DraftItemSchema)
@blueprint.arguments(NoArguments, location="query")
def draft_item(_given: dict[str, Any], change_set: UUID, code: str) -> Response:
    """What the draft says of a code."""
    actor = current_actor()
    with reading() as connection:
        draft = read_draft(connection, actor, change_set)
        row = item_of_code(connection, change_set, code)
    return send(entry_of(row), DraftItemSchema, revision=draft.revision)


@blueprint.route("/change-sets/<uuid:change_set>/items/<code>", methods=["PUT"])
@needs("edit")
@documented(EditedSchema, *BODY_ERRORS, edit=True)
@blueprint.arguments(ItemBody)
def set_draft_item(body: dict[str, Any], change_set: UUID, code: str) -> Response:
    """Let the draft list this item, instead of what it says of its code."""
    item = listed({**body, "code": _accepted(code)})
    return _edit(change_set, [DraftRow(None, "set", item.code, item)])


@blueprint.route("/change-sets/<uuid:change_set>/items/<code>", methods=["DELETE"])
@needs("edit")
@documented(EditedSchema, edit=True)
@blueprint.arguments(ForgetArguments, location="query")
def remove_draft_item(given: dict[str, Any], change_set: UUID, code: str) -> Response:
    """Let the draft let go of a code of its base; with `forget`, let it say nothing of the code any more."""
    accepted = _accepted(code)
    if given["forget"] == "yes":
        return _edit(change_set, [], forgotten=[accepted])
    return _edit(change_set, [DraftRow(None, "remove", accepted, None)])


@blueprint.route("/change-sets/<uuid:change_set>/items", methods=["POST"])
@needs("edit")
@documented(EditedSchema, *BODY_ERRORS, edit=True)
@blueprint.arguments(ItemsBody)
def edit_draft_items(body: dict[str, Any], change_set: UUID) -> Response:
    """List several items, and let go of several codes, at once: all of them or, by an error, none."""
    rows = [DraftRow(None, "set", item.code, item) for item in map(listed, body["set"])]
    rows += [DraftRow(None, "remove", code, None) for code in body["remove"]]
    return _edit(change_set, rows)


def listed(body: Mapping[str, Any]) -> ListedItem:
    """The item that a body states."""
    return ListedItem(
        **{
            **body,
            "other_names": tuple(OtherName(**each) for each in body["other_names"]),
            "observations": tuple(ListedObservation(**each) for each in body["observations"]),
        }
    )


def entry_of(row: DraftRow) -> dict[str, object]:
    """A row as the desk shows it."""
    head: dict[str, object] = {"code": row.code, "action": row.action, "source_row": row.source_row}
    if row.item is None:
        return head
    shape = None if row.item.shape is None else json.loads(shapely.to_geojson(row.item.shape))
    return {**asdict(replace(row.item, shape=None)), **head, "shape": shape}


def _edit(change_set: UUID, rows: Sequence[DraftRow], forgotten: Sequence[str] = ()) -> Response:
    actor, revision = current_actor(), revision_wanted()
    codes = {
        "set": [row.code for row in rows if row.action == "set"],
        "removed": [row.code for row in rows if row.action == "remove"],
        "forgotten": forgotten,
    }
    with writing() as connection:
        draft = touch(connection, actor, change_set, revision, codes=codes)
        gone = sum(
            forget_item(connection, change_set, code) for code in (*forgotten, *(row.code for row in rows))
        )
        kept = append_items(connection, change_set, rows)
    return send({"revision": draft.revision, "rows": kept or gone}, EditedSchema, revision=draft.revision)


def _accepted(code: str) -> str:
    try:
        return Written(LONGEST_CODE).deserialize(code)
    except ValidationError as error:
        raise BadValue("code", code, f"{error.messages[0]}") from error
