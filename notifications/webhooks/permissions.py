"""Who may look after the webhooks of an organisation: its administrators, who manage what acts for it, and its safety
leads.

What an endpoint is told, and the log of it, says no more of a risk than its reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.actors import Actor
    from notifications.webhooks.models import WebhookDelivery, WebhookEndpoint


def can_manage_webhooks(actor: Actor, _anything: object = None) -> bool:
    return actor.is_safety_lead or (actor.is_administrator and actor.organisation.is_open)


def can_manage_webhook(actor: Actor, endpoint: WebhookEndpoint) -> bool:
    return can_manage_webhooks(actor) and actor.organisation_id == endpoint.organisation_id


def can_send_again(actor: Actor, delivery: WebhookDelivery) -> bool:
    return can_manage_webhook(actor, delivery.endpoint)
