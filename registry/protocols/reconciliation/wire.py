"""Answers of version 0.2 as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from registry.protocols.reconciliation.agreeing import Found
from registry.protocols.reconciliation.extending import Column, Extension
from registry.protocols.reconciliation.properties import Day, Entity, Property, Value
from registry.protocols.reconciliation.queries import BATCH
from registry.protocols.reconciliation.service import Service
from registry.protocols.reconciliation.suggesting import Suggestion
from registry.protocols.reconciliation.telling import Type, describe, type_of, types_of

JSON = dict[str, Any]

PREVIEW = (420, 220)
"""Width and height in pixels."""
_CONCEPT = "http://www.w3.org/2004/02/skos/core#Concept"


def manifest(service: Service) -> JSON:
    """The service manifest."""
    width, height = PREVIEW
    referential = service.snapshot.referential.id
    suggest = {
        kind: {
            "service_url": service.root,
            "service_path": f"/suggest/{kind}",
            "flyout_service_url": service.root,
            "flyout_service_path": f"/suggest/flyout/{kind}?id=${{id}}",
        }
        for kind in ("entity", "property", "type")
    }
    return {
        "versions": ["0.2"],
        "name": service.name,
        # The same for all versions of the referential: a code is a code.
        "identifierSpace": f"{service.public}/api/v1/referentials/{referential}/items/",
        "schemaSpace": _CONCEPT,
        "documentation": f"{service.public}/api/v1/docs",
        "serviceVersion": version("marjaa"),
        "defaultTypes": [type_json(each) for each in types_of(service)],
        "view": {"url": service.items + "{{id}}"},
        "batchSize": BATCH,
        "preview": {"url": f"{service.root}/preview/item?id={{{{id}}}}", "width": width, "height": height},
        "suggest": suggest,
        "extend": {
            "propose_properties": {"service_url": service.root, "service_path": "/extend/propose"},
            "property_settings": [],
        },
    }


def results(service: Service, answers: Mapping[str, Sequence[Found]]) -> JSON:
    """The result batch: candidates by the keys of the queries."""
    return {key: {"result": [candidate(service, each) for each in found]} for key, found in answers.items()}


def candidate(service: Service, found: Found) -> JSON:
    """One candidate."""
    return {
        "id": found.code,
        "name": found.name,
        "score": found.score,
        "match": found.match,
        "type": [type_json(type_of(service, service.store.level(found.row)))],
        "description": describe(service, found.row),
        "features": [{"id": each.id, "value": each.value} for each in found.features],
    }


def suggestions(found: Iterable[Suggestion]) -> JSON:
    """The answer of a suggest service."""
    return {"result": [suggestion(each) for each in found]}


def suggestion(each: Suggestion) -> JSON:
    """One suggestion."""
    told: JSON = {"id": each.id, "name": each.name}
    if each.description is not None:
        told["description"] = each.description
    if each.type is not None:
        told["notable"] = [type_json(each.type)]
    return told


def proposals(kind: str | None, limit: int | None, found: Sequence[Property]) -> JSON:
    """Properties that may be added."""
    told: JSON = {"properties": [{"id": each.id, "name": each.name} for each in found[:limit]]}
    if kind is not None:
        told["type"] = kind
    if limit is not None:
        told["limit"] = limit
    return told


def extension(found: Extension) -> JSON:
    """The answer to a data extension query."""
    rows = {
        id: {name: [value_json(each) for each in values] for name, values in row.items()}
        for id, row in found.rows.items()
    }
    return {"meta": [column(each) for each in found.columns], "rows": rows}


def column(each: Column) -> JSON:
    """What is told of one property of an extension."""
    told: JSON = {"id": each.property.id, "name": each.property.name}
    if each.type is not None:
        told["type"] = type_json(each.type)
    if each.service is not None:
        told["service"] = each.service
    return told


def value_json(value: Value) -> JSON:
    """One value of a property, named by its type."""
    match value:
        case Entity(id, name):
            return {"id": id, "name": name}
        case Day(text):
            return {"date": f"{text}T00:00:00Z"}
        case bool():
            return {"bool": value}
        case int():
            # OpenRefine would cut a longer one to 32 bits.
            return {"int": value} if abs(value) < 2**31 else {"str": str(value)}
        case float():
            return {"float": value}
        case str():
            return {"str": value}


def type_json(each: Type) -> JSON:
    """A type with its name."""
    return {"id": each.id, "name": each.name}
