"""What the desk answers about drafts, as the OpenAPI document describes it."""

from __future__ import annotations

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from registry.api.schemas import Answer
from registry.models.change_sets import CHANGE_SET_STATUSES


def _maybe_text() -> fields.String:
    return fields.String(required=True, allow_none=True)


def _maybe_day() -> fields.Date:
    return fields.Date(required=True, allow_none=True)


def paged(entry: type[Schema], name: str) -> type[Schema]:
    """The schema of a page of such entries; `name` is the one that the document has."""
    members = {
        "items": fields.List(fields.Nested(entry), required=True),
        "next": fields.String(required=True, allow_none=True),
        "__doc__": f"A page of {name}s.",
        "__module__": __name__,
    }
    return type(f"{name}PageSchema", (Answer,), members)


class ChangeSetSchema(Answer):
    """A proposal for the next version of a referential."""

    id = fields.UUID(required=True)
    referential = fields.String(required=True)
    base_ordinal = fields.Integer(required=True, allow_none=True)
    label = fields.String(required=True)
    effective_on = fields.Date(required=True)
    mode = fields.String(required=True)
    status = fields.String(required=True, validate=OneOf(CHANGE_SET_STATUSES))
    revision = fields.Integer(required=True)
    basis = fields.String(required=True)
    notes = fields.Dict(fields.String(), fields.String(), required=True)
    provenance = fields.List(fields.Dict(), required=True)
    change_class = _maybe_text()
    legal_basis = _maybe_text()
    notice_reason = _maybe_text()
    content_root = _maybe_text()
    author = _maybe_text()
    created_at = fields.String(required=True)
    changed_at = fields.String(required=True)
    consultation = _maybe_text()
    consultation_until = _maybe_day()
    submitted_by = _maybe_text()
    submitted_at = _maybe_text()
    approved_by = _maybe_text()
    approved_at = _maybe_text()
    single_person = fields.Boolean(required=True)
    publish_at = _maybe_text()
    withdraws = fields.Integer(required=True, allow_none=True)


class EditedSchema(Answer):
    """What an edit changed: how many rows, and the revision that the next edit is of."""

    revision = fields.Integer(required=True)
    rows = fields.Integer(required=True)


class OtherNameEntry(Answer):
    """A text that also leads to the item."""

    text = fields.String(required=True)
    language = _maybe_text()
    script = fields.String(required=True)
    use = fields.String(required=True)
    source = fields.String(required=True)


class ObservationEntry(Answer):
    """A dated figure about the item."""

    measure = fields.String(required=True)
    observed_on = fields.Date(required=True)
    value = fields.Raw(required=True, metadata={"type": "number"})
    unit = fields.String(required=True)
    source = fields.String(required=True)


class DraftItemSchema(Answer):
    """An item as the draft lists it, or a code that it lets go (`remove`, without the rest)."""

    code = fields.String(required=True)
    action = fields.String(required=True, validate=OneOf(("set", "remove")))
    source_row = fields.Integer(required=True, allow_none=True)
    level = fields.String()
    parent = fields.String(allow_none=True)
    names = fields.Dict(fields.String(), fields.String())
    attributes = fields.Dict()
    shape = fields.Dict(allow_none=True, metadata={"description": "GeoJSON geometry."})
    other_names = fields.List(fields.Nested(OtherNameEntry))
    observations = fields.List(fields.Nested(ObservationEntry))
    valid_from = fields.Date(allow_none=True)


class FindingSchema(Answer):
    """One thing that is wrong or doubtful: by which rule, in which row, code and column, with which value."""

    rule = fields.String(required=True)
    severity = fields.String(required=True, validate=OneOf(("error", "warning")))
    row = fields.Integer(required=True, allow_none=True)
    code = fields.String(required=True)
    column = fields.String(required=True)
    value = fields.String(required=True)
    message = fields.String(required=True)


class LinkSchema(Answer):
    """One end of an event."""

    code = fields.String(required=True)
    share = fields.Float(required=True, allow_none=True)
    share_basis = _maybe_text()


class DraftEventSchema(Answer):
    """A change event of the draft: proposed, with its confidence and reason, or stated by a person."""

    position = fields.Integer(required=True)
    status = fields.String(required=True, validate=OneOf(("proposed", "confirmed", "rejected")))
    confidence = fields.Float(required=True, allow_none=True)
    reason = _maybe_text()
    type = fields.String(required=True)
    effective_on = fields.Date(required=True)
    sources = fields.List(fields.Nested(LinkSchema), required=True)
    targets = fields.List(fields.Nested(LinkSchema), required=True)
    basis = fields.String(required=True)
    note = _maybe_text()
    earliest_on = _maybe_day()
    latest_on = _maybe_day()


class CommentSchema(Answer):
    """A remark on a change set, or an answer to one."""

    id = fields.Integer(required=True)
    answers = fields.Integer(required=True, allow_none=True)
    author = _maybe_text()
    administration = _maybe_text()
    code = _maybe_text()
    body = fields.String(required=True)
    at = fields.String(required=True)


class PublishedSchema(Answer):
    """The version that came of a change set."""

    referential = fields.String(required=True)
    ordinal = fields.Integer(required=True)
    label = fields.String(required=True)


class ErrorReportSchema(Answer):
    """An error that somebody reported in a published item, and what became of it."""

    id = fields.Integer(required=True)
    referential = fields.String(required=True)
    version = fields.String(required=True)
    code = fields.String(required=True)
    body = fields.String(required=True)
    suggestion = fields.Dict(required=True, allow_none=True)
    at = fields.String(required=True)
    status = fields.String(required=True, validate=OneOf(("open", "accepted", "declined")))
    answer = _maybe_text()
    answered_at = _maybe_text()
    change_set = fields.UUID(required=True, allow_none=True)


ChangeSetPageSchema = paged(ChangeSetSchema, "ChangeSet")
DraftItemPageSchema = paged(DraftItemSchema, "DraftItem")
CommentPageSchema = paged(CommentSchema, "Comment")
ErrorReportPageSchema = paged(ErrorReportSchema, "ErrorReport")
