"""A receiver on this machine, which the settings allow here, and an endpoint of the provider that leads to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from notifications.webhooks import sending, services
from notifications.webhooks.types import EventType
from tests.notifications.webhooks.receiver import Receiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.fixtures import SettingsWrapper

    from accounts.actors import Actor
    from notifications.models import WebhookEndpoint
    from tests.ladder import Ladder


@pytest.fixture
def now() -> datetime:
    """The time on the wall: the public library refuses what was signed more than five minutes from it."""
    return datetime.now(UTC)


@pytest.fixture
def receiver(settings: SettingsWrapper) -> Iterator[Receiver]:
    receiver = Receiver()
    settings.WEBHOOK_ALLOW_PRIVATE = settings.WEBHOOK_ALLOW_HTTP = True
    settings.WEBHOOK_PORTS = [443, receiver.port]
    yield receiver
    receiver.stop()


@pytest.fixture
def lead(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider)


@pytest.fixture
def pending(receiver: Receiver, lead: Actor, now: datetime) -> WebhookEndpoint:
    """An endpoint that is to be told everything, and has not been sent its challenge."""
    return services.add_webhook(
        url=receiver.url, description="Our risk system", event_types=EventType.values, by=lead, now=now
    )


@pytest.fixture
def endpoint(pending: WebhookEndpoint, now: datetime) -> WebhookEndpoint:
    sending.send_due(now=now)
    pending.refresh_from_db()
    assert pending.is_active
    return pending
