"""How the desk answers about drafts: JSON that is not kept, with the revision as ETag, in pages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Response, request
from marshmallow import Schema

from registry.errors import BadCursor, BadValue, DomainError
from registry.serving.cursors import Cursor, decode, encode, query_mark

View = TypeVar("View", bound=Callable[..., Any])
Entry = TypeVar("Entry")

IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "description": "The ETag of the change set that the edit is of.",
    "schema": {"type": "string", "pattern": r'^"[0-9]{1,9}"$'},
}
FILE = {
    "required": True,
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}
_EDITING = (HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED, HTTPStatus.PRECONDITION_REQUIRED)
_PEOPLE = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
_REVISION = re.compile(r'"(\d{1,9})"', re.ASCII)
_ANY_DAY = date(1970, 1, 1)  # drafts are listed as they are, on no day


class RevisionRequired(DomainError):
    """An edit that does not say which revision it is of."""

    slug = "revision-required"


@dataclass(frozen=True, slots=True)
class Start:
    """Where a page starts, and how its list was asked for."""

    position: int
    query: str

    def cursor(self, position: int) -> str:
        """The cursor of the page that starts at another position."""
        return encode(Cursor("", _ANY_DAY, position, self.query))


def documented(
    schema: type[Schema] | None,
    *errors: HTTPStatus,
    edit: bool = False,
    sends_file: bool = False,
    form: Mapping[str, Any] | None = None,
    status: HTTPStatus = HTTPStatus.OK,
    media_types: Sequence[str] = ("application/json",),
) -> Callable[[View], View]:
    """Document the answer of a view and its errors; an `edit` demands If-Match, and the body may be
    a file, or a `form` as OpenAPI describes one.

    To be the decorator next to `route`. It wraps nothing.
    """
    content: dict[str, Any] = {each: {"schema": schema} if schema else {} for each in media_types}
    names = (
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.SERVICE_UNAVAILABLE,
        *_PEOPLE,
        *errors,
        *(_EDITING if edit else ()),
    )
    responses: dict[str, Any] = {
        str(status.value): {"description": status.phrase, "content": content},
        **{str(error.value): error.name for error in names},
    }

    def document(view: View) -> View:
        known: dict[str, Any] = dict(getattr(view, "_apidoc", {}))
        manual = {**known.get("manual_doc", {}), "responses": responses}
        if sends_file or form is not None:
            manual["requestBody"] = FILE if form is None else form
        known["manual_doc"] = manual
        if edit:
            taken = dict(known.get("arguments", {}))
            taken["parameters"] = [*taken.get("parameters", ()), IF_MATCH]
            known["arguments"] = taken
        view._apidoc = known  # type: ignore[attr-defined]  # smorest keeps it there
        return view

    return document


def revision_wanted() -> int:
    """The revision of If-Match; raises RevisionRequired without one and BadValue for another form."""
    given = request.headers.get("If-Match")
    if given is None:
        raise RevisionRequired('Send If-Match with the ETag of the change set, as If-Match: "3".')
    found = _REVISION.fullmatch(given.strip())
    if found is None:
        raise BadValue(
            "If-Match", given, 'one ETag of the change set, in double quotes and without W/, as If-Match: "3"'
        )
    return int(found[1])


def send(
    document: object,
    schema: type[Schema] | None = None,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    revision: int | None = None,
    location: str | None = None,
) -> Response:
    """A document as JSON, dumped by a schema where it is not plain already; drafts are never kept."""
    plain = document if schema is None else schema().dump(document)
    response = Response(
        json.dumps(plain, ensure_ascii=False), status=int(status), content_type="application/json"
    )
    response.headers["Cache-Control"] = "no-store"
    if revision is not None:
        response.headers["ETag"] = f'"{revision}"'
    if location is not None:
        response.headers["Location"] = location
    return response


def start_of(given: Mapping[str, Any], *query: object) -> Start:
    """Where the page of a list starts; raises BadCursor for a cursor of another list."""
    filters = sorted((name, value) for name, value in given.items() if name not in ("limit", "cursor"))
    mark = query_mark(filters, *query)
    if given.get("cursor") is None:
        return Start(0, mark)
    found = decode(given["cursor"])
    if found.query != mark:
        raise BadCursor("The cursor belongs to another query: only `limit` may change from page to page.")
    return Start(found.start, mark)


def page(entries: Iterable[Entry], start: Start, limit: int) -> dict[str, object]:
    """A page of entries that begin at its start: at most `limit`, with the cursor of the next one."""
    kept: list[Entry] = []
    for entry in entries:
        if len(kept) == limit:
            return {"items": kept, "next": start.cursor(start.position + limit)}
        kept.append(entry)
    return {"items": kept, "next": None}
