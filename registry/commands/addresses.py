"""The address that the service listens on: found and tried before the workers start."""

from __future__ import annotations

import socket
import time

from registry.errors import BadSetting, Unavailable


def listening_address(host: str, port: int) -> str:
    """The IP address of a host of this machine, on which nothing listens yet at this port.

    Raises BadSetting for a name that is no address of this machine, and Unavailable for a port that is taken.
    The server itself would share a taken port with whoever has it.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError) as error:
        raise BadSetting("MARJAA_HOST", host, "the name or address of this machine") from error
    family, kind, protocol, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
    with socket.socket(family, kind, protocol) as trial:
        # As a server does, so that connections that just ended do not count.
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(address)
        except OSError as error:
            raise Unavailable(
                f"Cannot listen on {host}, port {port}: {error.strerror} (see --host, --port)."
            ) from error
    return str(address[0])


def wait_for_listener(address: str, port: int, every: float = 0.02) -> None:
    """Return when something accepts connections there; `every` is the time between trials, in seconds."""
    while True:
        try:
            socket.create_connection((address, port), timeout=1).close()
        except OSError:
            time.sleep(every)
        else:
            return
