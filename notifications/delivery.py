"""Sending what is in the outbox: claim, let go of the transaction, send, mark as sent.

A crash between sending and marking sends again with the same Message-ID: at least once, never silently not at all.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F

from accounts.models import Membership
from notifications.models import Notification

if TYPE_CHECKING:
    from datetime import datetime

logger = logging.getLogger(__name__)

BATCH = 100
GIVE_UP_AFTER = 12
LEASE = timedelta(minutes=2)
LONGEST_WAIT = timedelta(hours=6)
SENDER_DOMAIN = "safetyreg"


@dataclass
class Sent:
    """How many e-mails went out, and how many could not be sent this time."""

    sent: int = 0
    failed: int = 0


def send(*, now: datetime, batch: int = BATCH) -> Sent:
    """Send all that is due. What cannot wait goes as an e-mail of its own, the rest as one digest a person."""
    total = Sent()
    while True:
        claimed = _claim(now, batch)
        for letter in _letters(claimed):
            _send_letter(letter, now, total)
        if len(claimed) < batch:
            return total


@transaction.atomic
def _claim(now: datetime, batch: int) -> list[Notification]:
    """Take what is due and push its next try back, so that nobody else takes it while this one sends."""
    claimed = list(
        Notification.objects.due(now)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("recipient", "organisation")
        .order_by("available_at", "pk")[:batch]
    )
    for notification in claimed:
        notification.attempts += 1
        wait = min(LEASE * 2 ** (notification.attempts - 1), LONGEST_WAIT)
        Notification.objects.filter(pk=notification.pk).update(attempts=F("attempts") + 1, available_at=now + wait)
    return claimed


def _letters(claimed: list[Notification]) -> list[list[Notification]]:
    """Each urgent notification by itself; the others grouped by reader and organisation."""
    at_once = [[notification] for notification in claimed if notification.is_at_once]
    rest = sorted((n for n in claimed if not n.is_at_once), key=_digest_key)
    return at_once + [list(group) for _, group in groupby(rest, key=_digest_key)]


def _digest_key(notification: Notification) -> tuple[str, str]:
    return (_address(notification), str(notification.organisation_id))


def _address(notification: Notification) -> str:
    return notification.recipient.email if notification.recipient else notification.address


def _send_letter(letter: list[Notification], now: datetime, total: Sent) -> None:
    ids = [notification.pk for notification in letter]
    rows = Notification.objects.filter(pk__in=ids)
    if not _still_reads(letter[0]):
        rows.update(dead_at=now, last_error="No longer a member of this organisation")
        return
    try:
        _email(letter).send()
    except Exception as error:
        logger.exception("A notification could not be sent")
        rows.update(last_error=str(error)[:300])
        rows.filter(attempts__gte=GIVE_UP_AFTER).update(dead_at=now)
        total.failed += 1
        return
    rows.update(sent_at=now, last_error="")
    total.sent += 1


def _still_reads(notification: Notification) -> bool:
    """Whether the reader is still there: what was due to a leaver is not sent to them."""
    if notification.recipient is None:
        return True
    return (
        Membership.objects.live().filter(user=notification.recipient, organisation=notification.organisation).exists()
    )


def _email(letter: list[Notification]) -> EmailMessage:
    first = letter[0]
    return EmailMessage(
        subject=_subject(letter),
        body=_body(letter),
        to=[_address(first)],
        headers={"Message-ID": f"<{first.pk}@{SENDER_DOMAIN}>"},
    )


def _subject(letter: list[Notification]) -> str:
    first = letter[0]
    if first.is_at_once:
        return f"{first.reference}: {first.get_kind_display()}" if first.reference else first.get_kind_display()
    return f"Patient safety risks: {len(letter)} things since yesterday"


def _body(letter: list[Notification]) -> str:
    """A reference, what happened and a link, for each; never what a risk says."""
    first = letter[0]
    parts = [f"For your work at {first.organisation.name}."]
    parts += [f"{notification.message}\n{settings.SITE_URL}{notification.path}" for notification in letter]
    parts.append(f"Why you were told: {first.reason}.\nYou need to sign in to read more.")
    return "\n\n".join(parts)
