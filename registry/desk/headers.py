"""Headers of all answers of the desk: kept by nobody, framed by nobody, read by no other site's page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from registry.api.headers import HSTS, NOSNIFF, POLICY, Headers
from registry.config import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_NEVER_KEPT = ("Cache-Control", "no-store")
# The OpenAPI document is the same for everybody: readers on other sites may show it.
_FOR_ALL_SITES = ("Access-Control-Allow-Origin", "*")


class DeskHeaders:
    """WSGI middleware: the headers of every answer, errors too; a view's own caching and policy stay."""

    def __init__(self, application: WSGIApplication, settings: Settings, *, open_address: str) -> None:
        self._application = application
        self._open_address = open_address
        self._added = [NOSNIFF, *([HSTS] if settings.is_secure else [])]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer as the application does, with these headers."""
        added = self._added
        if environ["PATH_INFO"] == self._open_address:
            added = [*added, _FOR_ALL_SITES]

        def start(status: str, headers: Headers, exc_info: object = None) -> object:
            own = {name.lower() for name, _ in headers}
            missing = [each for each in (POLICY, _NEVER_KEPT) if each[0].lower() not in own]
            return start_response(status, [*headers, *added, *missing])

        return self._application(environ, start)  # type: ignore[arg-type]  # typeshed's protocol takes more
