"""What an organisation has looked at in its triage and put away, with who did so and when."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Put(models.TextChoices):
    """The kinds of things that are put away; everything else leaves triage once it is decided."""

    NEW = "NEW", "A risk newly visible"
    GIVEN = "GIVEN", "A position given on a risk of ours"


class PutAway(models.Model):
    """That an organisation has looked at something, as it was until a moment. What comes after that is new again.

    Without a subject, it is everything of its kind.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=5, choices=Put)
    subject_id = models.UUIDField(null=True, help_text="The risk, or the involvement; empty for all of the kind")
    until = models.DateTimeField(help_text="What came until then is put away")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until__lte=F("at")), name="put_away_what_has_come"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "kind", "subject_id", "-until"], name="put_away_of_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, until {self.until:%d %B %Y}"
