"""A system of the demonstration that was to be told of what happens: disabled, so that nothing is sent anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models import Role
from notifications.webhooks import services
from notifications.webhooks.types import EventType

if TYPE_CHECKING:
    from datetime import datetime

    from demo.cast import Cast

WHOSE = "R1H"


def connect_a_system(cast: Cast, now: datetime) -> None:
    administrator = cast.those(WHOSE, Role.ADMINISTRATOR)[0]
    endpoint = services.add_webhook(
        url="https://risk-system.example/webhooks",
        description="Risk system, trial",
        event_types=[EventType.FEEDBACK_ANSWERED, EventType.ESCALATION_ACKNOWLEDGED, EventType.DEADLINE_BREACHED],
        by=administrator,
        now=now,
    )
    services.disable_webhook(endpoint=endpoint, by=administrator, now=now)
