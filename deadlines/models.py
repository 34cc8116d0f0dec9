"""What is owed: by whom, to whom, by when. And the standards that say how long each thing may take."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q

from deadlines.working_time import Duration, Unit

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.models import Organisation


class Urgency(models.TextChoices):
    IMMEDIATE = "IMMEDIATE", "Immediate: harm is imminent"
    EXTREME = "EXTREME", "Extreme"
    HIGH = "HIGH", "High"
    MODERATE = "MODERATE", "Moderate"
    LOW = "LOW", "Low"
    ANY = "ANY", "Any"


class Kind(models.TextChoices):
    ACKNOWLEDGE = "ACKNOWLEDGE", "Acknowledge the escalation"
    DECIDE = "DECIDE", "Decide what to do about the escalation"
    INFORM = "INFORM", "Give the information asked for"
    UPDATE = "UPDATE", "Give an update on the escalation"
    ANSWER = "ANSWER", "Answer the escalation"
    CONFIRM = "CONFIRM", "Say whether the answer helps"
    TRANSFER = "TRANSFER", "Accept or decline the transfer"
    POSITION = "POSITION", "Give a position on the risk"
    LINK = "LINK", "Accept or decline the link"
    INTRODUCE = "INTRODUCE", "Introduce organisations with similar risks"
    REVIEW = "REVIEW", "Review the risk"
    ACTION = "ACTION", "Complete the action"


ESCALATION_KINDS = (Kind.ACKNOWLEDGE, Kind.DECIDE, Kind.INFORM, Kind.UPDATE, Kind.ANSWER, Kind.CONFIRM)


class UnitChoices(models.TextChoices):
    HOURS = Unit.HOURS.value, "hours"
    WORKING_DAYS = Unit.WORKING_DAYS.value, "working days"
    MONTHS = Unit.MONTHS.value, "months"


class ResponseStandard(models.Model):
    """How long one kind of thing may take at one urgency: one set for everybody, edited by the national body."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    urgency = models.CharField(max_length=10, choices=Urgency)
    kind = models.CharField(max_length=20, choices=Kind)
    amount = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=15, choices=UnitChoices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["urgency", "kind"], name="standard_once"),
            models.CheckConstraint(
                condition=Q(amount__gte=1) & Q(amount__lte=400),
                name="standard_amount_in_range",
                violation_error_message="Enter a whole number from 1 to 400",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_urgency_display()}: {self.duration}"

    @property
    def duration(self) -> Duration:
        return Duration(self.amount, Unit(self.unit))


class ProclaimedDay(models.Model):
    """A bank holiday proclaimed for one occasion, not yet known to the calendar the register is built on."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    on = models.DateField(unique=True, error_messages={"unique": "This day is already a proclaimed bank holiday"})
    name = models.CharField(max_length=80)

    class Meta:
        ordering: ClassVar = ["on"]

    def __str__(self) -> str:
        return f"{self.name}, {self.on}"


class DeadlineQuerySet(models.QuerySet["Deadline"]):
    def live(self) -> DeadlineQuerySet:
        return self.filter(met_at=None, cancelled_at=None)

    def about(self, reference: str) -> DeadlineQuerySet:
        return self.filter(risk_reference=reference)

    def of(self, subject: models.Model) -> DeadlineQuerySet:
        return self.filter(subject_type=ContentType.objects.get_for_model(subject), subject_id=subject.pk)

    def between_organisations(self) -> DeadlineQuerySet:
        return self.exclude(owed_by=F("owed_to"))

    def owed_by(self, organisation: Organisation) -> DeadlineQuerySet:
        return self.filter(owed_by=organisation)

    def owed_to(self, organisation: Organisation) -> DeadlineQuerySet:
        """What others owe it: what it owes itself is already in its own list."""
        return self.filter(owed_to=organisation).exclude(owed_by=organisation)

    def visible_to(self, actor: Actor) -> DeadlineQuerySet:
        """What the acting organisation owes or is owed.

        The level above also sees late clocks, but without what they are about: see `late_below`.
        """
        if not actor.reads_risks:
            return self.none()
        return self.filter(Q(owed_by=actor.organisation) | Q(owed_to=actor.organisation))

    def late_below(self, actor: Actor) -> DeadlineQuerySet:
        """Breached clocks between two bodies of which one answers to the acting organisation."""
        if not actor.reads_risks:
            return self.none()
        return self.live().between_organisations().filter(breached_at__isnull=False, owed_by__parent=actor.organisation)

    def most_pressing_first(self) -> DeadlineQuerySet:
        return self.order_by("due_at", "pk")

    def to_sweep(self, now: datetime) -> DeadlineQuerySet:
        return self.filter(next_at__lte=now).order_by("next_at", "pk")


class Deadline(models.Model):
    """Something owed. It carries a reference and a path, no title: a title outlives a revoked share."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    owed_by = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    owed_to = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The person named for it at the organisation that owes it, if one is",
    )
    subject_type = models.ForeignKey(ContentType, on_delete=models.PROTECT)
    subject_id = models.UUIDField()
    subject = GenericForeignKey("subject_type", "subject_id")
    risk_reference = models.CharField(max_length=20)
    path = models.CharField(max_length=200)
    starts_at = models.DateTimeField()
    due_at = models.DateTimeField()
    amount = models.PositiveSmallIntegerField(null=True, help_text="The standard applied; empty for a chosen date")
    unit = models.CharField(max_length=15, choices=UnitChoices)
    calendar_version = models.CharField(max_length=40)
    next_at = models.DateTimeField(null=True, help_text="When to warn, breach or ask again")
    paused_at = models.DateTimeField(null=True)
    remaining = models.DurationField(null=True, help_text="What was left when it was paused, in its own unit of time")
    paused_for = models.DurationField(
        default=timedelta(0), help_text="All time it was paused, by the clock on the wall"
    )
    warned_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True, help_text="When the register last asked again")
    met_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0, help_text="How often the sweep could not handle it")

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(met_at=None) | Q(cancelled_at=None),
                name="deadline_met_or_cancelled_not_both",
                violation_error_message="A deadline cannot be both met and cancelled",
            ),
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "kind"],
                condition=Q(met_at=None, cancelled_at=None),
                name="deadline_one_live",
                violation_error_message="This is already owed",
            ),
            models.CheckConstraint(
                condition=Q(next_at=None) | Q(met_at=None, cancelled_at=None, paused_at=None),
                name="deadline_next_only_while_running",
            ),
            models.CheckConstraint(
                condition=Q(next_at__isnull=False)
                | Q(met_at__isnull=False)
                | Q(cancelled_at__isnull=False)
                | Q(paused_at__isnull=False),
                name="deadline_running_has_a_next",
                violation_error_message="A running deadline always has a next thing to do",
            ),
            models.CheckConstraint(condition=Q(due_at__gt=F("starts_at")), name="deadline_ends_after_it_starts"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="deadline_next"),
            models.Index(
                fields=["owed_by", "due_at"], condition=Q(met_at=None, cancelled_at=None), name="deadline_owed_by"
            ),
            models.Index(
                fields=["owed_to", "due_at"], condition=Q(met_at=None, cancelled_at=None), name="deadline_owed_to"
            ),
            models.Index(fields=["risk_reference"], name="deadline_risk"),
            # What is owed on one thing, also what no longer is: figures ask for that of many escalations.
            models.Index(fields=["subject_id", "kind"], name="deadline_subject"),
            models.Index(fields=["due_at"], condition=Q(met_at=None, cancelled_at=None), name="deadline_live_due"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.risk_reference}) by {self.due_at:%d %B %Y}"

    @property
    def is_live(self) -> bool:
        return self.met_at is None and self.cancelled_at is None

    @property
    def is_paused(self) -> bool:
        return self.paused_at is not None and self.is_live

    @property
    def is_between_organisations(self) -> bool:
        return self.owed_by_id != self.owed_to_id

    def is_overdue(self, now: datetime) -> bool:
        """Late and still owed; of a paused one, whether it was late when it was paused."""
        return self.is_live and self.due_at <= (self.paused_at or now)


def still_owed(organisation: Organisation) -> str:
    """What an organisation owes or is owed, in words, or nothing."""
    live = Deadline.objects.live().filter(Q(owed_by=organisation) | Q(owed_to=organisation)).count()
    return f"{live} live deadlines" if live else ""
