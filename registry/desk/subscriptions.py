"""Subscriptions: webhooks and mail, each person's own."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response

from registry.api.arguments import NoArguments
from registry.api.blueprint import Blueprint
from registry.desk.authentication import current_actor, needs
from registry.desk.draft_answers import documented, send
from registry.desk.session import BODY_ERRORS
from registry.desk.subscription_schemas import (
    DeliveriesSchema,
    NewSubscriptionSchema,
    SubscriptionBody,
    SubscriptionsSchema,
)
from registry.desk.working import reading, writing
from registry.telling.subscriptions import (
    end_subscription,
    list_deliveries,
    list_subscriptions,
    subscribe,
)

blueprint = Blueprint("subscriptions", __name__, description="Webhooks and mail about what is published")


@blueprint.route("/subscriptions")
@needs("subscribe")
@documented(SubscriptionsSchema)
@blueprint.arguments(NoArguments, location="query")
def subscriptions(_given: dict[str, Any]) -> Response:
    """Your subscriptions, oldest first."""
    with reading() as connection:
        found = list_subscriptions(connection, current_actor())
    return send({"items": found, "next": None}, SubscriptionsSchema)


@blueprint.route("/subscriptions", methods=["POST"])
@needs("subscribe")
@documented(NewSubscriptionSchema, *BODY_ERRORS, status=HTTPStatus.CREATED)
@blueprint.arguments(SubscriptionBody)
def start(body: dict[str, Any]) -> Response:
    """Subscribe to publications, by webhook (signed as Standard Webhooks has it) or mail to your address.

    A webhook is called at a public address only, and never follows a redirect.
    """
    with writing() as connection:
        view, secret = subscribe(
            connection, current_actor(), body["channel"], body["address"], body["referential"]
        )
    return send({**asdict(view), "secret": secret}, NewSubscriptionSchema, status=HTTPStatus.CREATED)


@blueprint.route("/subscriptions/<uuid:subscription>", methods=["DELETE"])
@needs("subscribe")
@documented(None, status=HTTPStatus.NO_CONTENT, media_types=())
@blueprint.arguments(NoArguments, location="query")
def end(_given: dict[str, Any], subscription: UUID) -> Response:
    """End a subscription of yours."""
    with writing() as connection:
        end_subscription(connection, current_actor(), subscription)
    return Response(status=HTTPStatus.NO_CONTENT)


@blueprint.route("/subscriptions/<uuid:subscription>/deliveries")
@needs("subscribe")
@documented(DeliveriesSchema)
@blueprint.arguments(NoArguments, location="query")
def deliveries(_given: dict[str, Any], subscription: UUID) -> Response:
    """What became of the latest hundred tellings, newest first."""
    with reading() as connection:
        found = list_deliveries(connection, current_actor(), subscription)
    return send({"items": found, "next": None}, DeliveriesSchema)
