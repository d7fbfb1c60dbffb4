"""Answers over HTTP: bytes with the headers of their caching, 304 where the client has them already."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2s
from typing import TYPE_CHECKING, Any, cast
from zlib import crc32

from flask import Response, current_app, request
from marshmallow import Schema

from registry.catalogue import VersionEntry
from registry.config import Settings
from registry.library import Library, Snapshot
from registry.serving import languages
from registry.serving.listing import Filters
from registry.serving.moments import Moment

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

IMMUTABLE = "public, max-age=31536000, immutable"
SHORT = "public, max-age=60"


@dataclass(frozen=True, slots=True)
class Services:
    """What the views answer from."""

    settings: Settings
    library: Library


@dataclass(frozen=True, slots=True)
class Caching:
    """A strong ETag, and how long an answer may be kept."""

    etag: str
    control: str


class Rendered(Response):
    """Bytes with headers set by hand, sent as they are: werkzeug's passes over the headers cost more
    than the look-up itself. Nothing that looks at `headers` later changes what is sent.
    """

    def __init__(self, body: bytes, headers: list[tuple[str, str]]) -> None:
        super().__init__()
        self._rendered = body
        self._sent = [*headers, ("Content-Length", str(len(body)))]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Send it, without the body where only the head is wanted."""
        start_response("200 OK", self._sent)
        return () if environ["REQUEST_METHOD"] == "HEAD" else (self._rendered,)


def services() -> Services:
    """The services of the running application."""
    return cast(Services, current_app.extensions["marjaa"])


def caching(mark: str, *, immutable: bool) -> Caching:
    """The caching of an answer that is a function of its address and of what `mark` (ASCII) stands for."""
    query = request.environ["QUERY_STRING"]
    asked = f"-{crc32(query.encode()):x}" if query else ""
    return Caching(f'"{mark}{asked}"', IMMUTABLE if immutable else SHORT)


def caching_of(
    snapshot: Snapshot, at: Moment, *besides: str, versioned: bool, by_index: bool = False
) -> Caching:
    """The caching of an answer from a snapshot: immutable where the address names the version and nothing
    depends on the current day, on `besides` or, `by_index`, on the search index, which can be rebuilt with
    other keys.
    """
    mark = f"{version_mark(snapshot.version)}-{at.text}"
    if besides:
        mark = f"{mark}-{mark_of(besides)}"
    if by_index:
        return caching(f"{mark}-{snapshot.store.key_version}", immutable=False)
    return caching(mark, immutable=versioned and at.fixed and not besides)


def version_mark(version: VersionEntry) -> str:
    """A mark of a version: a version without changes has the content root of the one before it."""
    return f"{version.ordinal}-{version.content_root[:24]}"


def mark_of(*parts: object) -> str:
    """A short mark that changes when one of these changes."""
    return blake2s(repr(parts).encode("utf-8", "replace"), digest_size=12).hexdigest()


def is_held(fresh: Caching) -> bool:
    """Whether the client has the answer already (If-None-Match, RFC 9110)."""
    held = request.environ.get("HTTP_IF_NONE_MATCH")
    return held is not None and (fresh.etag in held or held.strip() == "*")


def answer(body: bytes | Iterable[bytes], fresh: Caching, media_type: str = "application/json") -> Response:
    """The answer, or 304 without a body."""
    headers = [("ETag", fresh.etag), ("Cache-Control", fresh.control)]
    if is_held(fresh):
        return Response(status=304, headers=headers)
    headers.append(("Content-Type", media_type))
    return Rendered(body, headers) if isinstance(body, bytes) else Response(body, headers=headers)


def answer_json(document: object, fresh: Caching, schema: type[Schema] | None = None) -> Response:
    """A document as JSON, dumped by a schema where it is not plain already."""
    if is_held(fresh):
        return answer(b"", fresh)
    plain = document if schema is None else schema().dump(document)
    return answer(json.dumps(plain, ensure_ascii=False).encode(), fresh)


def answer_once(document: object) -> Response:
    """The answer to a body, as JSON: it is not to be kept, as its address does not tell what was asked."""
    body = json.dumps(document, ensure_ascii=False).encode()
    return Rendered(body, [("Cache-Control", "no-store"), ("Content-Type", "application/json")])


def known_language(tag: str | None) -> str | None:
    """The language of a tag as `fr` or `fr-MA`; raises BadValue for one that no referential has names in."""
    return None if tag is None else languages.known_language(services().library, tag)


def filters_of(given: Mapping[str, Any]) -> Filters:
    """The filters of a parsed query."""
    return Filters(
        statuses=given.get("status", ()),
        levels=given.get("level", ()),
        parent=given.get("parent"),
        under=given.get("under"),
        codes=given.get("codes"),
        bbox=given.get("bbox"),
        containing=given.get("containing"),
        q=given.get("q"),
        language=known_language(given.get("lang")),
        shape=given.get("shape"),
    )
