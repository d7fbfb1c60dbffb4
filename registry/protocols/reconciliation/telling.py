"""Candidates, suggestions and previews in the words of the service."""

from __future__ import annotations

from dataclasses import dataclass

from registry.protocols.reconciliation.service import Service

_STATUS = {
    "superseded": {"fr": "remplacé", "ar": "تم تعويضه", "en": "superseded"},
    "retired": {"fr": "supprimé", "ar": "ملغى", "en": "retired"},
    "announced": {"fr": "annoncé", "ar": "معلن عنه", "en": "announced"},
    "invalid": {"fr": "publié par erreur", "ar": "نُشر خطأ", "en": "published in error"},
}
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "ary"})


@dataclass(frozen=True, slots=True)
class Type:
    """A level, as a type of items."""

    id: str
    name: str


def direction(language: str | None) -> str:
    """The direction in which a language is written, as HTML says it."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def type_of(service: Service, level: str) -> Type:
    """A level with what it is called."""
    return Type(level, service.level_name(level))


def types_of(service: Service) -> list[Type]:
    """All types of the service, from the top."""
    return [type_of(service, level) for level in service.levels]


def status_of(service: Service, row: int) -> str | None:
    """What is to be said of an item that is not valid on the day; None of a valid one."""
    words = _STATUS.get(service.store.status(row, service.at.number))
    return None if words is None else words[service.language]


def describe(service: Service, row: int) -> str:
    """What tells an item from its namesakes: level, code, what it lies in, what became of it."""
    store = service.store
    ended = status_of(service, row)
    parts = [service.level_name(store.level(row)), store.code(row), service.lies_in(row), ended]
    return " · ".join(part for part in parts if part)
