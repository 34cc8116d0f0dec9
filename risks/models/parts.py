"""What belongs to one risk: its scores, controls, actions and comments."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from risks import scoring
from risks.models.risk import Risk
from risks.models.sharing import read_in_full
from safetyreg.audit.append_only import APPEND_ONLY

if TYPE_CHECKING:
    from accounts.actors import Actor


class ScoreKind(models.TextChoices):
    INITIAL = "INITIAL", "Initial"
    CURRENT = "CURRENT", "Current"
    TARGET = "TARGET", "Target"


Part = TypeVar("Part", bound=models.Model)


class PartQuerySet(models.QuerySet[Part]):
    """Rows of a risk. Scores and controls are read by all who see it, the rest by those who read it in full."""

    def visible_to(self, actor: Actor) -> PartQuerySet[Part]:
        return self.filter(risk__in=Risk.objects.visible_to(actor))

    def read_in_full_by(self, actor: Actor) -> PartQuerySet[Part]:
        return self.filter(read_in_full("risk", actor))

    def newest_first(self) -> PartQuerySet[Part]:
        return self.order_by("-created_at", "-pk")

    def oldest_first(self) -> PartQuerySet[Part]:
        return self.order_by("created_at", "pk")


class Score(models.Model):
    """A judgement of likelihood and consequence at one moment. Written once, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="scores")
    kind = models.CharField(max_length=10, choices=ScoreKind)
    likelihood = models.PositiveSmallIntegerField(choices=scoring.LIKELIHOOD_CHOICES)
    consequence = models.PositiveSmallIntegerField(choices=scoring.CONSEQUENCE_CHOICES)
    rationale = models.TextField(blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = PartQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(likelihood__range=(1, 5)) & Q(consequence__range=(1, 5)),
                name="score_1_to_5",
                violation_error_message="Likelihood and consequence are each a whole number from 1 to 5",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["risk", "kind", "-created_at"], name="score_history")]
        triggers: ClassVar = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.likelihood} x {self.consequence}"

    @property
    def score(self) -> int:
        return self.likelihood * self.consequence

    @property
    def band(self) -> scoring.Band:
        return scoring.band(self.score)


class Control(models.Model):
    """What already reduces the risk."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="controls")
    text = models.TextField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.TextField(blank=True)

    objects = PartQuerySet.as_manager()

    def __str__(self) -> str:
        return self.text


class Action(models.Model):
    """What will be done, by whom, by when. Its due time is a deadline that the organisation owes itself."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="actions")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    due_on = models.DateField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    done_words = models.TextField(blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)

    objects = PartQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(dropped_at=None),
                name="action_done_or_dropped_not_both",
                violation_error_message="An action cannot be both done and dropped",
            )
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_live(self) -> bool:
        return self.done_at is None and self.dropped_at is None


class Comment(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="comments")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = PartQuerySet.as_manager()

    class Meta:
        triggers: ClassVar = APPEND_ONLY

    def __str__(self) -> str:
        return self.text
