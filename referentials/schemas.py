"""The schemas of an item, one per kind: a plain mapping from a file or a request becomes a ListedItem."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import shapely
from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate
from shapely.geometry.base import BaseGeometry

from matching.text import script_of
from referentials.canonical import JSON
from referentials.findings import Finding
from referentials.kinds import LONGEST_CODE, AttributeType, Kind, kind
from referentials.listing import ListedItem, ListedObservation, OtherName

USES = ("alternative", "hidden", "entry", "exclusion")


class Shape(fields.Field[BaseGeometry]):
    """A GeoJSON geometry (RFC 7946), read as a shapely shape; whether it is a good one is for the rules."""

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, Any] | None, **_: object
    ) -> BaseGeometry:
        try:
            return shapely.from_geojson(json.dumps(value))
        except (TypeError, ValueError, shapely.errors.GEOSException) as error:
            raise ValidationError("Not a GeoJSON geometry.") from error


class OtherNameSchema(Schema):
    """A text that also leads to an item; the script is told from the text where it is not given."""

    class Meta:
        unknown = RAISE

    text = fields.String(required=True, validate=validate.Length(min=1))
    language = fields.String(load_default=None, allow_none=True)
    script = fields.String(load_default=None, allow_none=True)
    use = fields.String(load_default="alternative", validate=validate.OneOf(USES))
    source = fields.String(load_default="")

    @post_load
    def _build(self, data: dict[str, Any], **_: object) -> OtherName:
        return OtherName(**{**data, "script": data["script"] or script_of(data["text"])})


class ObservationSchema(Schema):
    """A dated figure about an item."""

    class Meta:
        unknown = RAISE

    measure = fields.String(required=True, validate=validate.Length(min=1))
    observed_on = fields.Date(required=True)
    value = fields.Float(required=True)
    unit = fields.String(load_default="")
    source = fields.String(load_default="")

    @post_load
    def _build(self, data: dict[str, Any], **_: object) -> ListedObservation:
        value = data["value"]
        return ListedObservation(**{**data, "value": int(value) if value.is_integer() else value})


class ItemSchema(Schema):
    """What every item has; `item_schema` gives the one with the attributes of a kind."""

    class Meta:
        unknown = RAISE

    code = fields.String(required=True, validate=validate.Length(min=1, max=LONGEST_CODE))
    level = fields.String(required=True, validate=validate.Length(min=1))
    parent = fields.String(load_default=None, allow_none=True)
    names = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)
    attributes: fields.Field[Any] = fields.Dict(keys=fields.String(), load_default=dict)
    other_names = fields.List(fields.Nested(OtherNameSchema), load_default=list)
    observations = fields.List(fields.Nested(ObservationSchema), load_default=list)
    valid_from = fields.Date(load_default=None, allow_none=True)
    shape = Shape(load_default=None, allow_none=True)

    @post_load
    def _build(self, data: dict[str, Any], **_: object) -> ListedItem:
        listed = {**data, "parent": data["parent"] or None}
        return ListedItem(
            **{
                **listed,
                "other_names": tuple(data["other_names"]),
                "observations": tuple(data["observations"]),
            }
        )


@cache
def item_schema(kind_id: str) -> Schema:
    """The schema of an item of a kind; raises UnknownKind. `load` raises marshmallow's ValidationError."""
    attributes = kind(kind_id).attributes
    if attributes is None:
        return ItemSchema()
    inner = Schema.from_dict({name: _attribute_field(type_name) for name, type_name in attributes.items()})
    return ItemSchema.from_dict({"attributes": fields.Nested(inner, load_default=dict, unknown=RAISE)})()


def load_items(rows: Iterable[Mapping[str, JSON]], of: Kind) -> tuple[list[ListedItem], list[Finding]]:
    """The items of plain mappings, and a finding for every field that is not as its kind has it.

    Rows count from 1. A row with a finding gives no item.
    """
    schema = item_schema(of.id)
    items: list[ListedItem] = []
    findings: list[Finding] = []
    for number, row in enumerate(rows, start=1):
        try:
            items.append(schema.load(row))
        except ValidationError as error:
            code = str(row.get("code", "")) if isinstance(row, Mapping) else ""
            findings += [
                Finding("malformed_items", "error", number, code, column, _at(row, column), message)
                for column, message in _messages(error.messages)
            ]
    return items, findings


def _attribute_field(type_name: AttributeType) -> fields.Field[Any]:
    match type_name:
        case "text":
            return fields.String(allow_none=True)
        case "integer":
            return fields.Integer(strict=True, allow_none=True)
        case "number":
            return fields.Float(allow_none=True)
        case "boolean":
            return fields.Boolean(allow_none=True)
        case "object":
            return fields.Dict(allow_none=True)


def _messages(messages: object, path: str = "") -> list[tuple[str, str]]:
    """Marshmallow's nested messages as (column, message)."""
    if isinstance(messages, dict):
        return [
            found
            for key, inner in messages.items()
            for found in _messages(inner, path if key == "_schema" else f"{path}.{key}".lstrip("."))
        ]
    if isinstance(messages, list):
        return [(path, " ".join(str(message) for message in messages))]
    return [(path, str(messages))]


def _at(row: object, column: str) -> str:
    """The value that a dotted column path leads to, as text; empty where there is none."""
    value = row
    for key in filter(None, column.split(".")):
        if isinstance(value, Mapping):
            value = value.get(key, "")
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            return ""
    return str(value)[:200]
