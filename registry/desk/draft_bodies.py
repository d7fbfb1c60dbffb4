"""What the desk accepts about drafts, in queries and bodies. An unknown member is refused, not ignored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validates_schema
from marshmallow.validate import Length

from referentials.comparing import KINDS
from referentials.events import EVENTS
from referentials.kinds import LONGEST_CODE
from registry.api.arguments import LONGEST_LABEL, NoArguments
from registry.api.fields import Day, DayOrToday, OneOf, Several, Text, Whole
from registry.desk.draft_fields import (
    LONGEST_LINE,
    LONGEST_PROSE,
    Figure,
    Geometry,
    JsonObject,
    MomentOfTime,
    Texts,
    Written,
)
from registry.models.change_sets import CHANGE_CLASSES, CHANGE_SET_STATUSES
from registry.serving.finding import DEFAULT_CANDIDATES, MOST_CANDIDATES

MODES = ("full", "changes")
USES = ("alternative", "hidden", "entry", "exclusion")
MOST_ITEMS = 1_000  # of one body
MOST_LINKS = 1_000  # sources or targets of an event
MOST_SOURCES = 50  # files that a version says it comes from
DEFAULT_LIMIT = 100
MOST = 1_000
_LAST_POSITION = 2**31 - 1


def _about(text: str) -> dict[str, str]:
    return {"description": text}


class PageArguments(NoArguments):
    """The pages of a list."""

    limit = Whole(1, MOST, load_default=DEFAULT_LIMIT, metadata=_about("Most entries on one page."))
    cursor = Text(1000, metadata=_about("`next` of the page before; filters must stay the same."))


class ChangeSetArguments(PageArguments):
    """Which change sets are listed."""

    referential = Written(50, metadata=_about("Only those of this referential."))
    status = Several(OneOf(CHANGE_SET_STATUSES), metadata=_about("Only those with these statuses."))


class DetailsBody(NoArguments):
    """What a change set says of the version to be; what is left out stays."""

    label = Written(LONGEST_LABEL)
    effective_on = Day()
    basis = Written(LONGEST_LINE)
    notes = Texts(LONGEST_PROSE)
    provenance = fields.List(JsonObject(), validate=Length(0, MOST_SOURCES))
    legal_basis = Written(LONGEST_LINE, allow_none=True)
    change_class = OneOf(CHANGE_CLASSES, allow_none=True)
    notice_reason = Written(LONGEST_LINE, allow_none=True)

    @validates_schema
    def check_any(self, data: Mapping[str, Any], **_: object) -> None:
        """An edit edits something."""
        if not data:
            raise ValidationError("at least one member", "body")


class NewChangeSetBody(NoArguments):
    """A draft over the newest version of a referential."""

    referential = Written(50, required=True)
    label = Written(LONGEST_LABEL, required=True, metadata=_about("Of the version to be, as 2024.1."))
    effective_on = Day(required=True)
    mode = OneOf(
        MODES,
        load_default="full",
        metadata=_about("Whether its items will be the whole list, or only what changes."),
    )
    basis = Written(LONGEST_LINE, load_default="")
    notes = Texts(LONGEST_PROSE, load_default=dict)
    provenance = fields.List(JsonObject(), load_default=list, validate=Length(0, MOST_SOURCES))
    legal_basis = Written(LONGEST_LINE, load_default=None, allow_none=True)
    change_class = OneOf(CHANGE_CLASSES, load_default=None, allow_none=True)
    notice_reason = Written(LONGEST_LINE, load_default=None, allow_none=True)


class OtherNameBody(NoArguments):
    """A text that also leads to the item."""

    text = Written(LONGEST_LINE, required=True)
    language = Written(35, load_default=None, allow_none=True)
    script = Written(4, required=True)
    use = OneOf(USES, load_default="alternative")
    source = Written(LONGEST_LINE, required=True)


class ObservationBody(NoArguments):
    """A dated figure about the item."""

    measure = Written(100, required=True)
    observed_on = Day(required=True)
    value = Figure(required=True)
    unit = Written(100, required=True)
    source = Written(LONGEST_LINE, required=True)


class ItemBody(NoArguments):
    """An item as the draft lists it; its code is in the address."""

    level = Written(LONGEST_LABEL, required=True)
    parent = Written(LONGEST_CODE, load_default=None, allow_none=True)
    names = Texts(required=True)
    attributes = JsonObject(load_default=dict)
    shape = Geometry(load_default=None, allow_none=True)
    other_names = fields.List(fields.Nested(OtherNameBody), load_default=list, validate=Length(0, 1_000))
    observations = fields.List(fields.Nested(ObservationBody), load_default=list, validate=Length(0, 1_000))
    valid_from = Day(load_default=None, allow_none=True)


class CodedItemBody(ItemBody):
    """An item in a list of several."""

    code = Written(LONGEST_CODE, required=True)


class ItemsBody(NoArguments):
    """Several items that the draft lists, and codes that it lets go."""

    set = fields.List(fields.Nested(CodedItemBody), load_default=list, validate=Length(0, MOST_ITEMS))
    remove = fields.List(Written(LONGEST_CODE), load_default=list, validate=Length(0, MOST_ITEMS))

    @validates_schema
    def check_any(self, data: Mapping[str, Any], **_: object) -> None:
        """Each code once, and at least one."""
        codes = [item["code"] for item in data["set"]] + list(data["remove"])
        if not 1 <= len(codes) <= MOST_ITEMS:
            raise ValidationError(f"1 to {MOST_ITEMS:,} items and codes in all", "body")
        if len(codes) != len(set(codes)):
            raise ValidationError("each code once", "body")


class ForgetArguments(NoArguments):
    """Whether a code is let go, or no longer mentioned."""

    forget = OneOf(
        ("yes", "no"),
        load_default="no",
        metadata=_about("`yes`: the draft says nothing of the code any more, and the base's item stays."),
    )


class FileArguments(NoArguments):
    """How a file is read."""

    format = Written(20, metadata=_about("By default what its name and first bytes tell."))
    name = Written(200, metadata=_about("Name of the file, kept as its source."))
    sheet = Written(100, metadata=_about("Sheet of a workbook; by default the first."))
    level = Written(LONGEST_LABEL, metadata=_about("Level of items whose row names none."))
    mapping = Written(
        LONGEST_PROSE,
        metadata=_about('JSON object {role: column}, as {"code": "CODE_COM"}; by default guessed.'),
    )
    shapes_only = OneOf(
        ("yes", "no"),
        load_default="no",
        metadata=_about("`yes`: nothing but codes and shapes is taken; the items are those of the base."),
    )


class ComparisonArguments(PageArguments):
    """What of a comparison is told, and how."""

    level = Several(Text(LONGEST_LABEL), metadata=_about("Level, or several: repeated or with commas."))
    kind = Several(OneOf(tuple(KINDS)), metadata=_about("Only items that differ so."))
    format = OneOf(
        ("json", "csv", "text"),
        load_default="json",
        metadata=_about("JSON page by page; CSV and text hold everything."),
    )


class FilteredFindingArguments(NoArguments):
    """Which findings are told."""

    severity = OneOf(("error", "warning"), metadata=_about("Only errors, or only warnings."))
    rule = Written(100, metadata=_about("Only those of one rule."))
    code = Written(LONGEST_CODE, metadata=_about("Only those about one code."))


class FindingArguments(FilteredFindingArguments, PageArguments):
    """Which findings are listed, page by page."""


class WordBody(NoArguments):
    """Why the warnings of a rule are in order."""

    word = Written(LONGEST_PROSE, required=True)


class EventArguments(PageArguments):
    """Which events are listed."""

    status = Several(
        OneOf(("proposed", "confirmed", "rejected")), metadata=_about("Only those with these statuses.")
    )


class LinkBody(NoArguments):
    """One end of an event."""

    code = Written(LONGEST_CODE, required=True)
    share = Figure(0, 1, load_default=None, allow_none=True)
    share_basis = Written(100, load_default=None, allow_none=True)


class EventBody(NoArguments):
    """A change event that the editor states."""

    type = OneOf(tuple(EVENTS), required=True)
    effective_on = Day(required=True)
    sources = fields.List(fields.Nested(LinkBody), load_default=list, validate=Length(0, MOST_LINKS))
    targets = fields.List(fields.Nested(LinkBody), load_default=list, validate=Length(0, MOST_LINKS))
    basis = Written(LONGEST_LINE, required=True)
    note = Written(LONGEST_PROSE, load_default=None, allow_none=True)
    earliest_on = Day(load_default=None, allow_none=True)
    latest_on = Day(load_default=None, allow_none=True)

    @validates_schema
    def check_ends(self, data: Mapping[str, Any], **_: object) -> None:
        """An event happens to something."""
        if not (data["sources"] or data["targets"]):
            raise ValidationError("at least one source or target", "body")


class DecisionBody(NoArguments):
    """What the editor decides about one event."""

    status = OneOf(("confirmed", "rejected"), required=True)


class DecisionsBody(DecisionBody):
    """What the editor decides about several events."""

    positions = fields.List(
        Whole(0, _LAST_POSITION), required=True, validate=Length(1, 10_000, error="1 to 10,000 positions")
    )


class NoteBody(NoArguments):
    """What goes with a step."""

    note = Written(LONGEST_PROSE, required=True)


class ApprovalBody(NoArguments):
    """Which content is approved: the root that the approver looked at."""

    content_root = Written(64, required=True)
    note = Written(LONGEST_PROSE, load_default=None, allow_none=True)


class ScheduleBody(NoArguments):
    """When an approved change set is published."""

    publish_at = MomentOfTime(required=True, allow_none=True)


class CommentBody(NoArguments):
    """A remark, about an item where a code is named, or an answer to another one."""

    body = Written(LONGEST_PROSE, required=True)
    code = Written(LONGEST_CODE, load_default=None, allow_none=True)
    answers = Whole(1, 2**53, load_default=None, allow_none=True)


class ConsultationBody(NoArguments):
    """To whom a draft is open, and until when."""

    to = OneOf(("everyone", "administrations"), required=True)
    administrations = fields.List(Written(100), load_default=list, validate=Length(0, 1_000))
    until = Day(required=True)


class ErrorReportBody(NoArguments):
    """An error in a published item, and what would be right."""

    referential = Written(50, required=True)
    version = Written(LONGEST_LABEL, load_default=None, allow_none=True)
    code = Written(LONGEST_CODE, required=True)
    body = Written(LONGEST_PROSE, required=True)
    suggestion = JsonObject(load_default=None, allow_none=True)


class ErrorReportArguments(PageArguments):
    """Which error reports are listed."""

    referential = Written(50, metadata=_about("Only those about this referential."))
    status = Several(
        OneOf(("open", "accepted", "declined")), metadata=_about("Only those with these statuses.")
    )


class ErrorAnswerBody(NoArguments):
    """What becomes of a report."""

    status = OneOf(("accepted", "declined"), required=True)
    answer = Written(LONGEST_PROSE, required=True)
    change_set = fields.UUID(
        load_default=None, allow_none=True, metadata=_about("Draft to put it right in; by default a new one.")
    )


class PreviewMatchArguments(NoArguments):
    """A text to match in a preview."""

    at = DayOrToday(
        metadata=_about("Day that the answer is about; by default when the version is effective.")
    )
    q = Text(required=True, metadata=_about("The text."))
    level = Several(Text(LONGEST_LABEL), metadata=_about("Level, or several: repeated or with commas."))
    within = Text(metadata=_about("Code or name of a parent; it may be misspelt."))
    limit = Whole(1, MOST_CANDIDATES, load_default=DEFAULT_CANDIDATES, metadata=_about("Most candidates."))
