"""What subscriptions accept and answer."""

from __future__ import annotations

from marshmallow import fields

from registry.api.arguments import NoArguments
from registry.api.fields import OneOf
from registry.api.schemas import Answer
from registry.desk.account_schemas import LONGEST_REFERENTIAL
from registry.desk.draft_fields import Written
from registry.telling.subscriptions import CHANNELS, LONGEST_ADDRESS


class SubscriptionBody(NoArguments):
    """Whom to tell, and of which referential; of all without one."""

    channel = OneOf(CHANNELS, required=True)
    address = Written(LONGEST_ADDRESS, load_default=None)
    referential = Written(LONGEST_REFERENTIAL, load_default=None)


class SubscriptionSchema(Answer):
    """A subscription, without its secret."""

    id = fields.UUID(required=True)
    channel = fields.String(required=True)
    address = fields.String(required=True)
    referential = fields.String(required=True, allow_none=True)
    created_at = fields.String(required=True)


class NewSubscriptionSchema(SubscriptionSchema):
    """A subscription that was just made: a webhook's signing secret is told this once."""

    secret = fields.String(required=True, allow_none=True)


class SubscriptionsSchema(Answer):
    """Subscriptions, oldest first."""

    items = fields.List(fields.Nested(SubscriptionSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class DeliverySchema(Answer):
    """What became of one telling."""

    outbox_entry = fields.Integer(required=True)
    status = fields.String(required=True)
    tries = fields.Integer(required=True)
    next_at = fields.String(required=True)
    answer = fields.String(required=True, allow_none=True)


class DeliveriesSchema(Answer):
    """The latest tellings, newest first."""

    items = fields.List(fields.Nested(DeliverySchema), required=True)
    next = fields.String(required=True, allow_none=True)
