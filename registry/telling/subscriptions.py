"""Subscriptions: who wants to be told, where, and of which referential."""

from __future__ import annotations

import base64
import secrets
import uuid
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import Connection, insert, select, update

from registry.accounts import audit
from registry.accounts.actors import Actor, NotSignedIn, require_somewhere
from registry.clock import now
from registry.errors import BadValue, DomainError, UnknownReferential
from registry.models import Delivery, Person, Referential, Subscription

CHANNELS = ("webhook", "mail")
LONGEST_ADDRESS = 2_000
_SECRET_BYTES = 32  # as Standard Webhooks recommends: 24 to 64


class UnknownSubscription(DomainError):
    """The actor has no subscription with this id."""

    slug = "unknown-subscription"

    def __init__(self, subscription: uuid.UUID) -> None:
        super().__init__(f"You have no subscription {subscription}.", subscription=str(subscription))


@dataclass(frozen=True, slots=True)
class SubscriptionView:
    """A subscription without its secret; `referential` is None for all of them."""

    id: uuid.UUID
    channel: str
    address: str
    referential: str | None
    created_at: str


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """What became of one telling: `answer` is what the last try gave."""

    outbox_entry: int
    status: str
    tries: int
    next_at: str
    answer: str | None


def subscribe(
    connection: Connection, actor: Actor, channel: str, address: str | None, referential: str | None
) -> tuple[SubscriptionView, str | None]:
    """Start a subscription; it, and a webhook's signing secret, which is told this once.

    Mail goes to the person's own address, whatever `address` says. Raises NotSignedIn, NotAllowed, BadValue
    and UnknownReferential.
    """
    require_somewhere(actor, "subscribe")
    if actor.person is None:
        raise NotSignedIn("Sign in to subscribe.")
    if channel not in CHANNELS:
        raise BadValue("channel", channel, f"one of {', '.join(CHANNELS)}")
    if referential is not None:
        known = select(Referential.id).where(Referential.id == referential)
        if connection.execute(known).first() is None:
            raise UnknownReferential(referential)
    secret = None
    if channel == "mail":
        address = connection.execute(select(Person.email).where(Person.id == actor.person)).scalar_one()
    else:
        _require_web_address(address)
        secret = "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
    view = SubscriptionView(uuid.uuid4(), channel, str(address), referential, now())
    connection.execute(
        insert(Subscription).values(
            id=view.id,
            person=actor.person,
            channel=channel,
            address=view.address,
            secret=secret,
            referential=referential,
            created_at=view.created_at,
        )
    )
    after = {"channel": channel, "referential": referential}
    audit.record(connection, actor, "subscribed", "subscription", view.id, after=after)
    return view, secret


def list_subscriptions(connection: Connection, actor: Actor) -> list[SubscriptionView]:
    """The actor's subscriptions, oldest first; raises NotSignedIn and NotAllowed."""
    require_somewhere(actor, "subscribe")
    own = (
        select(
            Subscription.id,
            Subscription.channel,
            Subscription.address,
            Subscription.referential,
            Subscription.created_at,
        )
        .where(Subscription.person == actor.person, Subscription.ended_at.is_(None))
        .order_by(Subscription.created_at, Subscription.id)
    )
    return [SubscriptionView(*row) for row in connection.execute(own)]


def end_subscription(connection: Connection, actor: Actor, subscription: uuid.UUID) -> None:
    """End a subscription; what waits for it is not delivered. Raises UnknownSubscription."""
    _require_own(connection, actor, subscription)
    own = Subscription.id == subscription
    connection.execute(update(Subscription).where(own).values(ended_at=now()))
    waiting = (Delivery.subscription == subscription, Delivery.status == "waiting")
    connection.execute(
        update(Delivery).where(*waiting).values(status="failed", answer="the subscription was ended")
    )
    audit.record(connection, actor, "ended", "subscription", subscription)


def list_deliveries(
    connection: Connection, actor: Actor, subscription: uuid.UUID, *, limit: int = 100
) -> list[DeliveryView]:
    """What became of the latest tellings, newest first; raises UnknownSubscription."""
    _require_own(connection, actor, subscription)
    latest = (
        select(Delivery.outbox_entry, Delivery.status, Delivery.tries, Delivery.next_at, Delivery.answer)
        .where(Delivery.subscription == subscription)
        .order_by(Delivery.id.desc())
        .limit(limit)
    )
    return [DeliveryView(*row) for row in connection.execute(latest)]


def _require_own(connection: Connection, actor: Actor, subscription: uuid.UUID) -> None:
    require_somewhere(actor, "subscribe")
    own = select(Subscription.id).where(
        Subscription.id == subscription,
        Subscription.person == actor.person,
        Subscription.ended_at.is_(None),
    )
    if connection.execute(own).first() is None:
        raise UnknownSubscription(subscription)


def _require_web_address(address: str | None) -> None:
    """Where it leads is looked at when something is delivered: names change their meaning."""
    parts = None
    if address is not None and len(address) <= LONGEST_ADDRESS and address.isprintable():
        try:
            parts = urlsplit(address)
            _ = parts.port
        except ValueError:
            parts = None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise BadValue("address", address, "an address as https://data.example.org/hook, without a password")
