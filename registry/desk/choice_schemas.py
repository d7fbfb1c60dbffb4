"""What choices accept and answer."""

from __future__ import annotations

from marshmallow import fields
from marshmallow.validate import Length

from referentials.kinds import LONGEST_CODE
from registry.api.arguments import LONGEST_LABEL, NoArguments
from registry.api.fields import Whole
from registry.api.schemas import Answer
from registry.choices.remembering import LONGEST_TEXT
from registry.desk.account_schemas import LONGEST_REFERENTIAL
from registry.desk.draft_bodies import PageArguments
from registry.desk.draft_fields import LONGEST_LINE, Written

MOST_CHOICES = 1_000  # of one body
MOST_PROMOTED = 100
_LAST_CHOICE = 2**31 - 1


def _about(text: str) -> dict[str, str]:
    return {"description": text}


class ChoiceFilters(NoArguments):
    """Which choices."""

    referential = Written(
        LONGEST_REFERENTIAL, load_default=None, metadata=_about("Only of this referential.")
    )
    data_set = Written(LONGEST_LINE, load_default=None, metadata=_about("Only those for this data set."))


class ChoiceArguments(PageArguments, ChoiceFilters):
    """Which choices, on which page."""


class ChoiceBody(NoArguments):
    """What a text means."""

    text = Written(LONGEST_TEXT, required=True)
    within = Written(LONGEST_TEXT, load_default=None, allow_none=True)
    code = Written(
        LONGEST_CODE,
        required=True,
        allow_none=True,
        metadata=_about("null where it is not in the referential."),
    )


class ChoicesBody(NoArguments):
    """What texts of an administration's files mean."""

    referential = Written(LONGEST_REFERENTIAL, required=True)
    data_set = Written(
        LONGEST_LINE,
        load_default=None,
        allow_none=True,
        metadata=_about("Name of the data set that they are for; of all without it."),
    )
    choices = fields.List(
        fields.Nested(ChoiceBody),
        required=True,
        validate=Length(1, MOST_CHOICES, error=f"a list of 1 to {MOST_CHOICES} choices"),
    )


class PromotionBody(NoArguments):
    """Choices whose texts should be other names of their items."""

    choices = fields.List(
        Whole(1, _LAST_CHOICE),
        required=True,
        validate=Length(1, MOST_PROMOTED, error=f"a list of 1 to {MOST_PROMOTED} ids"),
    )
    language = Written(35, load_default=None, allow_none=True, metadata=_about("Of all the texts, as fr."))
    change_set = fields.UUID(load_default=None, allow_none=True)
    label = Written(
        LONGEST_LABEL,
        load_default=None,
        allow_none=True,
        metadata=_about("Of the version to be, where a new draft is opened."),
    )


class ChoiceSchema(Answer):
    """A choice that holds."""

    id = fields.Integer(required=True)
    administration = fields.String(required=True)
    referential = fields.String(required=True)
    data_set = fields.String(required=True, allow_none=True)
    text = fields.String(required=True)
    within = fields.String(required=True, allow_none=True)
    code = fields.String(required=True, allow_none=True)
    chosen_by = fields.String(required=True)
    chosen_at = fields.String(required=True)
    source = fields.String(required=True, allow_none=True)
    stale = fields.Boolean(
        required=True,
        metadata=_about("Whether the code has ended; it is not used until somebody chooses anew."),
    )
    successors = fields.List(fields.String(), required=True)


class ChoicesSchema(Answer):
    """Choices, oldest first."""

    items = fields.List(fields.Nested(ChoiceSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class SettledSchema(Answer):
    """How many choices are new, or differ from what held."""

    settled = fields.Integer(required=True)


class PromotionSchema(Answer):
    """Where the names are proposed: in a draft, or as reports to those who may edit."""

    change_set = fields.UUID(required=True, allow_none=True)
    added = fields.Integer(required=True, metadata=_about("Names that the items did not have."))
    reports = fields.List(fields.Integer(), required=True)
