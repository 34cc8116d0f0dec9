"""What the demonstration's people were told, left as if they had worked with the register all along.

E-mails count as sent when they were due, but for those of the last day that cannot wait: these leave when sending first
runs, a handful to be looked at. What somebody acted upon they have read, and the rest on the day after it came; what is
of the last ten days is unread, so that every main sign-in finds something.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import F, Q

from accounts.actors import Actor
from notifications.models import AT_ONCE, Notification
from overview.services import note_looked

if TYPE_CHECKING:
    from datetime import datetime

    from demo.cast import Cast

LEFT_TO_SEND = timedelta(days=1)
UNREAD = timedelta(days=10)
READ_AFTER = timedelta(days=1)


def settle(cast: Cast, now: datetime) -> None:
    _send(now)
    _read(now)
    for membership in cast.memberships:
        note_looked(by=Actor(membership), until=now - UNREAD, now=now)


def _send(now: datetime) -> None:
    """What is left to send is sent as if it had come just now, so that nobody finds the outbox behind."""
    due = Notification.objects.due(now)
    left = Q(kind__in=AT_ONCE, created_at__gt=now - LEFT_TO_SEND)
    due.exclude(left).update(sent_at=F("available_at"), attempts=1)
    due.update(available_at=now)


def _read(now: datetime) -> None:
    told = Notification.objects.unread().filter(recipient__isnull=False)
    told.filter(created_at__lte=now - UNREAD).update(read_at=F("created_at") + READ_AFTER)
