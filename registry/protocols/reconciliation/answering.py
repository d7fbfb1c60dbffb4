"""What the two roots share over HTTP: the service that an address means, and how answers are sent."""

from __future__ import annotations

import json
import re

from flask import Response, request

from registry.api.answering import services
from registry.errors import BadValue
from registry.protocols.reconciliation.preview import POLICY
from registry.protocols.reconciliation.service import LANGUAGES, Service, open_service

_CALLBACK = re.compile(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*){0,5}", re.ASCII)
_LONGEST_CALLBACK = 100
_LONGEST_PREFIX = 200
_KEPT = "public, max-age=60"
_MOST_SKIPPED = 1_000_000


def service_of(referential: str, version: str | None) -> Service:
    """The service that an address means, in the language that the client prefers."""
    used = services()
    preferred = (tag.partition("-")[0].lower() for tag in request.accept_languages.values())
    language = next((one for one in preferred if one in LANGUAGES), LANGUAGES[0])
    return open_service(
        used.library,
        referential,
        version,
        today=used.settings.today(),
        public=used.settings.public_url,
        language=language,
    )


def send(service: Service, document: object, *, padded: bool = False) -> Response:
    """A document as JSON; where `padded`, as the call of a function that the query may name (JSONP).

    Raises BadValue for what is not the name of a function.
    """
    # Half a character, which a key may have, is written as JSON writes it.
    body = json.dumps(document, ensure_ascii=False).encode("utf-8", "backslashreplace")
    media_type = "application/json"
    callback = request.args.get("callback") if padded else None
    if callback is not None:
        if len(callback) > _LONGEST_CALLBACK or not _CALLBACK.fullmatch(callback):
            raise BadValue("callback", callback, "the name of a function")
        # The comment keeps the answer from being taken for anything but a script.
        body = b"/**/%b(%b);" % (callback.encode(), body)
        media_type = "text/javascript; charset=utf-8"
    return _described(service, Response(body, content_type=media_type))


def send_page(service: Service, page: str) -> Response:
    """A page that clients show in a frame."""
    response = Response(page, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = POLICY
    return _described(service, response)


def _described(service: Service, response: Response) -> Response:
    response.headers["Cache-Control"] = _KEPT if request.method == "GET" else "no-store"
    response.headers["Content-Language"] = service.language
    response.headers["Vary"] = "Accept-Language"
    return response


def prefix_asked() -> str:
    """What somebody has typed; raises BadValue."""
    prefix = request.args.get("prefix")
    if prefix is None:
        raise BadValue("prefix", "", "what was typed; it may be empty")
    return prefix[:_LONGEST_PREFIX]


def number_asked(name: str, default: int) -> int:
    """A whole number of the query, from 0 on; raises BadValue."""
    text = request.args.get(name)
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_MOST_SKIPPED))):
        raise BadValue(name, text, f"a whole number from 0 to {_MOST_SKIPPED}")
    return int(text)


def levels_asked(service: Service) -> tuple[str, ...]:
    """The types that a suggestion is to be of; raises BadValue."""
    return tuple(service.require_level("type", each) for each in request.args.getlist("type") if each)
