"""What overview keeps of its own: whole data, figures, reports, saved views, and what triage has put away."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from overview.making import Made
from overview.reports.models import Recipient, Report, ReportSchedule
from overview.saved_views.models import SavedView
from overview.triage.models import PutAway

if TYPE_CHECKING:
    from accounts.actors import Actor

__all__ = [
    "DataPackage",
    "FigureSet",
    "PackageQuerySet",
    "PutAway",
    "Recipient",
    "Report",
    "ReportSchedule",
    "SavedView",
    "Whole",
]


class Whole(models.TextChoices):
    """Whose data, and which part of it."""

    MINE = "MINE", "Everything the register holds about me"
    CONTENT = "CONTENT", "Everything about my organisation's risks"
    PEOPLE = "PEOPLE", "Everything about my organisation's people"


class PackageQuerySet(models.QuerySet["DataPackage"]):
    def visible_to(self, actor: Actor) -> PackageQuerySet:
        """Those that the person asked for; those of an organisation only while they act for it in the same role."""
        mine = Q(whole=Whole.MINE) | Q(membership=actor.membership, membership__role=actor.role)
        return self.filter(mine, membership__user=actor.user)

    def newest_first(self) -> PackageQuerySet:
        return self.order_by("-asked_at", "-pk")


class DataPackage(Made):
    """Whole data that somebody asked for, as a ZIP, kept for a stated time."""

    emptied = {"file": None}

    whole = models.CharField(max_length=10, choices=Whole)
    membership = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+", help_text="Who asked, and in which role"
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    file = models.BinaryField(null=True)
    size = models.PositiveIntegerField(default=0)

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


class FigureSet(models.Model):
    """The figures of one body as they were at one moment: raw tables by the keys of `overview.figures.registry`.

    It holds ids, codes and counts, and no name or title: those are looked up for whoever reads it.
    """

    organisation = models.OneToOneField(
        "accounts.Organisation", primary_key=True, on_delete=models.CASCADE, related_name="figures"
    )
    made_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True, help_text="When somebody last looked, to the minute")
    took_ms = models.PositiveIntegerField()
    tables = models.JSONField()

    def __str__(self) -> str:
        return f"Figures of {self.organisation} at {self.made_at:%d %B %Y, %H:%M}"
