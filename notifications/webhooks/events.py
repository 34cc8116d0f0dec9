"""What is told: one row for each occasion and organisation, and one delivery for each endpoint that has chosen it.

Both are written in the transaction of what happened, so that nothing is lost, and nothing told that did not
happen.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import Resolver404, resolve

from notifications.webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from notifications.webhooks.types import Own

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from accounts.models import Organisation
    from notifications.webhooks.types import EventType

API = "/api/v1"


def happened(
    event_type: EventType, *, organisation: Organisation, path: str, reference: str, key: str, now: datetime
) -> None:
    """Tell the systems of an organisation, once for each `key`. `path` is what it is about, which it may see."""
    endpoints = list(WebhookEndpoint.objects.told_of(event_type, organisation))
    if endpoints:
        _tell(endpoints, event_type, what_of(path), reference=reference, key=key, now=now)


def tell_of_itself(endpoint: WebhookEndpoint, event_type: Own, *, key: str, now: datetime) -> None:
    """Send an endpoint a test, or the challenge that it has to send back."""
    data = {"challenge": endpoint.challenge} if event_type == Own.CHALLENGE else what_of(endpoint.path)
    _tell([endpoint], event_type, data, reference="", key=f"{endpoint.pk}:{key}", now=now)


def _tell(
    endpoints: Iterable[WebhookEndpoint],
    event_type: EventType | Own,
    data: Mapping[str, str],
    *,
    reference: str,
    key: str,
    now: datetime,
) -> None:
    endpoints = list(endpoints)
    event, is_new = WebhookEvent.objects.get_or_create(
        organisation_id=endpoints[0].organisation_id,
        type=str(event_type),
        key=key,
        defaults={"body": body_of(event_type, data, now), "reference": reference, "happened_at": now},
    )
    if is_new:
        WebhookDelivery.objects.bulk_create(
            WebhookDelivery(event=event, endpoint=endpoint, next_at=now) for endpoint in endpoints
        )


def body_of(event_type: EventType | Own, data: Mapping[str, str], now: datetime) -> str:
    """Thin: what happened, when, and where more can be read by whoever may. Never what a risk says."""
    body = {"type": str(event_type), "timestamp": now.isoformat(timespec="seconds"), "data": dict(data)}
    return json.dumps(body, separators=(",", ":"))


def what_of(path: str) -> dict[str, str]:
    """What an event is about: its id or reference, its page, and its address in the API where it has one."""
    data = {"id": path.strip("/").rpartition("/")[2], "link": settings.SITE_URL + path}
    try:
        resolve(API + path)
    except Resolver404:
        return data
    return data | {"api": settings.SITE_URL + API + path}
