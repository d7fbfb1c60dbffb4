"""Version 0.2 over HTTP, at `/reconcile/{referential}` and `/reconcile/{referential}/{version}`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from registry.api.blueprint import BadBody, WrongMediaType
from registry.errors import BadValue, UnknownCode
from registry.protocols.reconciliation import wire
from registry.protocols.reconciliation.answering import (
    levels_asked,
    number_asked,
    prefix_asked,
    send,
    send_page,
    service_of,
)
from registry.protocols.reconciliation.extending import extend
from registry.protocols.reconciliation.matching import find_all
from registry.protocols.reconciliation.preview import fragment_of_word, preview_fragment, preview_page
from registry.protocols.reconciliation.properties import properties_of, property_of, require_property
from registry.protocols.reconciliation.queries import read_batch, read_json
from registry.protocols.reconciliation.service import ROOT, VERSIONS, Service
from registry.protocols.reconciliation.suggesting import (
    MOST,
    suggest_items,
    suggest_properties,
    suggest_types,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

Count = Callable[["WSGIEnvironment"], None]

ROOTS = (
    f"{ROOT}/<referential>",
    f"{ROOT}/<referential>/<version>",
    f"{ROOT}/<referential>/{VERSIONS}/<version>",
)
KINDS = ("entity", "property", "type")
SUGGESTED = 10
_WORK = ("queries", "extend")
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def blueprint_of(count: Count) -> Blueprint:
    """The routes; `count` counts a GET that costs as much as a POST does, and raises TooManyRequests."""
    blueprint = Blueprint("reconciliation", __name__)

    def ask(referential: str, version: str | None = None) -> Response:
        if any(name in request.args for name in _WORK):
            count(request.environ)
        return _ask(service_of(referential, version))

    views: Mapping[str, Callable[..., Response]] = {
        "/extend/propose": propose,
        "/preview/item": preview,
        "/suggest/<kind>": suggest,
        "/suggest/flyout/<kind>": flyout,
    }
    for number, root in enumerate(ROOTS):
        blueprint.add_url_rule(root, f"ask-{number}", ask, methods=["GET"])
        blueprint.add_url_rule(root, f"answer-{number}", answer, methods=["POST"])
        for path, view in views.items():
            blueprint.add_url_rule(root + path, f"{view.__name__}-{number}", view, methods=["GET"])
    return blueprint


def _ask(service: Service) -> Response:
    """The manifest, or the answer to what the query string asks."""
    for name in _WORK:
        if name in request.args:
            return send(service, _worked(service, name, request.args[name]), padded=True)
    return send(service, wire.manifest(service), padded=True)


def answer(referential: str, version: str | None = None) -> Response:
    """The answer to what a form asks."""
    service = service_of(referential, version)
    if request.mimetype not in _FORMS:
        raise WrongMediaType(f"The body must be a form: {_FORMS[0]}.")
    for name in _WORK:
        if name in request.form:
            return send(service, _worked(service, name, request.form[name]))
    raise BadBody("The form has neither queries nor extend.")


def _worked(service: Service, name: str, text: str) -> wire.JSON:
    document = read_json(name, text)
    if name == "extend":
        return wire.extension(extend(service, document))
    asked = read_batch(service, document)
    found = find_all(service, list(asked.values()))
    return wire.results(service, dict(zip(asked, found, strict=True)))


def suggest(referential: str, kind: str, version: str | None = None) -> Response:
    """Items, properties or types for what somebody is typing."""
    service = service_of(referential, version)
    skip = number_asked("cursor", 0)
    return send(service, wire.suggestions(suggested(service, kind, skip)), padded=True)


def suggested(service: Service, kind: str, skip: int) -> list[Any]:
    """The suggestions of a kind, as the query asks for them; raises BadValue."""
    prefix, limit = prefix_asked(), min(number_asked("limit", SUGGESTED) or SUGGESTED, MOST)
    if kind == "entity":
        return suggest_items(service, prefix, levels_asked(service), skip, limit)
    if kind == "property":
        return suggest_properties(service, prefix, skip, limit)
    if kind == "type":
        return suggest_types(service, prefix, skip, limit)
    raise BadValue("suggest", kind, f"one of {', '.join(KINDS)}")


def flyout(referential: str, kind: str, version: str | None = None) -> Response:
    """A few words of HTML about an item, a property or a type."""
    service = service_of(referential, version)
    id = request.args.get("id", "")
    if kind == "entity":
        html = preview_fragment(service, row_asked(service))
    elif kind == "property":
        html = fragment_of_word(property_of(service, require_property(service, "id", id)).name, id)
    elif kind == "type":
        html = fragment_of_word(service.level_name(service.require_level("id", id)), id)
    else:
        raise BadValue("flyout", kind, f"one of {', '.join(KINDS)}")
    return send(service, {"id": id, "html": html}, padded=True)


def preview(referential: str, version: str | None = None) -> Response:
    """A small page about one item."""
    service = service_of(referential, version)
    return send_page(service, preview_page(service, row_asked(service)))


def row_asked(service: Service) -> int:
    """The row of the item that the query names; raises UnknownCode."""
    code = request.args.get("id", "")
    row = service.row_of(code)
    if row is None:
        snapshot = service.snapshot
        raise UnknownCode(snapshot.referential.id, code, snapshot.version.label)
    return row


def propose(referential: str, version: str | None = None) -> Response:
    """Properties that may be added to items of a type, or of any."""
    service = service_of(referential, version)
    return send(service, proposed(service), padded=True)


def proposed(service: Service) -> wire.JSON:
    """The proposals that the query asks for; raises BadValue."""
    kind = request.args.get("type") or None
    limit = number_asked("limit", 0) or None
    if kind is not None:
        service.require_level("type", kind)
    return wire.proposals(kind, limit, properties_of(service, kind))
