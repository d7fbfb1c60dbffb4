"""What the desk answers about drafts, as the OpenAPI document describes it."""

from __future__ import annotations

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from registry.api.compare_schemas import ItemChangeSchema, StatedEventSchema
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


class RuleCountEntry(Answer):
    """How often a rule found something, listed or not."""

    rule = fields.String(required=True)
    severity = fields.String(required=True)
    count = fields.Integer(required=True)


class WordEntry(Answer):
    """Why an editor says that the warnings of a rule are in order."""

    rule = fields.String(required=True)
    word = fields.String(required=True)
    given_by = fields.String(required=True)
    given_at = fields.String(required=True)


class ReportSchema(Answer):
    """What the latest validation found; a rule with warnings and without a word is an open question."""

    change_set = fields.UUID(required=True)
    revision = fields.Integer(required=True)
    checked_at = fields.String(required=True)
    is_current = fields.Boolean(
        required=True, metadata={"description": "Whether the draft is still what was looked at."}
    )
    errors = fields.Integer(required=True)
    warnings = fields.Integer(required=True)
    truncated = fields.Boolean(
        required=True, metadata={"description": "Whether more was found than is listed."}
    )
    open_questions = fields.List(fields.String(), required=True)
    counts = fields.List(fields.Nested(RuleCountEntry), required=True)
    words = fields.List(fields.Nested(WordEntry), required=True)
    items = fields.List(fields.Nested(FindingSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class MappingEntry(Answer):
    """The column for each role, the reason for it, the columns that play none, and the level of all rows."""

    columns = fields.Dict(fields.String(), fields.String(), required=True)
    reasons = fields.Dict(fields.String(), fields.String(), required=True)
    unused = fields.List(fields.String(), required=True)
    level = _maybe_text()


class MappingSchema(Answer):
    """How the columns of the latest file were understood, besides what else is known of it."""

    mapping = fields.Dict(required=True, allow_none=True)


class ImportReportSchema(Answer):
    """What was read of a file: its rows, the items and removals among them, what was refused and why."""

    file = fields.String(required=True)
    sha256 = fields.String(required=True)
    format = fields.String(required=True)
    mapping = fields.Nested(MappingEntry, required=True)
    rows = fields.Integer(required=True)
    items = fields.Integer(required=True)
    removed = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    problems = fields.List(fields.Nested(FindingSchema), required=True)
    counts = fields.Dict(fields.String(), fields.Integer(), required=True)
    resumed_after = fields.Integer(required=True)
    warnings = fields.List(fields.String(), required=True, metadata={"description": "About the whole file."})


class DraftComparisonSchema(Answer):
    """What a draft changes: items by code, and the events that it states."""

    referential = fields.String(required=True)
    from_version = _maybe_text()
    to_version = fields.String(required=True)
    summary = fields.Dict(fields.String(), fields.Dict(fields.String(), fields.Integer()), required=True)
    event_counts = fields.Dict(fields.String(), fields.Integer(), required=True)
    items = fields.List(fields.Nested(ItemChangeSchema), required=True)
    events = fields.List(fields.Nested(StatedEventSchema), required=True)
    withdrawn_events = fields.List(fields.Nested(StatedEventSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class DraftLinkSchema(Answer):
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
    sources = fields.List(fields.Nested(DraftLinkSchema), required=True)
    targets = fields.List(fields.Nested(DraftLinkSchema), required=True)
    basis = fields.String(required=True)
    note = _maybe_text()
    earliest_on = _maybe_day()
    latest_on = _maybe_day()


class UnexplainedSchema(Answer):
    """Codes that appear or disappear, and no confirmed event says why."""

    codes = fields.List(fields.String(), required=True)


class CommentSchema(Answer):
    """A remark on a change set, or an answer to one."""

    id = fields.Integer(required=True)
    answers = fields.Integer(required=True, allow_none=True)
    author = _maybe_text()
    administration = _maybe_text()
    code = _maybe_text()
    body = fields.String(required=True)
    at = fields.String(required=True)


class RebasedSchema(Answer):
    """A draft over another base: codes that it took over, and those that both touched, differently."""

    change_set = fields.Nested(ChangeSetSchema, required=True)
    taken_over = fields.List(fields.String(), required=True)
    conflicts = fields.List(fields.String(), required=True)


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
DraftEventPageSchema = paged(DraftEventSchema, "DraftEvent")
CommentPageSchema = paged(CommentSchema, "Comment")
ErrorReportPageSchema = paged(ErrorReportSchema, "ErrorReport")
