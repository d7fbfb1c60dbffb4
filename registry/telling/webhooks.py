"""Sends webhooks, to public addresses only: a name is looked up once, and that address is what is called."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

import urllib3

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

TIMEOUT = urllib3.Timeout(connect=5, read=15)  # seconds
MOST_READ = 2_000  # bytes of an answer: nobody needs more


class Answer(NamedTuple):
    """What a try gave: whether it arrived, and what the receiver said, or why not."""

    arrived: bool
    said: str


class NotPublic(Exception):
    """A name that leads into a network where webhooks may not go."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls webhooks; `networks` are those that they may reach besides public ones."""

    networks: Sequence[Network] = ()

    def call(self, address: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """POST a body; redirects are not followed. Whatever goes wrong is the answer."""
        parts = urlsplit(address)
        try:
            place = self._resolved(parts)
            with _pool(parts, place) as pool:
                response = pool.request(
                    "POST",
                    f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}",
                    body=body,
                    headers={**headers, "Host": parts.netloc, "User-Agent": "marjaa"},
                    redirect=False,
                    retries=False,
                    preload_content=False,
                )
                with response:
                    said = response.read(MOST_READ, decode_content=False).decode(errors="replace")
        except (NotPublic, OSError, urllib3.exceptions.HTTPError, ValueError) as error:
            return Answer(False, f"{type(error).__name__}: {error}"[:MOST_READ])
        return Answer(200 <= response.status < 300, f"{response.status} {said}".strip()[:MOST_READ])

    def _resolved(self, parts: SplitResult) -> Address:
        """The address that a name leads to; every one that it could lead to must be allowed.

        Raises NotPublic; so a name cannot mean another place when it is called than when it was looked at.
        """
        host = parts.hostname or ""
        found = socket.getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)
        addresses = [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]
        for address in addresses:
            if not self._allowed(address):
                raise NotPublic(f"{host} leads to {address}, which is not a public address")
        return addresses[0]

    def _allowed(self, address: Address) -> bool:
        mapped = getattr(address, "ipv4_mapped", None)
        real = address if mapped is None else mapped
        public = real.is_global and not real.is_multicast
        return public or any(real in network for network in self.networks)


def _pool(parts: SplitResult, place: Address) -> urllib3.HTTPConnectionPool:
    """Connections to that address; a certificate must be for the name, not for the address."""
    if parts.scheme == "https":
        return urllib3.HTTPSConnectionPool(
            str(place),
            parts.port or 443,
            timeout=TIMEOUT,
            assert_hostname=parts.hostname,
            server_hostname=parts.hostname,
        )
    return urllib3.HTTPConnectionPool(str(place), parts.port or 80, timeout=TIMEOUT)
