"""What each resource accepts in its query and body. An unknown parameter is refused, not ignored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validates_schema
from marshmallow.validate import Length

from referentials.kinds import LONGEST_CODE
from registry.api.fields import BoundingBox, Codes, Day, DayOrToday, OneOf, Place, Several, Text, Whole
from registry.serving.finding import DEFAULT_CANDIDATES, DEFAULT_SUGGESTIONS, MOST_CANDIDATES
from registry.serving.listing import DEFAULT_LIMIT, MOST, STATUSES
from registry.serving.rendering import SHAPES

LONGEST_LABEL = 100  # characters of a version's label or a level
MOST_QUERIES = 100
MOST_CHARACTERS = 20_000

_AT = "Day that the answer is about; by default today, or with a version the day it is effective on."
_LANG = "Language of the names; falls back to another, and says so."
_LEVEL = "Level, or several: repeated or with commas."


def _about(text: str) -> dict[str, str]:
    return {"description": text}


class NoArguments(Schema):
    """A resource without parameters."""

    class Meta:
        unknown = RAISE


class LookupArguments(NoArguments):
    """How one item is shown; the look-up path parses these by hand."""

    at = DayOrToday(metadata=_about(_AT))
    lang = Text(35, metadata=_about(_LANG))
    shape = OneOf(SHAPES, metadata=_about("Adds the shape as GeoJSON."))


class UnversionedLookupArguments(LookupArguments):
    """The same where the address has no version."""

    version = Text(LONGEST_LABEL, metadata=_about("Label of a version; by default the newest published one."))


class FilterArguments(LookupArguments):
    """Filters of items."""

    status = Several(OneOf(STATUSES), metadata=_about("Statuses on that day; by default valid items."))
    level = Several(Text(LONGEST_LABEL), metadata=_about(_LEVEL))
    parent = Text(LONGEST_CODE, metadata=_about("Code whose direct children are listed."))
    under = Text(LONGEST_CODE, metadata=_about("Code whose descendants, at any depth, are listed."))
    codes = Codes(
        Text(2 * LONGEST_CODE + 2),
        metadata=_about("Codes, ranges `A..B` (both ends included) and prefixes `09.*`."),
    )
    bbox = BoundingBox(metadata=_about("west,south,east,north in degrees, WGS 84."))
    containing = Place(metadata=_about("longitude,latitude of a point that lies in the shape, WGS 84."))


class ListArguments(FilterArguments):
    """Filters of a list of items, and its pages."""

    q = Text(metadata=_about("Text that names resemble; the best come first."))
    limit = Whole(1, MOST, load_default=DEFAULT_LIMIT, metadata=_about("Most items on one page."))
    cursor = Text(1000, metadata=_about("`next` of the page before; filters must stay the same."))


class UnversionedListArguments(ListArguments):
    """The same where the address has no version."""

    version = Text(LONGEST_LABEL, metadata=_about("Label of a version; by default the newest published one."))


class UnversionedExportArguments(FilterArguments):
    """The same where the address has no version."""

    version = Text(LONGEST_LABEL, metadata=_about("Label of a version; by default the newest published one."))


class VersionArguments(NoArguments):
    """Which version answers."""

    version = Text(LONGEST_LABEL, metadata=_about("Label of a version; by default the newest published one."))


class HistoryArguments(VersionArguments):
    """Which version tells the history, with names in which language."""

    lang = Text(35, metadata=_about(_LANG))


class IndexArguments(VersionArguments):
    """Which version tells the index of a code, and on which day."""

    at = DayOrToday(metadata=_about(_AT))


class ProjectionArguments(HistoryArguments):
    """From which day to which a code is projected."""

    start = Day(data_key="from", required=True, metadata=_about("Day on which the code held."))
    end = Day(data_key="to", required=True, metadata=_about("Day to project to; may be the earlier one."))


class FindArguments(HistoryArguments):
    """A text to find an item for."""

    at = DayOrToday(metadata=_about(_AT))
    q = Text(required=True, metadata=_about("The text."))
    level = Several(Text(LONGEST_LABEL), metadata=_about(_LEVEL))


class SuggestArguments(FindArguments):
    """A text that someone is typing."""

    limit = Whole(1, MOST_CANDIDATES, load_default=DEFAULT_SUGGESTIONS, metadata=_about("Most suggestions."))


class MatchArguments(FindArguments):
    """A text to match."""

    within = Text(metadata=_about("Code or name of a parent; it may be misspelt."))
    limit = Whole(1, MOST_CANDIDATES, load_default=DEFAULT_CANDIDATES, metadata=_about("Most candidates."))


class MatchBodyArguments(HistoryArguments):
    """The query of a POST: the texts are in the body."""

    at = DayOrToday(metadata=_about(_AT))


class MatchQuery(NoArguments):
    """One text of a body."""

    text = Text(required=True)
    within = Text(allow_none=True, load_default=None)
    level = Several(Text(LONGEST_LABEL), load_default=())


class MatchBody(NoArguments):
    """The body of a POST to match."""

    queries = fields.List(
        fields.Nested(MatchQuery),
        required=True,
        validate=Length(1, MOST_QUERIES, error=f"a list of 1 to {MOST_QUERIES} queries"),
        metadata=_about(f"At most {MOST_QUERIES} queries of {MOST_CHARACTERS:,} characters in all."),
    )
    limit = Whole(1, MOST_CANDIDATES, load_default=DEFAULT_CANDIDATES)

    @validates_schema
    def check_characters(self, data: Mapping[str, Any], **_: object) -> None:
        """Matching takes as long as the texts are."""
        characters = sum(len(each["text"]) + len(each["within"] or "") for each in data["queries"])
        if characters > MOST_CHARACTERS:
            said = f"texts and parents of at most {MOST_CHARACTERS:,} characters in all, not {characters:,}"
            raise ValidationError(said, "queries")
