"""Other organisations named on a risk, each asked for its position, and requests to be introduced to others."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from deadlines.models import Deadline
from deadlines.models import Kind as DeadlineKind
from risks.models.parts import PartQuerySet
from risks.models.risk import Risk
from risks.models.sharing import read_in_full

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.models import Organisation

DEFAULT_QUESTION = "Do you hold this risk too, or are you not affected by it?"


class Position(models.TextChoices):
    OWN_RISK = "OWN_RISK", "It has a risk of its own"
    NOT_AFFECTED = "NOT_AFFECTED", "It is not affected"


class InvolvementQuerySet(PartQuerySet["Involvement"]):
    def visible_to(self, actor: Actor) -> InvolvementQuerySet:
        """Those of risks read in full, and whatever the acting organisation was itself asked: it keeps the exchange."""
        if not actor.reads_risks:
            return self.none()
        asked = Q(organisation=actor.organisation, asked_at__isnull=False)
        return self.filter(asked | read_in_full("risk", actor))

    def asked(self) -> InvolvementQuerySet:
        """Those of logged risks: a draft has asked nobody yet."""
        return self.filter(asked_at__isnull=False)

    def still_involved(self) -> InvolvementQuerySet:
        """All but those whose organisation said that it is not affected."""
        return self.exclude(position=Position.NOT_AFFECTED)

    def unanswered(self) -> InvolvementQuerySet:
        return self.asked().filter(answered_at=None)

    def asked_of(self, organisation: Organisation) -> InvolvementQuerySet:
        return self.asked().filter(organisation=organisation)

    def asked_by(self, organisation: Organisation) -> InvolvementQuerySet:
        """Those about its own risks."""
        return self.asked().filter(risk__organisation=organisation)

    def as_listed(self, now: datetime) -> InvolvementQuerySet:
        """With what a row of a list says: when an answer is due, and whether it is late."""
        owed = Deadline.objects.live().filter(subject_id=OuterRef("pk"), kind=DeadlineKind.POSITION)
        return self.select_related("risk__organisation", "organisation", "own_risk").annotate(
            due_at=Subquery(owed.values("due_at")[:1]), is_overdue=Exists(owed.filter(due_at__lte=now))
        )


class Involvement(models.Model):
    """Another organisation named on a risk. Once the risk is logged, it is asked for its position, by a deadline."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="involvements")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="involvements")
    question = models.TextField(default=DEFAULT_QUESTION)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(null=True, blank=True)
    position = models.CharField(max_length=12, choices=Position, blank=True)
    own_risk = models.ForeignKey(Risk, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    words = models.TextField(blank=True, help_text="Why the organisation is not affected")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = InvolvementQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["risk", "organisation"],
                name="involvement_once",
                violation_error_message="This organisation is already named on the risk",
            ),
            models.CheckConstraint(
                condition=Q(position="", own_risk=None, words="", answered_at=None, answered_by=None)
                | (
                    Q(answered_at__isnull=False, answered_by__isnull=False, asked_at__isnull=False)
                    & (
                        Q(position=Position.OWN_RISK, own_risk__isnull=False)
                        | (Q(position=Position.NOT_AFFECTED, own_risk=None) & ~Q(words=""))
                    )
                ),
                name="involvement_answered_in_full",
                violation_error_message="A position is a risk of its own, or a reason why it is not affected",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organisation", "-asked_at"], name="involvement_asked")]

    def __str__(self) -> str:
        return f"{self.organisation_id} on {self.risk_id}"

    def get_absolute_url(self) -> str:
        return self.path

    @property
    def path(self) -> str:
        return f"/involvements/{self.pk}/"

    @property
    def is_answered(self) -> bool:
        return self.answered_at is not None

    @property
    def is_not_affected(self) -> bool:
        return self.position == Position.NOT_AFFECTED


class IntroductionStatus(models.TextChoices):
    ASKED = "ASKED", "Waiting for an answer"
    MADE = "MADE", "Introduced"
    DECLINED = "DECLINED", "Declined"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"


class IntroductionQuerySet(PartQuerySet["Introduction"]):
    def visible_to(self, actor: Actor) -> IntroductionQuerySet:
        """Those that the acting organisation asked for or was asked for."""
        if not actor.reads_risks:
            return self.none()
        return self.filter(Q(organisation=actor.organisation) | Q(icb=actor.organisation))

    def open(self) -> IntroductionQuerySet:
        return self.filter(status=IntroductionStatus.ASKED)


class Introduction(models.Model):
    """A request that the ICB introduce the owner of a risk to others of its system that hold a similar one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="introductions")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    icb = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=IntroductionStatus, default=IntroductionStatus.ASKED)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    words = models.TextField(blank=True, help_text="What the ICB answered")

    objects = IntroductionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["risk"],
                condition=Q(status=IntroductionStatus.ASKED),
                name="introduction_one_at_a_time",
                violation_error_message="An introduction has been asked for already, and waits for an answer",
            ),
            models.CheckConstraint(
                condition=Q(status=IntroductionStatus.ASKED, ended_at=None)
                | (~Q(status=IntroductionStatus.ASKED) & Q(ended_at__isnull=False)),
                name="introduction_ended_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.risk_id} by {self.icb_id}: {self.status}"

    def get_absolute_url(self) -> str:
        return self.path

    @property
    def path(self) -> str:
        return f"/introductions/{self.pk}/"

    @property
    def is_open(self) -> bool:
        return self.status == IntroductionStatus.ASKED
