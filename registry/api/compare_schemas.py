"""What a comparison accepts, and what it answers."""

from __future__ import annotations

from marshmallow import fields
from marshmallow.validate import OneOf as AnyOf

from referentials.comparing import KINDS
from referentials.records import EVENT_TYPES
from registry.api.arguments import LONGEST_LABEL, NoArguments
from registry.api.fields import OneOf, Several, Text, Whole
from registry.api.schemas import Answer
from registry.serving.comparing import WHOLE
from registry.serving.listing import DEFAULT_LIMIT, MOST

FORMATS = ("json", *WHOLE)


def _about(text: str) -> dict[str, str]:
    return {"description": text}


class CompareArguments(NoArguments):
    """Which versions are compared, and what of it is told."""

    from_version = Text(
        LONGEST_LABEL, metadata=_about("Label of the earlier version; by default the one before the other.")
    )
    to_version = Text(
        LONGEST_LABEL, metadata=_about("Label of the later version; by default the newest published one.")
    )
    level = Several(Text(LONGEST_LABEL), metadata=_about("Level, or several: repeated or with commas."))
    kind = Several(
        OneOf(tuple(KINDS)), metadata=_about("Items that differ so; change events are left out then.")
    )
    format = OneOf(
        FORMATS, load_default="json", metadata=_about("JSON page by page; CSV and text hold everything.")
    )
    limit = Whole(1, MOST, metadata=_about(f"Most items and events on one page; {DEFAULT_LIMIT} by default."))
    cursor = Text(1000, metadata=_about("`next` of the page before; filters must stay the same."))


class FieldChangeSchema(Answer):
    """One field of an item, before and after; null where it had, or has, no value."""

    field = fields.String(required=True)
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)


class ItemChangeSchema(Answer):
    """An item that differs."""

    item = fields.String(required=True)
    level = fields.String(required=True)
    code_before = fields.String(required=True, allow_none=True)
    code_after = fields.String(required=True, allow_none=True)
    names = fields.Dict(fields.String(), fields.String(), required=True)
    kinds = fields.List(fields.String(validate=AnyOf(tuple(KINDS))), required=True)
    fields_ = fields.List(
        fields.Nested(FieldChangeSchema), required=True, data_key="fields", attribute="fields"
    )
    moved_km = fields.Float(required=True, allow_none=True)
    reshaped_km2 = fields.Float(required=True, allow_none=True)
    reshaped_share = fields.Float(required=True, allow_none=True)


class LinkSchema(Answer):
    """A code that an event starts from or leads to."""

    code = fields.String(required=True)
    level = fields.String(required=True)
    share = fields.Float(required=True, allow_none=True)
    share_basis = fields.String(required=True, allow_none=True)


class StatedEventSchema(Answer):
    """A change event that one of the two versions states."""

    id = fields.String(required=True)
    type = fields.String(required=True, validate=AnyOf(EVENT_TYPES))
    effective_on = fields.Date(required=True)
    sources = fields.List(fields.Nested(LinkSchema), required=True)
    targets = fields.List(fields.Nested(LinkSchema), required=True)
    basis = fields.String(required=True)
    note = fields.String(required=True, allow_none=True)


class ComparisonSchema(Answer):
    """What changes from one version to another: items by code, then events by date."""

    referential = fields.String(required=True)
    from_version = fields.String(required=True)
    from_content_root = fields.String(required=True)
    to_version = fields.String(required=True)
    to_content_root = fields.String(required=True)
    summary = fields.Dict(
        fields.String(),
        fields.Dict(fields.String(), fields.Integer()),
        required=True,
        metadata={"description": "Items by level and kind, of all pages; `items` counts each once."},
    )
    event_counts = fields.Dict(fields.String(), fields.Integer(), required=True)
    items = fields.List(fields.Nested(ItemChangeSchema), required=True)
    events = fields.List(fields.Nested(StatedEventSchema), required=True)
    withdrawn_events = fields.List(fields.Nested(StatedEventSchema), required=True)
    next = fields.String(required=True, allow_none=True)
