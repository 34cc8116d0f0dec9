"""What overview keeps of its own: whole data that somebody asked for, and the figures of each body."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from overview.saved_views.models import SavedView as SavedView
from overview.triage.models import PutAway as PutAway

if TYPE_CHECKING:
    from accounts.actors import Actor


class Whole(models.TextChoices):
    """Whose data, and which part of it."""

    MINE = "MINE", "Everything the register holds about me"
    CONTENT = "CONTENT", "Everything about my organisation's risks"
    PEOPLE = "PEOPLE", "Everything about my organisation's people"


class PackageStatus(models.TextChoices):
    WAITING = "WAITING", "Being made"
    READY = "READY", "Ready"
    FAILED = "FAILED", "Could not be made"
    EXPIRED = "EXPIRED", "No longer kept"


class PackageQuerySet(models.QuerySet["DataPackage"]):
    def visible_to(self, actor: Actor) -> PackageQuerySet:
        """Those that the person asked for; those of an organisation only while they act for it in the same role."""
        mine = Q(whole=Whole.MINE) | Q(membership=actor.membership, membership__role=actor.role)
        return self.filter(mine, membership__user=actor.user)

    def newest_first(self) -> PackageQuerySet:
        return self.order_by("-asked_at", "-pk")


class DataPackage(models.Model):
    """Whole data that somebody asked for, as a ZIP, kept for a stated time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    whole = models.CharField(max_length=10, choices=Whole)
    membership = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+", help_text="Who asked, and in which role"
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=PackageStatus, default=PackageStatus.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="How often a worker began with it")
    file = models.BinaryField(null=True)
    size = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    objects = PackageQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status="READY", file__isnull=False) | (~Q(status="READY") & Q(file=None)),
                name="package_has_its_file_while_ready",
            ),
            models.UniqueConstraint(
                fields=["membership", "whole"],
                condition=Q(status="WAITING"),
                name="package_one_waiting",
                violation_error_message="This is being made already",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["asked_at"], condition=Q(status="WAITING"), name="package_waiting"),
            models.Index(fields=["expires_at"], condition=Q(status="READY"), name="package_expires"),
        ]

    def __str__(self) -> str:
        return f"{self.get_whole_display()}, {self.asked_at:%d %B %Y}"

    @property
    def path(self) -> str:
        return f"/data/{self.pk}/"

    @property
    def is_ready(self) -> bool:
        return self.status == PackageStatus.READY

    @property
    def is_waiting(self) -> bool:
        return self.status == PackageStatus.WAITING


class FigureSet(models.Model):
    """The figures of one body as they were at one moment: raw tables by the keys of `overview.figures.registry`.

    It holds ids, codes and counts, and no name or title: those are looked up for whoever reads it.
    """

    organisation = models.OneToOneField(
        "accounts.Organisation", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    made_at = models.DateTimeField()
    took_ms = models.PositiveIntegerField()
    tables = models.JSONField()

    def __str__(self) -> str:
        return f"Figures of {self.organisation} at {self.made_at:%d %B %Y, %H:%M}"
