"""Asking another organisation to take a risk over."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from risks.models.parts import PartQuerySet
from risks.models.risk import Risk


class TransferStatus(models.TextChoices):
    PROPOSED = "PROPOSED", "Waiting for an answer"
    ACCEPTED = "ACCEPTED", "Accepted"
    DECLINED = "DECLINED", "Declined"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"


class Transfer(models.Model):
    """A request that another organisation take over accountability for a risk."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="transfers")
    from_organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    to_organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    status = models.CharField(max_length=10, choices=TransferStatus, default=TransferStatus.PROPOSED)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decision_words = models.TextField(blank=True)

    objects = PartQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["risk"],
                condition=Q(status=TransferStatus.PROPOSED),
                name="transfer_one_at_a_time",
                violation_error_message="A transfer of this risk is already waiting for an answer",
            )
        ]

    def __str__(self) -> str:
        return f"{self.risk_id} to {self.to_organisation_id}: {self.status}"

    @property
    def is_proposed(self) -> bool:
        return self.status == TransferStatus.PROPOSED
