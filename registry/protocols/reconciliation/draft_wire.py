"""Answers of the draft of version 1.0 as JSON: lists instead of keys, and the language of each text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from registry.protocols.reconciliation import wire
from registry.protocols.reconciliation.agreeing import Feature, Found
from registry.protocols.reconciliation.extending import Extension
from registry.protocols.reconciliation.service import Service
from registry.protocols.reconciliation.suggesting import Suggestion
from registry.protocols.reconciliation.telling import direction

JSON = dict[str, Any]


_AS_BEFORE = ("name", "documentation", "serviceVersion", "defaultTypes", "batchSize")


def manifest(service: Service) -> JSON:
    """The service manifest; where its services are follows from the root."""
    before = wire.manifest(service)
    width, height = wire.PREVIEW
    return {
        "versions": ["1.0-draft"],
        **{name: before[name] for name in _AS_BEFORE},
        "lang": service.language,
        "dir": direction(service.language),
        "view": {"url": service.items + "{id}"},
        "preview": {"width": width, "height": height},
        "suggest": {"entity": True, "property": True, "type": True},
        "extend": {"proposeProperties": True, "propertySettings": []},
        "standardizedScore": True,
    }


def results(service: Service, answers: Iterable[Sequence[Found]]) -> JSON:
    """The result batch, in the order of the queries."""
    return {"results": [{"candidates": [_candidate(service, each) for each in found]} for found in answers]}


def _candidate(service: Service, found: Found) -> JSON:
    told = wire.candidate(service, found)
    told["features"] = [_feature(each) for each in found.features]
    # The description is in the service's language, and says no less in the direction of the name.
    return told | _language(service.language_of(found.row, found.name))


def _feature(each: Feature) -> JSON:
    name = each.id.replace("-", " ").replace("_", " ").capitalize()
    return {"id": each.id, "name": name, "value": each.value}


def _language(language: str | None) -> JSON:
    return {} if language is None else {"lang": language, "dir": direction(language)}


def suggestions(found: Iterable[Suggestion]) -> JSON:
    """The answer of a suggest service."""
    return {"result": [wire.suggestion(each) | _language(each.language) for each in found]}


def extension(found: Extension) -> JSON:
    """The answer to a data extension query: rows and properties in lists."""
    plain = wire.extension(found)
    rows = [
        {"id": id, "properties": [{"id": name, "values": values} for name, values in row.items()]}
        for id, row in plain["rows"].items()
    ]
    return {"meta": plain["meta"], "rows": rows}
