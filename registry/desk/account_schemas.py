"""What accounts, sessions, tokens and the audit trail accept and answer."""

from __future__ import annotations

from typing import Any, Unpack

from marshmallow import ValidationError, fields, validates_schema
from marshmallow.validate import Length

from registry.accounts.actors import CAPABILITIES, SCOPES
from registry.accounts.managing import LONGEST_EMAIL, LONGEST_NAME
from registry.accounts.passwords import LONGEST as LONGEST_PASSWORD
from registry.accounts.passwords import SHORTEST as SHORTEST_PASSWORD
from registry.accounts.tokens import DEFAULT_DAYS, LONGEST_LABEL, MOST_DAYS
from registry.api.arguments import NoArguments
from registry.api.fields import OneOf, Options, Text, Whole
from registry.api.schemas import Answer
from registry.desk.draft_fields import Written

MOST_ENTRIES = 500
LONGEST_REFERENTIAL = 50
_PASSWORD = f"{SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters, and not easily guessed."


class Secret(Text):
    """A password: shown in no message."""

    def __init__(self, **kwargs: Unpack[Options]) -> None:
        super().__init__(LONGEST_PASSWORD, **kwargs)
        self.metadata = {**self.metadata, "format": "password", "writeOnly": True}


class Truth(fields.Field[bool]):
    """True or false, as JSON has them."""

    def __init__(self, **kwargs: Unpack[Options]) -> None:
        super().__init__(**kwargs)
        self.metadata = {"type": "boolean", **self.metadata}

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("true or false")
        return value


class SignInBody(NoArguments):
    """Who signs in."""

    email = Written(LONGEST_EMAIL, required=True)
    password = Secret(required=True)


class PasswordBody(NoArguments):
    """Another password of one's own."""

    current = Secret(required=True)
    new = Secret(required=True, metadata={"description": _PASSWORD})


class GrantBody(NoArguments):
    """A role; of editors and approvers perhaps for one referential only."""

    role = OneOf(tuple(CAPABILITIES), required=True)
    referential = Written(LONGEST_REFERENTIAL, allow_none=True, load_default=None)


class NewPersonBody(NoArguments):
    """Somebody new; without a password they sign in at the OpenID Connect provider only."""

    email = Written(LONGEST_EMAIL, required=True)
    name = Written(LONGEST_NAME, required=True)
    administration = Written(allow_none=True, load_default=None)
    password = Secret(load_default=None, metadata={"description": _PASSWORD})
    roles = fields.List(
        fields.Nested(GrantBody), load_default=[], validate=Length(0, 50, error="a list of at most 50 roles")
    )


class PersonBody(NoArguments):
    """What changes of a person."""

    name = Written(LONGEST_NAME)
    administration = Written(allow_none=True, metadata={"description": "null for none."})
    disabled = Truth(metadata={"description": "Sessions and tokens end at once."})
    password = Secret(metadata={"description": _PASSWORD})

    @validates_schema
    def check_something(self, data: dict[str, Any], **_: object) -> None:
        """An empty change is a mistake."""
        if not data:
            raise ValidationError("at least one member", "body")


class PeopleArguments(NoArguments):
    """The pages of the people."""

    limit = Whole(1, MOST_ENTRIES, load_default=100, metadata={"description": "Most people on one page."})
    cursor = Text(1000, metadata={"description": "`next` of the page before."})


class NewTokenBody(NoArguments):
    """A token to be issued."""

    label = Written(LONGEST_LABEL, required=True, metadata={"description": "What it is for."})
    scopes = fields.List(
        OneOf(SCOPES),
        required=True,
        validate=Length(1, len(SCOPES), error=f"a list of 1 to {len(SCOPES)} scopes"),
        metadata={"description": "Some of what you may do."},
    )
    days = Whole(1, MOST_DAYS, load_default=DEFAULT_DAYS, metadata={"description": "How long it holds."})


class AuditArguments(NoArguments):
    """Which entries of the audit trail."""

    subject_kind = Written(metadata={"description": "As `person`, `token` or `change_set`."})
    subject = Written(metadata={"description": "The id of what was changed."})
    actor = Written(metadata={"description": "A person's id; or what acts by itself, as `marjaa seed`."})
    limit = Whole(1, MOST_ENTRIES, load_default=100, metadata={"description": "Most entries on one page."})
    cursor = Text(
        1000, metadata={"description": "`next` of the page before; the filters must stay the same."}
    )


class GrantSchema(Answer):
    """A role; for all referentials where `referential` is null."""

    role = fields.String(required=True)
    referential = fields.String(required=True, allow_none=True)


class SessionSchema(Answer):
    """Who you are."""

    person = fields.UUID(required=True)
    email = fields.String(required=True)
    name = fields.String(required=True)
    administration = fields.String(required=True, allow_none=True)
    roles = fields.List(fields.Nested(GrantSchema), required=True)
    scopes = fields.List(
        fields.String(), required=True, allow_none=True, metadata={"description": "The token's; else null."}
    )
    csrf_token = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "For the header X-CSRF-Token of all that changes something; null for a token."
        },
    )


class PersonSchema(Answer):
    """Somebody with an account."""

    id = fields.UUID(required=True)
    email = fields.String(required=True)
    name = fields.String(required=True)
    administration = fields.String(required=True, allow_none=True)
    roles = fields.List(fields.Nested(GrantSchema), attribute="grants", required=True)
    has_password = fields.Boolean(required=True)
    created_at = fields.String(required=True)
    disabled_at = fields.String(required=True, allow_none=True)


class PeopleSchema(Answer):
    """A page of people, by e-mail."""

    items = fields.List(fields.Nested(PersonSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class TokenSchema(Answer):
    """A token, without its secret."""

    id = fields.UUID(required=True)
    label = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)
    created_at = fields.String(required=True)
    expires_at = fields.String(required=True)
    revoked_at = fields.String(required=True, allow_none=True)


class NewTokenSchema(TokenSchema):
    """A new token, with its secret."""

    secret = fields.String(
        required=True, metadata={"description": "Told this once: send it as `Authorization: Bearer …`."}
    )


class TokensSchema(Answer):
    """Tokens, the newest first."""

    items = fields.List(fields.Nested(TokenSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class EntrySchema(Answer):
    """One change of state."""

    at = fields.String(required=True)
    actor = fields.String(required=True)
    action = fields.String(required=True)
    subject_kind = fields.String(required=True)
    subject = fields.String(required=True)
    before = fields.Dict(required=True, allow_none=True)
    after = fields.Dict(required=True, allow_none=True)


class TrailSchema(Answer):
    """A page of the audit trail, the newest entry first."""

    items = fields.List(fields.Nested(EntrySchema), required=True)
    next = fields.String(required=True, allow_none=True)
