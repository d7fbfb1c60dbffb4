"""What harmonisations accept and answer."""

from __future__ import annotations

from typing import Any

from marshmallow import fields
from marshmallow.validate import Length

from registry.api.arguments import NoArguments
from registry.api.fields import OneOf, Whole
from registry.api.schemas import Answer
from registry.desk.choice_schemas import MOST_CHOICES, ChoiceBody
from registry.desk.draft_bodies import PageArguments
from registry.desk.draft_fields import LONGEST_LINE, JsonObject, Truth, Written
from registry.jobs.folders import FORMATS
from registry.jobs.harmonisations import LONGEST_DATA_SET

MOST_PREVIEWED = 200  # rows
# Fields of the form beside the file.
FIELDS = ("recipe", "format", "data_set", "start")
UPLOAD: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {
                        "type": "string",
                        "format": "binary",
                        "description": "CSV, XLSX, ODS or Parquet; told from its bytes, not from its name.",
                    },
                    "recipe": {
                        "type": "string",
                        "description": "What is to be done, as JSON; by default what is proposed.",
                    },
                    "format": {"type": "string", "enum": list(FORMATS), "description": "Of the result."},
                    "data_set": {
                        "type": "string",
                        "description": "The data set it is; choices made for it count more.",
                    },
                    "start": {
                        "type": "string",
                        "enum": ["yes", "no"],
                        "description": "Whether to begin at once, without a look at the proposal.",
                    },
                },
            }
        }
    },
}


def _about(text: str) -> dict[str, str]:
    return {"description": text}


class RecipeBody(NoArguments):
    """What is to be done with a file."""

    recipe = JsonObject(
        required=True, metadata=_about("As the address `recipe` gives it; a wrong member is named.")
    )


class StartBody(NoArguments):
    """What the result should be like; what is left out stays."""

    format = OneOf(tuple(FORMATS), load_default=None)
    data_set = Written(LONGEST_DATA_SET, load_default=None, allow_none=True)


class PreviewArguments(NoArguments):
    """How much is shown."""

    rows = Whole(1, MOST_PREVIEWED, load_default=20, metadata=_about("First rows of the file."))


class ValueArguments(PageArguments):
    """Which values are shown."""

    column = Written(
        LONGEST_LINE,
        load_default=None,
        metadata=_about("Title of a column; by default the first harmonised."),
    )


class SettledBody(NoArguments):
    """What values of a column mean."""

    column = Written(LONGEST_LINE, load_default=None, allow_none=True)
    choices = fields.List(
        fields.Nested(ChoiceBody),
        required=True,
        validate=Length(1, MOST_CHOICES, error=f"a list of 1 to {MOST_CHOICES} choices"),
    )
    remember = Truth(
        load_default=True,
        metadata=_about("Whether they hold for your administration's next files too."),
    )


class LimitsSchema(Answer):
    """What may be uploaded, shown before it is."""

    formats = fields.List(fields.String(), required=True)
    max_bytes = fields.Integer(required=True)
    max_workbook_bytes = fields.Integer(required=True)
    max_unpacked_bytes = fields.Integer(required=True, metadata=_about("Of a zipped workbook."))
    max_rows = fields.Integer(required=True)
    max_columns = fields.Integer(required=True)
    max_harmonised_columns = fields.Integer(required=True)
    max_kept = fields.Integer(required=True, metadata=_about("Files of one person at a time."))
    kept_days = fields.Integer(required=True)
    result_formats = fields.List(fields.String(), required=True)


class ProgressSchema(Answer):
    """How far the work is."""

    phase = fields.String(required=True)
    done = fields.Integer(required=True)
    total = fields.Integer(required=True, allow_none=True)


class StaleSchema(Answer):
    """A choice from before that is not used, because its code has ended."""

    referential = fields.String(required=True)
    text = fields.String(required=True)
    within = fields.String(required=True, allow_none=True)
    code = fields.String(required=True)
    successors = fields.List(fields.String(), required=True)


class RememberedSchema(Answer):
    """What came of the choices that the administration made before."""

    used = fields.Integer(required=True)
    stale = fields.List(fields.Nested(StaleSchema), required=True)


class HarmonisationSchema(Answer):
    """A file and how its harmonisation stands."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    state = fields.String(required=True)
    revision = fields.Integer(required=True)
    format = fields.String(required=True)
    data_set = fields.String(required=True, allow_none=True)
    created_at = fields.String(required=True)
    finished_at = fields.String(required=True, allow_none=True)
    expires_at = fields.String(required=True, metadata=_about("When the file is deleted."))
    attempt = fields.Integer(required=True)
    progress = fields.Nested(ProgressSchema, required=True, allow_none=True)
    error = fields.Dict(required=True, allow_none=True, metadata=_about("A problem document."))
    remembered = fields.Nested(RememberedSchema, required=True)
    settled = fields.Integer(metadata=_about("How many choices are new to remember."))
    proposal = fields.Dict(metadata=_about("How the file is read, and which columns could be harmonised."))


class HarmonisationsSchema(Answer):
    """Harmonisations, the newest first."""

    items = fields.List(fields.Nested(HarmonisationSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class ValueSchema(Answer):
    """A distinct value that is open, and its likeliest item."""

    text = fields.String(required=True)
    within = fields.String(required=True, allow_none=True)
    rows = fields.Integer(required=True)
    outcome = fields.String(required=True)
    code = fields.String(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)
    score = fields.Float(required=True, allow_none=True)
    matched_name = fields.String(required=True, allow_none=True)
    second_code = fields.String(required=True, allow_none=True)
    second_score = fields.Float(required=True, allow_none=True)
    weight = fields.Float(required=True, metadata=_about("Rows × uncertainty: what settling it is worth."))


class ValuesSchema(Answer):
    """Open values, those that are worth most first."""

    column = fields.String(required=True)
    referential = fields.String(required=True)
    items = fields.List(fields.Nested(ValueSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class PreviewSchema(Answer):
    """The first rows as they would come out."""

    header = fields.List(fields.String(), required=True)
    rows = fields.List(fields.List(fields.String()), required=True)
    counted = fields.Integer(required=True, metadata=_about("Rows that the counts are of."))
    columns = fields.List(
        fields.Dict(), required=True, metadata=_about("By outcome, rows and values of each referential.")
    )
