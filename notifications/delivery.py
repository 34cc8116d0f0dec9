"""Sending what is in the outbox: what cannot wait as an e-mail of its own, the rest as one digest a person and day."""

from __future__ import annotations

import uuid
from itertools import groupby
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction

from accounts import mail
from accounts.models import Membership
from notifications.digest import next_digest
from notifications.models import ABOUT_NO_RISK, Notification
from safetyreg.outbox import Sent, Unreachable, letter, post
from safetyreg.words import plural

if TYPE_CHECKING:
    from datetime import datetime

    from django.core.mail import EmailMessage

BATCH = 100
CLAIMING = 7_261_953  # names the lock under which the outbox is claimed; any number that nothing else uses
LETTERS = uuid.UUID("9d3c6f6e-0f0a-4b9e-8a34-6f6c2b1a5d10")


def send(*, now: datetime, batch: int = BATCH) -> Sent:
    """Send all that is due, account e-mails first. Stops early when the mail server does not answer."""
    total = Sent()
    try:
        total += mail.send(now=now)
        while claimed := _claim(now, batch):
            total += _send_claimed(claimed, now)
    except Unreachable:
        total += Sent(failed=1)
    return total


@transaction.atomic
def _claim(now: datetime, batch: int) -> list[Notification]:
    """Hold a batch of what is due, with all that belongs into the same digests.

    One at a time: two that claim at once could each take half of a digest.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CLAIMING])
    due = Notification.objects.due(now).select_related("recipient", "organisation").order_by("available_at", "pk")
    claimed = {notification.pk: notification for notification in due[:batch]}
    waiting = [notification for notification in claimed.values() if not notification.is_at_once]
    readers = {_address(notification) for notification in waiting}
    claimed |= {notification.pk: notification for notification in due.in_digests_of(readers)}
    Notification.objects.filter(pk__in=claimed).hold(now)
    return list(claimed.values())


def _send_claimed(claimed: list[Notification], now: datetime) -> Sent:
    total = Sent()
    letters = _letters(claimed)
    for number, rows in enumerate(letters):
        try:
            total += _send_letter(rows, now)
        except Unreachable:
            untried = [notification.pk for left in letters[number + 1 :] for notification in left]
            Notification.objects.filter(pk__in=untried).let_go(now)
            raise
    return total


def _letters(claimed: list[Notification]) -> list[list[Notification]]:
    """Each urgent notification by itself; the others grouped by reader, organisation and the digest they are for."""
    at_once = [[notification] for notification in claimed if notification.is_at_once]
    rest = sorted((n for n in claimed if not n.is_at_once), key=_in_order)
    return at_once + [list(group) for _, group in groupby(rest, key=_digest)]


def _digest(notification: Notification) -> tuple[str, str, datetime]:
    """What never changes about a notification's digest, so that a second try sends the same one."""
    return _address(notification), str(notification.organisation_id), next_digest(notification.created_at)


def _in_order(notification: Notification) -> tuple[tuple[str, str, datetime], datetime, str]:
    return _digest(notification), notification.created_at, str(notification.pk)


def _address(notification: Notification) -> str:
    return notification.recipient.email if notification.recipient else notification.address


def _send_letter(rows: list[Notification], now: datetime) -> Sent:
    marked = Notification.objects.filter(pk__in=[notification.pk for notification in rows])
    if not _still_reads(rows[0]):
        marked.mark_dead("No longer reads risks in this organisation", now)
        return Sent()
    return post(_email(rows), marked, 1 + max(notification.attempts for notification in rows), now)


def _still_reads(notification: Notification) -> bool:
    """Whether the reader is still there: what was due to a leaver is not sent to them."""
    reader, organisation = notification.recipient, notification.organisation
    if reader is None:
        return True
    members = Membership.objects.live().filter(user=reader, organisation=organisation)
    return (members if notification.kind in ABOUT_NO_RISK else members.clinical()).exists()


def _email(rows: list[Notification]) -> EmailMessage:
    """The same notifications always make the same Message-ID."""
    names = " ".join(sorted(str(notification.pk) for notification in rows))
    return letter(to=_address(rows[0]), subject=_subject(rows), body=_body(rows), stable_id=uuid.uuid5(LETTERS, names))


def _subject(rows: list[Notification]) -> str:
    first = rows[0]
    if not first.is_at_once:
        return f"Patient safety risks: {plural(len(rows), 'thing')} you were told"
    return ": ".join(filter(None, [first.reference, first.get_kind_display()]))


def _body(rows: list[Notification]) -> str:
    """What happened, with a reference, a link and why they are told; never what a risk says."""
    return "\n\n".join(
        [
            f"For your work at {rows[0].organisation.name}.",
            *(_paragraph(notification) for notification in rows),
            "You need to sign in to read more.",
        ]
    )


def _paragraph(notification: Notification) -> str:
    return f"{notification.message}\n{settings.SITE_URL}{notification.path}\nWhy you were told: {notification.reason}."
