"""Telling people: one row for each thing a person was told, kept, so that "was I told?" has an answer."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from notifications.webhooks.models import (
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
    WebhookSecret,
)
from safetyreg.outbox import OutboxQuerySet, OutboxRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.actors import Actor


__all__ = [
    "Kind", "Notification", "NotificationQuerySet", "WebhookAttempt", "WebhookDelivery", "WebhookEndpoint",
    "WebhookEvent", "WebhookSecret",
]  # fmt: skip


class Kind(models.TextChoices):
    GIVEN_TO_YOU = "GIVEN_TO_YOU", "Given to you"
    ESCALATION_RAISED = "ESCALATION_RAISED", "New escalation"
    ANSWERED = "ANSWERED", "Answered"
    RETURNED = "RETURNED", "Returned"
    BREACHED = "BREACHED", "Overdue"
    DUE_SOON = "DUE_SOON", "Due soon"
    STEP = "STEP", "What happened next"
    COMMENT = "COMMENT", "New comment"
    SHARED = "SHARED", "Now visible to you"
    WEBHOOK = "WEBHOOK", "Trouble with a webhook"
    REPORT = "REPORT", "Report"


ABOUT_NO_RISK = frozenset({Kind.WEBHOOK})  # so that administrators are told it too


# DESIGN: these cannot wait; the rest goes into the daily digest.
AT_ONCE = frozenset({Kind.GIVEN_TO_YOU, Kind.ESCALATION_RAISED, Kind.ANSWERED, Kind.RETURNED, Kind.BREACHED})


class NotificationQuerySet(OutboxQuerySet["Notification"]):
    def visible_to(self, actor: Actor) -> NotificationQuerySet:
        """What this person was told in the organisation they act for: of risks, if they read any."""
        told = self.filter(recipient=actor.user, organisation=actor.organisation)
        return told if actor.reads_risks else told.filter(kind__in=ABOUT_NO_RISK)

    def unread(self) -> NotificationQuerySet:
        return self.filter(read_at=None)

    def newest_first(self) -> NotificationQuerySet:
        return self.order_by("-created_at", "-pk")

    def in_digests_of(self, readers: Iterable[str]) -> NotificationQuerySet:
        """What waits for the digests of these e-mail addresses."""
        to_them = Q(recipient__email__in=readers) | Q(recipient=None, address__in=readers)
        return self.exclude(kind__in=AT_ONCE).filter(to_them)


class Notification(OutboxRow):
    """One thing one person (or, where a body has no member, its duty address) is told.

    `message` names bodies, a reference and a time; never what a risk says. A share can end, an e-mail cannot.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    address = models.EmailField(blank=True, help_text="The duty address told, where there is no recipient")
    reason = models.CharField(max_length=300, help_text="Why this person is told, in words")
    kind = models.CharField(max_length=20, choices=Kind)
    reference = models.CharField(max_length=20, blank=True)
    path = models.CharField(max_length=200)
    message = models.CharField(max_length=500)
    dedupe_key = models.CharField(max_length=200, unique=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(recipient__isnull=False) | ~Q(address=""), name="notification_reaches_somebody"
            ),
            *OutboxRow.Meta.constraints,
        ]
        indexes: ClassVar = [
            *OutboxRow.Meta.indexes,
            models.Index(fields=["recipient", "organisation", "-created_at"], name="notification_in_tray"),
        ]

    def __str__(self) -> str:
        return self.message

    @property
    def is_at_once(self) -> bool:
        return self.kind in AT_ONCE
