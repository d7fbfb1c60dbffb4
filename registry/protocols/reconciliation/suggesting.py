"""What a text that somebody is typing may become: an item, a property or a type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matching.suggesting import suggest
from matching.text import fold
from registry.protocols.reconciliation.properties import properties_of
from registry.protocols.reconciliation.service import Service
from registry.protocols.reconciliation.telling import Type, describe, type_of, types_of

MOST = 100
LAST = 1000
"""Suggestions beyond this place are not worked out: whoever wants more types more."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What may be meant; `language` is that of the name, `type` that of an item."""

    id: str
    name: str
    description: str | None = None
    type: Type | None = None
    language: str | None = None


def suggest_items(
    service: Service, prefix: str, levels: Sequence[str], skip: int, limit: int
) -> list[Suggestion]:
    """Items that have this code, or whose names go on so. Raises DamagedStore."""
    last = min(skip + limit, LAST)
    rows: dict[int, str] = {}
    exact = service.row_of(prefix.strip())
    if exact is not None and (not levels or service.store.level(exact) in levels):
        rows[exact] = service.row_name(exact)
    if last > skip:
        found = suggest(service.store, prefix, at=service.at.number, levels=tuple(levels), limit=last)
        for each in found:
            rows.setdefault(each.row, each.name)
    return [_item(service, row, name) for row, name in list(rows.items())[skip:last]]


def _item(service: Service, row: int, name: str) -> Suggestion:
    store = service.store
    kind = type_of(service, store.level(row))
    return Suggestion(store.code(row), name, describe(service, row), kind, service.language_of(row, name))


def suggest_properties(service: Service, prefix: str, skip: int, limit: int) -> list[Suggestion]:
    """Properties whose id or name begins so, or has a word that does; all where nothing is typed."""
    return _beginning(
        [Suggestion(each.id, each.name) for each in properties_of(service)], prefix, skip, limit
    )


def suggest_types(service: Service, prefix: str, skip: int, limit: int) -> list[Suggestion]:
    """Types whose id or name begins so, or has a word that does; all where nothing is typed."""
    return _beginning([Suggestion(each.id, each.name) for each in types_of(service)], prefix, skip, limit)


def _beginning(all_of_them: Sequence[Suggestion], prefix: str, skip: int, limit: int) -> list[Suggestion]:
    typed = fold(prefix)
    found = [each for each in all_of_them if _begins(fold(each.name), typed) or _begins(fold(each.id), typed)]
    return found[skip : skip + limit]


def _begins(text: str, typed: str) -> bool:
    return text.startswith(typed) or f" {typed}" in text
