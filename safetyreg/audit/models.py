"""The record of every change: who, for which organisation, what, when."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from safetyreg.audit.append_only import APPEND_ONLY, ClockTimestamp


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def about(self, reference: str) -> "AuditEventQuerySet":
        return self.filter(reference=reference).order_by("-at", "-written_at", "-pk")


class AuditEvent(models.Model):
    """One change. `by` is empty when the register itself acted (a deadline passed)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField()
    written_at = models.DateTimeField(db_default=ClockTimestamp(), help_text="Puts events of one moment in order")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=60)
    reference = models.CharField(max_length=20, blank=True, help_text="The risk it concerns, if any")
    summary = models.TextField(help_text="What happened, in plain words that follow the person's name")
    details = models.JSONField(default=dict, help_text="Fields changed, each with before and after")

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-written_at", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["reference", "at"], name="audit_by_reference"),
            models.Index(fields=["subject_type", "subject_id"], name="audit_by_subject"),
        ]
        triggers: ClassVar = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type} {self.subject_id}"
