"""Whether the register does its work: is the database there, are deadlines swept, do e-mails and webhooks go out, are
figures and what people asked for made?
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import DatabaseError
from django.db.models import Min
from django.db.models.functions import Coalesce

from deadlines.models import Deadline
from notifications.models import AT_ONCE, Notification, WebhookDelivery
from overview.figures import snapshots
from overview.making import MadeStatus
from overview.models import DataPackage, Report

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

SWEPT_WITHIN = timedelta(seconds=60)
SENT_WITHIN = timedelta(minutes=15)
MADE_WITHIN = timedelta(hours=1)  # three attempts of a report take half of it; on one day of the month many may wait
FAILS_FOR_GOOD = 3
WELL, BEHIND, UNWELL = "ok", "behind", "unwell"


def look(now: datetime) -> dict[str, str]:
    """How each part is, in a word: "ok" or what is wrong with it. It says nothing of what the register holds."""
    try:
        return {"database": WELL} | {part: wrong if is_so(now) else WELL for part, (is_so, wrong) in PARTS.items()}
    except DatabaseError:
        return {"database": "down"} | dict.fromkeys(PARTS, "unknown")


def status_of(parts: dict[str, str]) -> str:
    """Of all parts: "unwell" where something is not done that people rely on, "behind" where only what can wait is."""
    wrong = {part for part, state in parts.items() if state != WELL}
    if wrong - CAN_WAIT:
        return UNWELL
    return BEHIND if wrong else WELL


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


def are_figures_old(now: datetime) -> bool:
    """Nobody makes them ahead, or those of a body fail each time."""
    return snapshots.old(now).exists()


def are_reports_late(now: datetime) -> bool:
    """Nobody makes them, or one is tried again and again. One that was given up waits no more, and was told of."""
    waiting = Report.objects.filter(status=MadeStatus.WAITING).annotate(waits_since=Coalesce("redrawn_at", "asked_at"))
    return waiting.filter(waits_since__lt=now - MADE_WITHIN).exists()


def is_whole_data_late(now: datetime) -> bool:
    return DataPackage.objects.filter(status=MadeStatus.WAITING, asked_at__lt=now - MADE_WITHIN).exists()


PARTS: dict[str, tuple[Callable[[datetime], bool], str]] = {
    "deadlines": (is_sweep_late, "late"),
    "outbox": (is_outbox_behind, "behind"),
    "webhooks": (are_webhooks_behind, "behind"),
    "figures": (are_figures_old, "old"),
    "reports": (are_reports_late, "late"),
    "whole_data": (is_whole_data_late, "late"),
}
# No reason to send people away from the register.
CAN_WAIT = {"figures", "reports", "whole_data"}
