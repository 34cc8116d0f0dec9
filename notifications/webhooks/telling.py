"""Telling the people who look after an endpoint that something is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models import Membership, Role
from notifications.models import Kind

if TYPE_CHECKING:
    from datetime import datetime

    from notifications.webhooks.models import WebhookDelivery, WebhookEndpoint


def tell_given_up(delivery: WebhookDelivery, endpoint: WebhookEndpoint, now: datetime) -> None:
    """Once a day for each endpoint, however much is given up."""
    message = f"The webhook {endpoint.description} did not take messages in three days: the log says which"
    _tell(endpoint, message, f"webhook:{endpoint.pk}:given-up:{now.date()}", now)


def tell_disabled(endpoint: WebhookEndpoint, now: datetime) -> None:
    _tell(
        endpoint,
        f"The webhook {endpoint.description} has been disabled. {endpoint.why}",
        f"webhook:{endpoint.pk}:disabled:{now.isoformat()}",
        now,
    )


def _tell(endpoint: WebhookEndpoint, message: str, key: str, now: datetime) -> None:
    from notifications.services import notify  # which tells systems too

    managers = Membership.objects.live().filter(
        organisation=endpoint.organisation, role__in=[Role.ADMINISTRATOR, Role.SAFETY_LEAD]
    )
    notify(
        organisation=endpoint.organisation,
        recipients=[membership.user for membership in managers.select_related("user")],
        kind=Kind.WEBHOOK,
        message=message,
        reason=f"You look after the webhooks of {endpoint.organisation.name}",
        path=endpoint.path,
        key=key,
        now=now,
    )
