"""Every error over HTTP as an RFC 9457 problem document, rendered from the table in `registry.errors`."""

from __future__ import annotations

import json

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from registry.error_kinds import KINDS
from registry.errors import Problem, make_problem, problem_of

_SLUGS = {404: "unknown-address", 405: "wrong-method", 413: "too-large", 415: "wrong-media-type"}


def register(app: Flask) -> None:
    """Let the application render its errors, and describe each kind of problem at its `type`."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _any_error)
    app.add_url_rule("/problems/<slug>", "problem_kind", problem_kind)


def problem_kind(slug: str) -> Response:
    """What a `type` means and what to do, as plain text."""
    kind = KINDS.get(slug)
    if kind is None:
        return render(make_problem("unknown-address", f"There is no kind of problem {slug[:100]!r}."))
    return Response(
        f"{kind.title} ({kind.status})\n{kind.advice}\n", content_type="text/plain; charset=utf-8"
    )


def render(problem: Problem) -> Response:
    """The problem document, with Retry-After where trying again may help."""
    body = json.dumps(problem.document(), ensure_ascii=False).encode("utf-8", "replace")
    response = Response(body, status=problem.status, content_type="application/problem+json")
    response.headers["Cache-Control"] = "no-store"
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


def _http_error(error: HTTPException) -> Response | HTTPException:
    if isinstance(error, RequestRedirect) or error.code is None or error.code < 400:
        return error
    response = render(_problem_of_http(error, error.code))
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            response.headers[name] = value
    return response


def _problem_of_http(error: HTTPException, code: int) -> Problem:
    if code >= 500:
        return problem_of(error)
    slug = _SLUGS.get(code, "bad-request")
    detail = f"{request.method} {request.path[:200]}: {error.name}."
    return make_problem(slug, detail)


def _any_error(error: Exception) -> Response:
    problem = problem_of(error)
    if problem.status >= 500:
        request_line = f"{request.method} {request.path[:200]!r}"
        current_app.logger.error("%s failed", request_line, exc_info=error)
    return render(problem)
