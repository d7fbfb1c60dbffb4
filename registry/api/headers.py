"""Headers that every answer has, added around Flask, where it costs the look-up path next to nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Headers = list[tuple[str, str]]

# Answers are never guessed to be of another type, and nothing in them runs.
NOSNIFF = ("X-Content-Type-Options", "nosniff")
# Two years: browsers that came over https once never come without it (RFC 6797).
HSTS = ("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
_ALL = [NOSNIFF]
POLICY = ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
# Any page may read public answers; they ignore cookies.
_OPEN = [
    *_ALL,
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "ETag, Retry-After, Content-Disposition, Link"),
]
_PREFLIGHT = [
    ("Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS"),
    ("Access-Control-Allow-Headers", "Content-Type, If-None-Match"),
    ("Access-Control-Max-Age", "86400"),
]


class CommonHeaders:
    """WSGI middleware: nosniff and a policy for all answers, CORS for those below public prefixes.

    `secure` where people come over https, and shall only ever do so.
    """

    def __init__(
        self, application: WSGIApplication, public: tuple[str, ...], *, secure: bool = False
    ) -> None:
        self._application = application
        self._public = public
        self._all, self._open = ([*headers, HSTS] if secure else headers for headers in (_ALL, _OPEN))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer as the application does, with these headers."""
        added = self._open if environ["PATH_INFO"].startswith(self._public) else self._all
        if environ["REQUEST_METHOD"] == "OPTIONS":
            added = added + _PREFLIGHT

        def start(status: str, headers: Headers, exc_info: object = None) -> object:
            own = any(name == "Content-Security-Policy" for name, _ in headers)
            return start_response(status, headers + (added if own else [*added, POLICY]))

        return self._application(environ, start)  # type: ignore[arg-type]  # typeshed's protocol takes more
