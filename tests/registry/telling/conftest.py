"""Servers that are told, on loopback, and people who subscribe."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlalchemy import Engine

from registry.accounts.actors import Actor
from registry.accounts.identity import actor_of
from registry.config import Settings
from tests.publishing import add_units
from tests.registry.desk_client import add_person


@dataclass
class Receiver:
    """A receiver of webhooks: what it got, and what it answers."""

    address: str = ""
    status: int = 204
    location: str | None = None
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A server on loopback that keeps what it is sent."""
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.got.append((dict(self.headers), body))
            self.send_response(kept.status)
            if kept.location is not None:
                self.send_header("Location", kept.location)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        kept.address = f"http://127.0.0.1:{server.server_port}/hook?key=1"
        yield kept
        server.shutdown()
        thread.join()


@pytest.fixture
def known(engine: Engine) -> Engine:
    """A database that knows the referentials `units` and `places`."""
    add_units(engine)
    add_units(engine, "places")
    return engine


@pytest.fixture
def person(known: Engine) -> Callable[..., Actor]:
    """Somebody new with these roles."""

    def make(*roles: str, **more: str | None) -> Actor:
        with known.begin() as connection:
            added: uuid.UUID = add_person(connection, *roles, **more)
            actor = actor_of(connection, added)
        assert actor is not None
        return actor

    return make


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings by which webhooks may reach loopback."""
    return Settings.from_environment({"MARJAA_DATA": str(tmp_path), "MARJAA_WEBHOOK_NETWORKS": "127.0.0.0/8"})
