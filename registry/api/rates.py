"""Anonymous requests that cost work are counted by address, for all processes together.

Only a POST is counted, before it is read: no look-up, list or page ever waits for a counter.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from registry.api.problems import render
from registry.config import Settings
from registry.errors import TooManyRequests, problem_of
from registry.volatile import Pace, Volatile, VolatileError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_log = logging.getLogger(__name__)


class Paced:
    """WSGI middleware: too many POSTs from one address are answered 429, with Retry-After."""

    def __init__(self, application: WSGIApplication, settings: Settings, volatile: Volatile) -> None:
        self._application = application
        self._settings = settings
        self._volatile = volatile

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer as the application does, unless the address has to wait."""
        if environ["REQUEST_METHOD"] == "POST":
            try:
                self.count(environ)
            except TooManyRequests as error:
                return render(problem_of(error))(environ, start_response)
        return self._application(environ, start_response)

    def count(self, environ: WSGIEnvironment) -> None:
        """Count a request that costs as much as a POST does; raises TooManyRequests."""
        try:
            pace_post(self._volatile, self._settings, environ)
        except VolatileError:
            # Published data is answered even where nothing can be written.
            _log.exception("Requests are not counted")


def pace_post(volatile: Volatile, settings: Settings, environ: WSGIEnvironment) -> None:
    """Count one anonymous request that costs work; raises TooManyRequests."""
    address = client_address(environ, settings.proxies)
    pace(
        volatile, [(f"post {address}", Pace(settings.rate_post, 60.0))], "Too many requests from one address"
    )


def pace(volatile: Volatile, paces: list[tuple[str, Pace]], what: str) -> None:
    """Count an event; raises TooManyRequests where it has to wait."""
    wait = volatile.take(paces)
    if wait:
        raise TooManyRequests(what, math.ceil(wait))


def client_address(environ: WSGIEnvironment, proxies: int) -> str:
    """The client's address, as the last of the trusted proxies saw it; of IPv6 its network (/64)."""
    hops = environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if proxies else []
    text = hops[-proxies].strip() if len(hops) >= proxies > 0 else str(environ.get("REMOTE_ADDR", ""))
    try:
        address = ip_address(text)
    except ValueError:
        return text[:100]
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
    return str(address)
