"""The draft of version 1.0 over HTTP, at the root of version 0.2 and `/v1` behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, Response, request

from registry.api.blueprint import WrongMediaType
from registry.protocols.reconciliation import draft_wire
from registry.protocols.reconciliation.answering import number_asked, send, send_page, service_of
from registry.protocols.reconciliation.extending import extend as extended
from registry.protocols.reconciliation.matching import find_all
from registry.protocols.reconciliation.preview import preview_page
from registry.protocols.reconciliation.queries import read_draft_batch, read_json
from registry.protocols.reconciliation.routes import ROOTS, proposed, row_asked, suggested
from registry.protocols.reconciliation.service import DRAFT


def draft_blueprint() -> Blueprint:
    """The routes, which the specification names; all that costs work is a POST."""
    blueprint = Blueprint("reconciliation-draft", __name__)
    views: Mapping[str, tuple[Callable[..., Response], str]] = {
        "": (manifest, "GET"),
        "/match": (match, "POST"),
        "/suggest/<kind>": (suggest, "GET"),
        "/preview": (preview, "GET"),
        "/extend": (extend, "POST"),
        "/extend/propose": (propose, "GET"),
    }
    for number, root in enumerate(ROOTS):
        for path, (view, method) in views.items():
            name = f"{view.__name__}-{number}"
            blueprint.add_url_rule(f"{root}/{DRAFT}{path}", name, view, methods=[method])
    return blueprint


def manifest(referential: str, version: str | None = None) -> Response:
    """The service manifest."""
    service = service_of(referential, version)
    return send(service, draft_wire.manifest(service))


def match(referential: str, version: str | None = None) -> Response:
    """The candidates of a batch of queries."""
    service = service_of(referential, version)
    asked = read_draft_batch(service, _body())
    return send(service, draft_wire.results(service, find_all(service, asked)))


def suggest(referential: str, kind: str, version: str | None = None) -> Response:
    """Items, properties or types for what somebody is typing."""
    service = service_of(referential, version)
    return send(service, draft_wire.suggestions(suggested(service, kind, number_asked("offset", 0))))


def preview(referential: str, version: str | None = None) -> Response:
    """A small page about one item."""
    service = service_of(referential, version)
    return send_page(service, preview_page(service, row_asked(service)))


def extend(referential: str, version: str | None = None) -> Response:
    """Values of properties for items."""
    service = service_of(referential, version)
    return send(service, draft_wire.extension(extended(service, _body())))


def propose(referential: str, version: str | None = None) -> Response:
    """Properties that may be added to items of a type, or of any."""
    service = service_of(referential, version)
    return send(service, proposed(service))


def _body() -> object:
    if not request.is_json:
        raise WrongMediaType("The body must be application/json.")
    return read_json("The body", request.get_data())
