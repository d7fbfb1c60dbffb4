"""Answers over HTTP: bytes with the headers of their caching, 304 where the client has them already."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import blake2s
from typing import cast

from flask import Response, current_app, request
from marshmallow import Schema

from registry.config import Settings
from registry.errors import BadValue
from registry.library import Library, Snapshot
from registry.serving.moments import Moment

IMMUTABLE = "public, max-age=31536000, immutable"
SHORT = "public, max-age=60"
_FALLBACK_LANGUAGES = frozenset({"fr", "ar", "en"})


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


def services() -> Services:
    """The services of the running application."""
    return cast(Services, current_app.extensions["marjaa"])


def caching(root: str, *parts: object, immutable: bool) -> Caching:
    """The caching of an answer that is a function of a content root, the address and `parts`."""
    environ = request.environ
    mark = f"{root}\n{environ['PATH_INFO']}\n{environ['QUERY_STRING']}\n{parts}"
    digest = blake2s(mark.encode("utf-8", "replace"), digest_size=12).hexdigest()
    return Caching(f'"{digest}"', IMMUTABLE if immutable else SHORT)


def caching_of(snapshot: Snapshot, at: Moment, *, versioned: bool, by_index: bool = False) -> Caching:
    """The caching of an answer from a snapshot: immutable where the address names the version and nothing
    depends on the current day or, `by_index`, on the search index, which can be rebuilt with other keys.
    """
    index = snapshot.store.key_version if by_index else ""
    immutable = versioned and at.fixed and not by_index
    return caching(snapshot.version.content_root, at.text, index, immutable=immutable)


def is_held(caching: Caching) -> bool:
    """Whether the client has the answer already (If-None-Match, RFC 9110)."""
    held = request.environ.get("HTTP_IF_NONE_MATCH")
    return held is not None and (caching.etag in held or held.strip() == "*")


def answer(body: bytes, caching: Caching, media_type: str = "application/json") -> Response:
    """The answer, or 304 without a body."""
    headers = [("ETag", caching.etag), ("Cache-Control", caching.control)]
    if is_held(caching):
        return Response(status=304, headers=headers)
    return Response(body, headers=headers, content_type=media_type)


def answer_json(document: object, caching: Caching, schema: type[Schema] | None = None) -> Response:
    """A document as JSON, dumped by a schema where it is not plain already."""
    if is_held(caching):
        return answer(b"", caching)
    plain = document if schema is None else schema().dump(document)
    return answer(json.dumps(plain, ensure_ascii=False).encode(), caching)


def known_language(tag: str | None) -> str | None:
    """The language of a tag as `fr` or `fr-MA`; raises BadValue for one that no referential has names in."""
    if tag is None:
        return None
    language = tag.partition("-")[0].lower()
    languages = {one for entry in services().library.referentials() for one in entry.languages}
    known = languages | _FALLBACK_LANGUAGES
    if language not in known:
        raise BadValue("lang", tag, f"one of {', '.join(sorted(known))}")
    return language
