"""What the log's resources accept and answer, as the OpenAPI document describes it."""

from __future__ import annotations

from marshmallow import fields

from registry.api.arguments import NoArguments
from registry.api.fields import Whole
from registry.api.schemas import Answer

MOST_LEAVES = 1000
LARGEST = 999_999_999

_HEX = {"pattern": "^[0-9a-f]{64}$", "description": "SHA-256, hexadecimal."}


def _about(text: str) -> dict[str, str]:
    return {"description": text}


class LeavesArguments(NoArguments):
    """Which leaves."""

    start = Whole(0, LARGEST, load_default=0, metadata=_about("Position of the first leaf; they run from 0."))
    limit = Whole(1, MOST_LEAVES, load_default=100, metadata=_about("Most leaves on one page."))


class InclusionArguments(NoArguments):
    """Which leaf, in the tree of how many leaves."""

    position = Whole(0, LARGEST, required=True, metadata=_about("Position of the leaf; they run from 0."))
    size = Whole(1, LARGEST, metadata=_about("Size of the tree; by default that of the checkpoint."))


class ConsistencyArguments(NoArguments):
    """From which size of the log to which."""

    first = Whole(1, LARGEST, data_key="from", required=True, metadata=_about("Size of the earlier tree."))
    second = Whole(1, LARGEST, data_key="to", metadata=_about("Size of the later one; by default all."))


class KeySchema(Answer):
    """A public key that signs the log, or did."""

    key = fields.String(required=True, metadata=_about("Name, id and key on one line."))
    id = fields.String(required=True)
    fingerprint = fields.String(required=True, metadata=_HEX)
    since = fields.String(required=True)
    statement = fields.String(
        required=True,
        allow_none=True,
        metadata=_about("The note in which the key before names this one; null for the first key."),
    )


class KeyListSchema(Answer):
    """All keys, oldest first; the last one signs."""

    items = fields.List(fields.Nested(KeySchema), required=True)
    next = fields.String(required=True, allow_none=True)


class LogSchema(Answer):
    """The log as its newest checkpoint has it."""

    size = fields.Integer(required=True)
    root = fields.String(required=True, metadata=_HEX)
    checkpoint = fields.String(
        required=True, allow_none=True, metadata=_about("The signed note; null before there is one.")
    )
    keys = fields.List(fields.Nested(KeySchema), required=True)


class LeafSchema(Answer):
    """A leaf: its hash is that of the bytes of `leaf`, in UTF-8, after a zero byte."""

    position = fields.Integer(required=True)
    leaf = fields.String(required=True, metadata=_about("Canonical JSON (RFC 8785)."))
    leaf_hash = fields.String(required=True, metadata=_HEX)


class LeafListSchema(Answer):
    """Leaves in order; `next` is the `start` of the page after."""

    items = fields.List(fields.Nested(LeafSchema), required=True)
    next = fields.Integer(required=True, allow_none=True)
    size = fields.Integer(required=True)


class PublicationSchema(Answer):
    """A leaf as it is in the log: a publication, or the removal of one."""

    referential = fields.String(required=True)
    ordinal = fields.Integer(required=True)
    label = fields.String(required=True)


class InclusionSchema(Answer):
    """Shows that a leaf is in the log (RFC 9162, section 2.1.3)."""

    position = fields.Integer(required=True)
    size = fields.Integer(required=True)
    leaf_hash = fields.String(required=True, metadata=_HEX)
    root = fields.String(required=True, metadata=_HEX)
    proof = fields.List(fields.String(metadata=_HEX), required=True)


class ConsistencySchema(Answer):
    """Shows that the log only grew (RFC 9162, section 2.1.4)."""

    first = fields.Integer(required=True, data_key="from")
    second = fields.Integer(required=True, data_key="to")
    first_root = fields.String(required=True, data_key="from_root", metadata=_HEX)
    second_root = fields.String(required=True, data_key="to_root", metadata=_HEX)
    proof = fields.List(fields.String(metadata=_HEX), required=True)
