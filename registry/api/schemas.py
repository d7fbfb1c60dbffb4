"""The answers, as the OpenAPI document describes them."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields
from marshmallow.validate import OneOf

from registry.api.leaves import leaf_of
from registry.serving.listing import STATUSES


class Answer(Schema):
    """An answer: members may be added later, and readers should ignore those that they do not know."""

    class Meta:
        unknown = EXCLUDE


def _names() -> fields.Dict:
    return fields.Dict(fields.String(), fields.String(), required=True)


def _language_asked_for(told: str) -> fields.String:
    return fields.String(metadata={"description": f"The language asked for, with `lang`; {told}."})


def _language_used() -> fields.String:
    return fields.String(allow_none=True, metadata={"description": "The language used, with `lang`."})


class RefusedValueSchema(Answer):
    """An input that is not accepted."""

    name = fields.String(required=True)
    value = fields.String(required=True)
    expected = fields.String(required=True)


class ProblemSchema(Answer):
    """An RFC 9457 problem document; a kind of problem may add members."""

    type = fields.String(required=True, metadata={"description": "Stable; relative to the public base."})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    advice = fields.String(required=True, metadata={"description": "What to do."})
    errors = fields.List(fields.Nested(RefusedValueSchema))
    nearest = fields.List(fields.String(), metadata={"description": "What resembles an unknown id or code."})


class VersionSchema(Answer):
    """One publication of a referential."""

    referential = fields.String(required=True)
    label = fields.String(required=True)
    ordinal = fields.Integer(required=True)
    effective_on = fields.Date(required=True)
    status = fields.String(required=True)
    content_root = fields.String(required=True)
    leaf = fields.Function(
        leaf_of,
        metadata={
            "type": ["integer", "null"],
            "description": "Position of its leaf in the log; null where no checkpoint covers it yet.",
        },
    )
    removed_because = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Why the snapshot of a tombstoned version was removed."},
    )
    published_at = fields.String(
        required=True, metadata={"description": "Of a scheduled version, when it will be published."}
    )
    basis = fields.String(required=True)
    change_class = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "editorial, additive or breaking; null for what came with the installation."
        },
    )
    legal_basis = fields.String(required=True, allow_none=True)
    review = fields.String(
        required=True, metadata={"description": "Who stood behind it: four-eyes, single-person or seed."}
    )
    approval = fields.String(
        required=True, allow_none=True, metadata={"description": "Hash of the approval, as the log has it."}
    )
    notes = _names()
    counts = fields.Dict(fields.String(), fields.Integer(), required=True)
    provenance = fields.List(fields.Dict(), required=True)


class ReferentialSchema(Answer):
    """A register: what it is, who answers for it, since when its records are kept."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    names = _names()
    description = _names()
    owner = fields.String(required=True)
    licence = fields.String(required=True)
    attribution = fields.String(required=True)
    periodicity = fields.String(required=True)
    levels = fields.List(fields.String(), required=True)
    level_names = fields.Dict(fields.String(), _names(), required=True)
    languages = fields.List(fields.String(), required=True)
    stage = fields.String(required=True)
    records_from = fields.Date(required=True, allow_none=True)
    records_basis = fields.String(required=True, allow_none=True)
    version = fields.Function(
        lambda entry: None if entry.latest is None else entry.latest.label,
        metadata={"type": ["string", "null"], "description": "The newest published version."},
    )


class ReferentialListSchema(Answer):
    """All referentials, by id."""

    items = fields.List(fields.Nested(ReferentialSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class VersionListSchema(Answer):
    """The versions of a referential, oldest first."""

    items = fields.List(fields.Nested(VersionSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class OtherNameSchema(Answer):
    """Another name that leads to the item."""

    text = fields.String(required=True)
    language = fields.String(required=True, allow_none=True)
    script = fields.String(required=True)


class ReplacementSchema(Answer):
    """A code that replaced another one, or that was replaced."""

    code = fields.String(required=True)
    event = fields.String(required=True)
    effective_on = fields.Date(required=True)


class ListedItemSchema(Answer):
    """An item in a list."""

    code = fields.String(required=True)
    level = fields.String(required=True)
    parent = fields.String(required=True, allow_none=True)
    names = _names()
    other_names = fields.List(fields.Nested(OtherNameSchema), required=True)
    attributes = fields.Dict(required=True)
    status = fields.String(required=True, validate=OneOf(STATUSES))
    valid_from = fields.Date(required=True, allow_none=True)
    valid_to = fields.Date(required=True, allow_none=True)
    successors = fields.List(fields.Nested(ReplacementSchema), required=True)
    predecessors = fields.List(fields.Nested(ReplacementSchema), required=True)
    language = _language_used()
    shape = fields.Dict(allow_none=True, metadata={"description": "GeoJSON geometry, with `shape`."})


class ItemSchema(ListedItemSchema):
    """An item on a day, as a version has it."""

    version = fields.String(required=True)
    at = fields.Date(required=True)


class ItemListSchema(Answer):
    """A page of items."""

    items = fields.List(fields.Nested(ListedItemSchema), required=True)
    next = fields.String(required=True, allow_none=True)
    version = fields.String(required=True)
    at = fields.Date(required=True)
    language = _language_asked_for("each item says which it got")


class ChangeLinkSchema(Answer):
    """One end of a change event."""

    code = fields.String(required=True)
    level = fields.String(required=True)
    share = fields.Float(required=True, allow_none=True)
    share_basis = fields.String(required=True, allow_none=True)


class ChangeEventSchema(Answer):
    """What happened: source states became target states; the true date lies in `[earliest_on, latest_on]`."""

    id = fields.UUID(required=True)
    type = fields.String(required=True)
    effective_on = fields.Date(required=True)
    earliest_on = fields.Date(required=True, allow_none=True)
    latest_on = fields.Date(required=True, allow_none=True)
    basis = fields.String(required=True)
    note = fields.String(required=True, allow_none=True)
    sources = fields.List(fields.Nested(ChangeLinkSchema), required=True)
    targets = fields.List(fields.Nested(ChangeLinkSchema), required=True)


class PastStateSchema(Answer):
    """What an item was during `[valid_from, valid_to)`; null is an unknown start or an open end."""

    code = fields.String(required=True)
    level = fields.String(required=True)
    parent = fields.String(required=True, allow_none=True)
    names = _names()
    language = _language_used()
    attributes = fields.Dict(required=True)
    valid_from = fields.Date(required=True, allow_none=True)
    valid_to = fields.Date(required=True, allow_none=True)


class ItemHistorySchema(Answer):
    """One item through time."""

    item = fields.UUID(required=True)
    states = fields.List(fields.Nested(PastStateSchema), required=True)
    events = fields.List(fields.Nested(ChangeEventSchema), required=True)


class HistorySchema(Answer):
    """The items that have, had or will have a code."""

    code = fields.String(required=True)
    version = fields.String(required=True)
    records_from = fields.Date(required=True, allow_none=True)
    language = _language_asked_for("each state says which it got")
    items = fields.List(fields.Nested(ItemHistorySchema), required=True)


class TargetSchema(Answer):
    """A code that holds all or a part of what the projected code meant."""

    code = fields.String(required=True)
    level = fields.String(required=True)
    names = _names()
    language = _language_used()
    share = fields.Float(required=True, allow_none=True)
    share_basis = fields.String(required=True, allow_none=True)


class ProjectionSchema(Answer):
    """What a code of one date is on another."""

    code = fields.String(required=True)
    version = fields.String(required=True)
    start = fields.Date(required=True, data_key="from")
    end = fields.Date(required=True, data_key="to")
    outcome = fields.String(required=True)
    ambiguous = fields.Boolean(required=True)
    certain = fields.Boolean(required=True)
    reversible = fields.Boolean(required=True)
    targets = fields.List(fields.Nested(TargetSchema), required=True)
    language = _language_asked_for("each target says which it got")
    path = fields.List(fields.Nested(ChangeEventSchema), required=True)


class CandidateSchema(Answer):
    """An item that a text may mean."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    name_language = fields.String(
        allow_none=True, metadata={"description": "The language used for `name`, with `lang`."}
    )
    score = fields.Float(required=True)
    matched_name = fields.String(required=True)
    language = fields.String(
        required=True, allow_none=True, metadata={"description": "The language of `matched_name`."}
    )
    level = fields.String(required=True)
    parent = fields.String(required=True, allow_none=True)
    parts = fields.Dict(fields.String(), fields.Float(), required=True)


class FoundSchema(Answer):
    """What an answer that depends on the search index was given by."""

    referential = fields.String(required=True)
    version = fields.String(required=True)
    at = fields.Date(required=True)
    content_root = fields.String(required=True)
    key_version = fields.String(required=True)
    language = _language_asked_for("each candidate says which its name is in")


class SuggestionsSchema(FoundSchema):
    """Items whose names go on as the text does, best first."""

    candidates = fields.List(fields.Nested(CandidateSchema), required=True)


class CalibrationSchema(Answer):
    """How far scores are probabilities."""

    support = fields.String(
        required=True,
        validate=OneOf(("labelled", "synthetic", "estimated")),
        metadata={
            "description": "labelled: 0.9 is right nine times in ten, as was measured on labelled files and "
            "tried on this version; synthetic: only on generated noise; estimated: not measured."
        },
    )
    source = fields.String(required=True, allow_none=True, metadata={"description": "What it was fitted on."})


class MatchSchema(Answer):
    """What was found for one text."""

    outcome = fields.String(required=True, validate=OneOf(("exact", "auto", "review", "ambiguous", "none")))
    candidates = fields.List(fields.Nested(CandidateSchema), required=True)


class MatchesSchema(FoundSchema):
    """One result for each text, in order."""

    calibration = fields.Nested(CalibrationSchema, required=True)
    results = fields.List(fields.Nested(MatchSchema), required=True)


class HealthSchema(Answer):
    """Whether the service can answer."""

    status = fields.String(required=True)
    referentials = fields.Integer(required=True)
