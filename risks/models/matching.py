"""What is worked out from the words of risks to tell which are alike. Nothing here is a fact: all can be made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from pgvector.django import HalfVectorField, HnswIndex

from risks.matching.likeness import DIMENSIONS
from risks.models.risk import Risk

if TYPE_CHECKING:
    pass


class RiskVector(models.Model):
    """Where a logged risk lies among the others by its words: the nearer the direction, the more alike."""

    risk = models.OneToOneField(Risk, primary_key=True, on_delete=models.CASCADE, related_name="vector")
    vector = HalfVectorField(dimensions=DIMENSIONS)
    topics = ArrayField(models.CharField(max_length=60), default=list)
    model = models.CharField(max_length=60, help_text="What made it: one of another make is made anew")
    digest = models.CharField(max_length=32, help_text="Of the words it was made from: Risk.text_digest at the time")
    made_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            HnswIndex(fields=["vector"], opclasses=["halfvec_cosine_ops"], name="vector_nearest"),
            models.Index(fields=["model"], name="vector_model"),
        ]

    def __str__(self) -> str:
        return f"{self.risk_id}: {', '.join(self.topics)}"


class LikelyPair(models.Model):
    """Two open risks of different organisations that are much alike, and that some body above them may both see."""

    first = models.ForeignKey(Risk, on_delete=models.CASCADE, related_name="pairs_first")
    second = models.ForeignKey(Risk, on_delete=models.CASCADE, related_name="pairs_second")
    likeness = models.FloatField(help_text="The cosine of the angle between the two: 1 for the same words")
    found_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["first", "second"], name="pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="pair_in_order"),
        ]
        indexes: ClassVar = [models.Index(fields=["-likeness", "id"], name="pair_by_likeness")]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}: {self.likeness:.2f}"
