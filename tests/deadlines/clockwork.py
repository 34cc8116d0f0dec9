"""Deadlines made directly, for tests that need no escalation around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deadlines import services
from deadlines.models import Deadline, Kind, Urgency
from notifications.models import Notification
from tests.factories import NOW

if TYPE_CHECKING:
    from datetime import datetime

    from tests.ladder import Ladder


def start(ladder: Ladder, kind: Kind = Kind.ACKNOWLEDGE, **given: Any) -> Deadline:
    """The ICB owes the provider something at high urgency: two working days to acknowledge, unless told otherwise."""
    usual = {
        "kind": kind,
        "subject": ladder.provider,
        "owed_by": ladder.icb,
        "owed_to": ladder.provider,
        "urgency": Urgency.HIGH,
        "reference": "PSR-000001",
        "path": "/escalations/1/",
        "now": NOW,
    }
    return services.start(**(usual | given))


def fresh(deadline: Deadline) -> Deadline:
    return Deadline.objects.get(pk=deadline.pk)


def told(**of: Any) -> list[tuple[str, str, datetime]]:
    """Who was told what, and when, oldest first."""
    rows = Notification.objects.filter(**of).select_related("organisation", "recipient").order_by("created_at")
    return [(row.organisation.name, row.message, row.created_at) for row in rows]
