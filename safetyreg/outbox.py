"""Rows that wait to leave the building as e-mail: held for a while, sent outside the transaction, then marked.

A crash between sending and marking sends again once the hold is over, with the same Message-ID: at least once.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import TYPE_CHECKING, ClassVar, Self, TypeVar

from django.core.mail import EmailMessage
from django.db import models
from django.db.models import F, Q

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

logger = logging.getLogger(__name__)
Row = TypeVar("Row", bound=models.Model)

# Longer than a sending task may run (CELERY_TASK_TIME_LIMIT), so that nobody takes what is still being sent.
HOLD = timedelta(minutes=10)
FIRST_WAIT = timedelta(minutes=2)
LONGEST_WAIT = timedelta(hours=6)
GIVE_UP_AFTER = 28  # tries in some five days, which is as long as mail servers try
ABOUT_ONE_LETTER = (SMTPDataError, SMTPRecipientsRefused)  # all other troubles of SMTP would meet every letter
SENDER_DOMAIN = "safetyreg"


class OutboxQuerySet(models.QuerySet[Row]):
    def unsent(self) -> Self:
        return self.filter(sent_at=None, dead_at=None)

    def due(self, now: datetime) -> Self:
        return self.unsent().filter(available_at__lte=now)

    def hold(self, now: datetime) -> None:
        """Nobody else takes these while they are being sent. It counts as a try, also for one that kills its sender."""
        self.update(attempts=F("attempts") + 1, available_at=now + HOLD)

    def let_go(self, now: datetime) -> None:
        """They were held but not tried."""
        self.unsent().update(attempts=F("attempts") - 1, available_at=now)

    def mark_sent(self, now: datetime) -> None:
        self.unsent().update(sent_at=now, last_error="")

    def mark_failed(self, error: str, attempts: int, now: datetime) -> None:
        """Try again later, or give up after many tries."""
        wait = min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)
        self.unsent().update(last_error=error[:300], available_at=now + wait)
        if attempts >= GIVE_UP_AFTER:
            self.mark_dead(error, now)

    def mark_dead(self, why: str, now: datetime) -> None:
        self.unsent().update(dead_at=now, last_error=why[:300])


class OutboxRow(models.Model):
    """What every kind of outbox row carries. It is never deleted for having been sent: it says that it was."""

    available_at = models.DateTimeField(help_text="When the next try to send it may be made")
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True, help_text="When sending was given up")
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(sent_at=None) | Q(dead_at=None), name="%(class)s_sent_or_dead_not_both")
        ]
        indexes: ClassVar = [
            models.Index(fields=["available_at"], condition=Q(sent_at=None, dead_at=None), name="%(class)s_outbox")
        ]


@dataclass
class Sent:
    """How many e-mails went out, and how many could not be sent this time."""

    sent: int = 0
    failed: int = 0

    def __add__(self, other: Sent) -> Sent:
        return Sent(self.sent + other.sent, self.failed + other.failed)


class Unreachable(Exception):
    """The mail server does not answer: trying the other letters would only take time."""


def letter(*, to: str, subject: str, body: str, stable_id: UUID) -> EmailMessage:
    """An e-mail that no machine answers, and that a second try sends under the same Message-ID."""
    return EmailMessage(
        subject=subject,
        body=body,
        to=[to],
        headers={"Message-ID": f"<{stable_id}@{SENDER_DOMAIN}>", "Auto-Submitted": "auto-generated"},
    )


def post(email: EmailMessage, rows: OutboxQuerySet[Row], attempts: int, now: datetime) -> Sent:
    """Send one e-mail and mark the rows it stands for. Raises Unreachable, when they are marked already."""
    try:
        email.send()
    except Exception as error:
        logger.exception("An e-mail could not be sent")
        rows.mark_failed(str(error), attempts, now)
        if isinstance(error, OSError) and not isinstance(error, ABOUT_ONE_LETTER):
            raise Unreachable from error
        return Sent(failed=1)
    rows.mark_sent(now)
    return Sent(sent=1)
