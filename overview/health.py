"""Whether the register does its work: is the database there, are deadlines swept, do e-mails and webhooks go out?"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import DatabaseError
from django.db.models import Min

from deadlines.models import Deadline
from notifications.models import AT_ONCE, Notification, WebhookDelivery

if TYPE_CHECKING:
    from datetime import datetime

SWEPT_WITHIN = timedelta(seconds=60)
SENT_WITHIN = timedelta(minutes=15)
FAILS_FOR_GOOD = 3
WELL = "ok"


def look(now: datetime) -> dict[str, str]:
    """How each part is, in a word: "ok" or what is wrong with it. It says nothing of what the register holds."""
    try:
        return {
            "database": WELL,
            "deadlines": "late" if is_sweep_late(now) else WELL,
            "outbox": "behind" if is_outbox_behind(now) else WELL,
            "webhooks": "behind" if are_webhooks_behind(now) else WELL,
        }
    except DatabaseError:
        return {"database": "down", "deadlines": "unknown", "outbox": "unknown", "webhooks": "unknown"}


def is_sweep_late(now: datetime) -> bool:
    """Either nobody sweeps, or the sweep fails on a deadline again and again, setting it back each time."""
    unswept = Deadline.objects.filter(next_at__lt=now - SWEPT_WITHIN)
    return unswept.exists() or Deadline.objects.live().filter(failures__gte=FAILS_FOR_GOOD).exists()


def is_outbox_behind(now: datetime) -> bool:
    """Either nobody takes out what is due, or what cannot wait is tried and nothing at all goes out any more."""
    if Notification.objects.unsent().filter(available_at__lt=now - SENT_WITHIN).exists():
        return True
    tried = Notification.objects.unsent().filter(kind__in=AT_ONCE, attempts__gt=0)
    oldest = tried.aggregate(oldest=Min("created_at"))["oldest"]
    if oldest is None or oldest >= now - SENT_WITHIN:
        return False
    # One address that refuses its mail does not make the register unwell: others have been written to since.
    return not Notification.objects.filter(sent_at__gt=oldest).exists()


def are_webhooks_behind(now: datetime) -> bool:
    """Nobody sends what is due. What waits for a system that takes nothing says nothing of the register."""
    due = WebhookDelivery.objects.due(now - SENT_WITHIN)
    return due.filter(endpoint__failing_since=None).exists()
