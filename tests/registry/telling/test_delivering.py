"""From the outbox to whoever subscribed, on both databases."""

from __future__ import annotations

import ipaddress
import json
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import Engine, select, update
from standardwebhooks.webhooks import Webhook

from registry.accounts.actors import PUBLIC, Actor, NotSignedIn
from registry.config import Settings
from registry.database import begin_write
from registry.errors import BadValue, UnknownReferential
from registry.models import Delivery, OutboxEntry, Person
from registry.publishing.outbox import tell
from registry.telling.delivering import WAITS, Delivered, deliver_due
from registry.telling.fanning import fan_out
from registry.telling.mail import Mailer
from registry.telling.subscriptions import (
    SubscriptionView,
    UnknownSubscription,
    end_subscription,
    list_deliveries,
    list_subscriptions,
    subscribe,
)
from registry.telling.webhooks import Answer, Caller
from tests.registry.telling.conftest import Receiver

PUBLISHED = {"referential": "units", "label": "2024", "ordinal": 2, "leaf": 7}
Make = Callable[..., Actor]


def subscribed(
    engine: Engine, actor: Actor, address: str, referential: str | None = None
) -> tuple[SubscriptionView, str]:
    with begin_write(engine) as connection:
        view, secret = subscribe(connection, actor, "webhook", address, referential)
    assert secret is not None
    return view, secret


def happened(engine: Engine, kind: str = "version-published", **more: object) -> int:
    """Something to tell; how many are to be told."""
    with begin_write(engine) as connection:
        tell(connection, kind, {**PUBLISHED, **more})
        return fan_out(connection)


def due_again(engine: Engine) -> None:
    with begin_write(engine) as connection:
        connection.execute(update(Delivery).values(next_at="2000-01-01T00:00:00Z"))


def test_a_subscriber_is_told_of_a_publication_with_a_signature_that_others_can_check(
    known: Engine, person: Make, receiver: Receiver, settings: Settings
) -> None:
    _, secret = subscribed(known, person("editor"), receiver.address)
    assert happened(known) == 1
    assert deliver_due(known, settings) == Delivered(arrived=1)
    ((headers, body),) = receiver.got
    told = Webhook(secret).verify(body, {name.lower(): value for name, value in headers.items()})
    assert told == json.loads(body)
    assert (told["type"], told["data"]) == ("version-published", PUBLISHED)
    assert deliver_due(known, settings) == Delivered(), "nothing is told twice"


def test_what_was_rolled_back_is_never_told(
    known: Engine, person: Make, receiver: Receiver, settings: Settings
) -> None:
    subscribed(known, person("editor"), receiver.address)
    with known.begin() as connection:
        tell(connection, "version-published", PUBLISHED)
        connection.rollback()
    with begin_write(known) as connection:
        assert fan_out(connection) == 0
    assert deliver_due(known, settings) == Delivered()


def test_a_failed_delivery_is_tried_again_with_the_same_id_until_it_arrives(
    known: Engine, person: Make, receiver: Receiver, settings: Settings
) -> None:
    actor = person("editor")
    view, _ = subscribed(known, actor, receiver.address)
    happened(known)
    receiver.status = 500
    assert deliver_due(known, settings) == Delivered(later=1)
    assert deliver_due(known, settings) == Delivered(), "not before it is due again"
    due_again(known)
    receiver.status = 200
    assert deliver_due(known, settings) == Delivered(arrived=1)
    first, second = (headers["webhook-id"] for headers, _ in receiver.got)
    assert first == second
    with known.connect() as connection:
        (kept,) = list_deliveries(connection, actor, view.id)
    assert (kept.status, kept.tries) == ("delivered", 2)


def test_a_delivery_that_never_arrives_is_given_up_in_the_end(
    known: Engine, person: Make, receiver: Receiver, settings: Settings
) -> None:
    subscribed(known, person("editor"), receiver.address)
    happened(known)
    receiver.status = 410
    outcomes = []
    for _ in range(len(WAITS) + 2):
        outcomes.append(deliver_due(known, settings))
        due_again(known)
    assert outcomes == [*[Delivered(later=1)] * len(WAITS), Delivered(failed=1), Delivered()]


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/x",
        "http://localhost:9/x",
        "http://10.1.2.3/x",
        "http://169.254.169.254/latest",
        "http://[::1]:9/x",
        "http://[::ffff:127.0.0.1]:9/x",
        "http://0.0.0.0:9/x",
        "http://2130706433:9/x",
        "http://224.0.0.1/x",
        "http://[64:ff9b::a01:203]/x",
        "http://[2002:7f00:1::]/x",
        "http://[fec0::1]/x",
    ],
)
def test_a_webhook_never_reaches_a_network_that_is_not_public(
    known: Engine, person: Make, tmp_path: Path, address: str
) -> None:
    actor = person("editor")
    view, _ = subscribed(known, actor, address)
    happened(known)
    closed = Settings.from_environment({"MARJAA_DATA": str(tmp_path)})
    assert deliver_due(known, closed) == Delivered(later=1)
    with known.connect() as connection:
        (kept,) = list_deliveries(connection, actor, view.id)
    assert kept.answer is not None
    assert "not a public address" in kept.answer


def test_a_webhook_whose_answer_drips_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.telling.webhooks.IN_ALL", 0.1)
    over = threading.Event()

    def drip(server: socket.socket) -> None:
        caller, _ = server.accept()
        with caller, suppress(OSError):
            caller.sendall(b"HTTP/1.1 2")
            while not over.wait(0.01):
                caller.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as server:
        dripping = threading.Thread(target=drip, args=(server,))
        dripping.start()
        port = server.getsockname()[1]
        answer = Caller([ipaddress.ip_network("127.0.0.0/8")]).call(f"http://127.0.0.1:{port}/", b"{}", {})
        over.set()
        dripping.join()
    assert not answer.arrived


def test_of_two_workers_one_tries_a_delivery(
    known: Engine, person: Make, receiver: Receiver, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribed(known, person("editor"), receiver.address)
    happened(known)
    other: list[Delivered] = []

    def call(self: Caller, *_: object) -> Answer:
        other.append(deliver_due(known, settings))  # the other worker, while this one calls
        return Answer(True, "204")

    monkeypatch.setattr(Caller, "call", call)
    assert deliver_due(known, settings) == Delivered(arrived=1)
    assert other == [Delivered()]


def test_a_webhook_does_not_follow_a_redirect(
    known: Engine, person: Make, receiver: Receiver, settings: Settings
) -> None:
    subscribed(known, person("editor"), receiver.address)
    happened(known)
    receiver.status, receiver.location = 307, receiver.address
    assert deliver_due(known, settings) == Delivered(later=1)
    assert len(receiver.got) == 1


def test_a_name_that_means_another_address_by_the_time_of_the_call_is_not_asked_again(
    known: Engine, person: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanings = iter(("93.184.215.14", "127.0.0.1"))
    called: list[object] = []

    def looked_up(host: str, port: int, *_: object, **__: object) -> list[object]:
        return [(2, 1, 6, "", (next(meanings), port))]

    def connected(address: object, *_: object, **__: object) -> None:
        called.append(address)
        raise OSError("no way out of this test")

    subscribed(known, person("editor"), "http://rebinding.example:8080/x")
    happened(known)
    monkeypatch.setattr("registry.telling.webhooks.socket.getaddrinfo", looked_up)
    monkeypatch.setattr("urllib3.util.connection.create_connection", connected)
    closed = Settings.from_environment({"MARJAA_DATA": str(tmp_path)})
    assert deliver_due(known, closed) == Delivered(later=1)
    assert called == [("93.184.215.14", 8080)]


def test_each_is_told_of_their_own_referential_and_only_of_what_they_may_know(
    known: Engine, person: Make, receiver: Receiver
) -> None:
    editor, outsider = person("editor", referential="units"), person("data_manager")
    for actor, referential in ((editor, "units"), (outsider, "units"), (outsider, "places"), (editor, None)):
        subscribed(known, actor, receiver.address, referential)
    assert happened(known) == 3
    assert happened(known, referential="places") == 2
    assert happened(known, "comment-added") == 2, "drafts are for those who may read them"
    assert happened(known, "comment-added", referential="places") == 0


def test_nobody_is_told_of_what_was_before_their_subscription_or_after_its_end(
    known: Engine, person: Make, receiver: Receiver, settings: Settings
) -> None:
    actor = person("editor")
    with begin_write(known) as connection:
        tell(connection, "version-published", PUBLISHED)
        connection.execute(update(OutboxEntry).values(created_at="2020-01-01T00:00:00Z"))
    view, _ = subscribed(known, actor, receiver.address)
    with begin_write(known) as connection:
        assert fan_out(connection) == 0
    assert happened(known) == 1
    with begin_write(known) as connection:
        end_subscription(connection, actor, view.id)
    assert deliver_due(known, settings) == Delivered()
    assert happened(known) == 0


def test_who_is_disabled_is_told_nothing_more(known: Engine, person: Make, receiver: Receiver) -> None:
    subscribed(known, person("editor"), receiver.address)
    with begin_write(known) as connection:
        connection.execute(update(Person).values(disabled_at="2024-01-01T00:00:00Z"))
    assert happened(known) == 0


def test_what_waits_for_who_is_disabled_does_not_arrive(
    known: Engine, person: Make, receiver: Receiver, settings: Settings
) -> None:
    subscribed(known, person("editor"), receiver.address)
    assert happened(known) == 1
    with begin_write(known) as connection:
        connection.execute(update(Person).values(disabled_at="2024-01-01T00:00:00Z"))
    assert deliver_due(known, settings) == Delivered(later=1)
    assert receiver.got == []


def test_mail_that_cannot_be_written_is_an_answer_too() -> None:
    answer = Mailer("smtp://localhost:9", "marjaa@localhost").send("a@b\nBcc: c@d", "told", "text", "msg_1")
    assert not answer.arrived
    assert "ValueError" in answer.said


def test_a_subscription_is_its_owners_own(known: Engine, person: Make, receiver: Receiver) -> None:
    view, _ = subscribed(known, person("editor"), receiver.address)
    other = person("administrator")
    with begin_write(known) as connection:
        assert list_subscriptions(connection, other) == []
        with pytest.raises(UnknownSubscription):
            end_subscription(connection, other, view.id)
        with pytest.raises(NotSignedIn):
            subscribe(connection, PUBLIC, "webhook", receiver.address, None)


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "ftp://example.org",
        "https://",
        "javascript:alert(1)",
        "https://u:p@example.org",
        "http://x:y",
    ],
)
def test_an_address_that_cannot_be_called_is_refused(
    known: Engine, person: Make, address: str | None
) -> None:
    actor = person("editor")
    with begin_write(known) as connection:
        with pytest.raises(BadValue):
            subscribe(connection, actor, "webhook", address, None)
        with pytest.raises(BadValue):
            subscribe(connection, actor, "pigeon", "https://example.org", None)
        with pytest.raises(UnknownReferential):
            subscribe(connection, actor, "webhook", "https://example.org", "nothing")


class Mailbox:
    """Keeps the mails that a server is handed."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], str]] = []

    async def handle_DATA(self, _server: object, _session: object, envelope) -> str:  # noqa: N802  # aiosmtpd's name
        self.mails.append((envelope.rcpt_tos, envelope.content.decode()))
        return "250 kept"


def test_mail_goes_to_the_persons_own_address(known: Engine, person: Make, settings: Settings) -> None:
    actor = person("editor", email="editor@example.org")
    with begin_write(known) as connection:
        _, secret = subscribe(connection, actor, "mail", "somebody@else.org", "units")
    assert secret is None
    happened(known)
    assert deliver_due(known, settings) == Delivered(later=1), "no server is configured"
    due_again(known)
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        configured = replace(settings, mail_server=f"smtp://127.0.0.1:{port}", mail_from="m@example.org")
        assert deliver_due(known, configured) == Delivered(arrived=1)
    finally:
        server.stop()
    ((to, content),) = box.mails
    assert to == ["editor@example.org"]
    assert "/api/v1/referentials/units/versions/2024" in content.replace("=\r\n", "")


def test_a_large_outbox_is_told_in_parts_and_each_entry_once(
    known: Engine, person: Make, receiver: Receiver
) -> None:
    subscribed(known, person("editor"), receiver.address)
    with begin_write(known) as connection:
        for _ in range(600):
            tell(connection, "version-published", PUBLISHED)
        assert [fan_out(connection) for _ in range(3)] == [500, 100, 0]
        entries = connection.execute(select(Delivery.outbox_entry)).scalars().all()
    assert len(set(entries)) == 600
