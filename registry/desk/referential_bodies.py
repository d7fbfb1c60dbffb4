"""What is said of a referential when it is registered: the form of a seed's entry, over HTTP and in TOML."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validates_schema
from marshmallow.validate import Length

from referentials.kinds import KINDS
from registry.api.arguments import NoArguments
from registry.api.fields import Day, OneOf
from registry.api.schemas import Answer
from registry.desk.draft_fields import LONGEST_LINE, LONGEST_PROSE, Texts, Written
from registry.naming import ID_EXPECTED, BadName, referential_id
from seeds.model import STAGES, Level, SeedReferential
from seeds.tables import LANGUAGES

MOST_LEVELS = 20
MOST_LANGUAGES = 20
_ID = {"pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class Identifier(Written):
    """An id of a referential or of a level, which is part of addresses."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:
        try:
            return referential_id(super()._deserialize(value, attr, data, **kwargs))
        except BadName as error:
            raise ValidationError(ID_EXPECTED) from error


class Language(Written):
    """A language as BCP 47 writes it: fr, ar, zgh."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not _LANGUAGE.fullmatch(text):
            raise ValidationError("a language as fr, ar or zgh")
        return text


class Pattern(Written):
    """A regular expression."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            re.compile(text)
        except (re.error, RecursionError, OverflowError) as error:
            raise ValidationError(f"a regular expression ({error})") from error
        return text


class Titles(Texts):
    """A text in French, Arabic and English at least."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> dict[str, str]:
        texts = super()._deserialize(value, attr, data, **kwargs)
        if not texts.keys() >= set(LANGUAGES):
            raise ValidationError(f"a text in each of {', '.join(LANGUAGES)}")
        return texts


class LevelBody(NoArguments):
    """A level, with what its whole codes look like where that is known."""

    id = Identifier(50, required=True, metadata=_ID)
    names = Titles(required=True)
    code_pattern = Pattern(
        LONGEST_LINE,
        load_default=None,
        allow_none=True,
        metadata={
            "description": "Regular expression of whole codes; its group `parent` begins the parent's code."
        },
    )


class ReferentialBody(NoArguments):
    """A referential; levels go from the widest to the narrowest."""

    id = Identifier(50, required=True, metadata=_ID)
    kind = OneOf(tuple(KINDS), required=True)
    names = Titles(required=True)
    description = Titles(LONGEST_PROSE, load_default=dict)
    owner = Written(LONGEST_LINE, required=True)
    licence = Written(LONGEST_LINE, required=True)
    attribution = Written(LONGEST_LINE, required=True)
    periodicity = Written(LONGEST_LINE, required=True)
    levels = fields.List(fields.Nested(LevelBody), required=True, validate=Length(1, MOST_LEVELS))
    languages = fields.List(
        Language(35, metadata={"pattern": f"^{_LANGUAGE.pattern}$"}),
        required=True,
        validate=Length(1, MOST_LANGUAGES),
    )
    stage = OneOf(STAGES, required=True)
    records_from = Day(load_default=None, allow_none=True)
    records_basis = Written(LONGEST_LINE, load_default=None, allow_none=True)

    @validates_schema
    def check_together(self, data: Mapping[str, Any], **_: object) -> None:
        """Nothing is listed twice, and the beginning of the records has its basis."""
        wrong: dict[str, list[str]] = {}
        for name, listed in (
            ("levels", [level["id"] for level in data["levels"]]),
            ("languages", data["languages"]),
        ):
            twice = sorted(text for text, count in Counter(listed).items() if count > 1)
            if twice:
                wrong[name] = [f"each of {', '.join(twice)} once"]
        if (data["records_from"] is None) != (data["records_basis"] is None):
            wrong["records_basis"] = ["both records_from and records_basis, or none of them"]
        if wrong:
            raise ValidationError(dict(wrong))


def referential_in(body: Mapping[str, Any]) -> SeedReferential:
    """What a loaded body describes."""
    levels = tuple(Level(**level) for level in body["levels"])
    listed = {"levels": levels, "languages": tuple(body["languages"]), "versions": ()}
    return SeedReferential(**{**body, **listed})


class RegisteredLevelSchema(Answer):
    """A level as it was registered."""

    id = fields.String(required=True)
    names = fields.Dict(fields.String(), fields.String(), required=True)
    code_pattern = fields.String(required=True, allow_none=True)


class RegisteredSchema(Answer):
    """A referential as it was registered."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    names = fields.Dict(fields.String(), fields.String(), required=True)
    description = fields.Dict(fields.String(), fields.String(), required=True)
    owner = fields.String(required=True)
    licence = fields.String(required=True)
    attribution = fields.String(required=True)
    periodicity = fields.String(required=True)
    levels = fields.List(fields.Nested(RegisteredLevelSchema), required=True)
    languages = fields.List(fields.String(), required=True)
    stage = fields.String(required=True)
    records_from = fields.Date(required=True, allow_none=True)
    records_basis = fields.String(required=True, allow_none=True)
