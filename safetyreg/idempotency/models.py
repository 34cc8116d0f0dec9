"""What was answered to a request that carried a key, so that the same request again changes nothing more."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    from datetime import datetime

KEPT_FOR = timedelta(hours=24)


class StoredAnswerQuerySet(models.QuerySet["StoredAnswer"]):
    def stale(self, now: datetime) -> StoredAnswerQuerySet:
        return self.filter(stored_at__lte=now - KEPT_FOR)


class StoredAnswer(models.Model):
    """The first answer to one key of one caller: one person or client, acting for one organisation.

    Written in the transaction of what it answers: neither is ever there without the other.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    asked = models.CharField(max_length=64, help_text="SHA-256 of the method, the address and the body")
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    about = models.CharField(max_length=60, blank=True, help_text="The id of what the body shows")
    stored_at = models.DateTimeField()

    objects = StoredAnswerQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "organisation", "key"], name="one_answer_for_each_key")
        ]
        indexes: ClassVar = [models.Index(fields=["stored_at"], name="stored_answer_age")]

    def __str__(self) -> str:
        return self.key
