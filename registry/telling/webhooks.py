"""Sends webhooks, to public addresses only: a name is looked up once, and that address is what is called."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

TIMEOUT = urllib3.Timeout(connect=5, read=15)  # seconds
IN_ALL = 30.0  # seconds for a call, however slowly its answer drips
MOST_READ = 2_000  # bytes of an answer: nobody needs more
# What a gateway makes an IPv4 address of (RFC 6052).
TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


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
        return all(
            (real.is_global and not real.is_multicast and not getattr(real, "is_site_local", False))
            or any(real in network for network in self.networks)
            for real in _meant(address)
        )


def _meant(address: Address) -> Iterator[Address]:
    """The addresses at which something may arrive that is sent to this one: gateways look into it."""
    if isinstance(address, ipaddress.IPv4Address):
        yield address
        return
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
        return
    yield address
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    if address in TRANSLATED:
        yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)


class _Brief(HTTPConnection):
    """A connection that is cut off when its time is over."""

    _cut: threading.Timer | None = None

    def connect(self) -> None:
        """Let the time run, and connect."""
        self._cut = threading.Timer(IN_ALL, self._end)
        self._cut.daemon = True
        self._cut.start()
        super().connect()

    def close(self) -> None:
        """Close, and let the time be."""
        if self._cut is not None:
            self._cut.cancel()
        super().close()

    def _end(self) -> None:
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


class _BriefSecure(_Brief, HTTPSConnection):
    """The same with TLS."""


def _pool(parts: SplitResult, place: Address) -> urllib3.HTTPConnectionPool:
    """Connections to that address; a certificate must be for the name, not for the address."""
    pool: urllib3.HTTPConnectionPool
    if parts.scheme == "https":
        pool = urllib3.HTTPSConnectionPool(
            str(place),
            parts.port or 443,
            timeout=TIMEOUT,
            assert_hostname=parts.hostname,
            server_hostname=parts.hostname,
        )
        pool.ConnectionCls = _BriefSecure
        return pool
    pool = urllib3.HTTPConnectionPool(str(place), parts.port or 80, timeout=TIMEOUT)
    pool.ConnectionCls = _Brief
    return pool
