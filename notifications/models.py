"""Telling people: one row for each thing a person was told, kept, so that "was I told?" has an answer."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor


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


# DESIGN: these cannot wait; the rest goes into the daily digest.
AT_ONCE = frozenset({Kind.GIVEN_TO_YOU, Kind.ESCALATION_RAISED, Kind.ANSWERED, Kind.RETURNED, Kind.BREACHED})


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, actor: Actor) -> NotificationQuerySet:
        return self.filter(recipient=actor.user, organisation=actor.organisation)

    def unread(self) -> NotificationQuerySet:
        return self.filter(read_at=None)

    def newest_first(self) -> NotificationQuerySet:
        return self.order_by("-created_at", "-pk")

    def unsent(self) -> NotificationQuerySet:
        return self.filter(sent_at=None, dead_at=None)

    def due(self, now: datetime) -> NotificationQuerySet:
        return self.unsent().filter(available_at__lte=now)


class Notification(models.Model):
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
    available_at = models.DateTimeField(help_text="When the next try to send it may be made")
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True, help_text="When sending was given up")
    last_error = models.CharField(max_length=300, blank=True)
    read_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(recipient__isnull=False) | ~Q(address=""), name="notification_reaches_somebody"
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(dead_at=None), name="notification_sent_or_dead_not_both"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["available_at"], condition=Q(sent_at=None, dead_at=None), name="notification_outbox"),
            models.Index(fields=["recipient", "organisation", "-created_at"], name="notification_in_tray"),
        ]

    def __str__(self) -> str:
        return self.message

    @property
    def is_at_once(self) -> bool:
        return self.kind in AT_ONCE
