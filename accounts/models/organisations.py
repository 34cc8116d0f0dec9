"""The bodies of the NHS, and which took over from which."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class Level(models.TextChoices):
    PROVIDER = "PROVIDER", "Provider"
    ICB = "ICB", "Integrated care board"
    REGION = "REGION", "Region"
    NATIONAL = "NATIONAL", "National"


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def open(self) -> OrganisationQuerySet:
        return self.filter(closed_on=None)

    def in_order(self) -> OrganisationQuerySet:
        return self.order_by("name", "ods_code")


class Organisation(models.Model):
    """A body in the NHS Organisation Data Service. Its ODS code is data: it can change hands."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ods_code = models.CharField(
        "ODS code", max_length=10, unique=True, error_messages={"unique": "This code is already in the register"}
    )
    name = models.CharField(max_length=200)
    level = models.CharField(max_length=10, choices=Level)
    kind = models.CharField(max_length=40, help_text="ICB, NHS_TRUST, AMBULANCE_TRUST, INDEPENDENT_PROVIDER ...")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    duty_email = models.EmailField("duty e-mail address", blank=True)
    duty_phone = models.CharField("duty telephone number", max_length=40, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "ods_code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(level=Level.NATIONAL, parent=None) | (~Q(level=Level.NATIONAL) & Q(parent__isnull=False)),
                name="organisation_has_parent_unless_national",
                violation_error_message="Every organisation but the national body has an organisation above it",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(opened_on=None) | Q(closed_on__gte=F("opened_on")),
                name="organisation_closes_after_it_opens",
                violation_error_message="An organisation cannot close before it opens",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.closed_on is None

    @property
    def is_above_providers(self) -> bool:
        """An ICB, a region or the national body: what it owns is a system risk."""
        return self.level != Level.PROVIDER

    @property
    def icb_id(self) -> uuid.UUID | None:
        """The ICB that oversees this organisation: itself if it is one, its parent if a provider."""
        if self.level == Level.ICB:
            return self.pk
        return self.parent_id if self.level == Level.PROVIDER else None


class Succession(models.Model):
    """One body taking over from another, in whole or in part. Many to many: some ICBs were split."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    predecessor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="predecessions")
    legal_on = models.DateField()
    scope = models.CharField(max_length=200, blank=True, help_text="What moved, if not everything")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["predecessor", "successor", "legal_on"], name="succession_once"),
            models.CheckConstraint(
                condition=~Q(predecessor=F("successor")),
                name="succession_to_another",
                violation_error_message="An organisation cannot succeed itself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor_id} to {self.successor_id} on {self.legal_on}"
