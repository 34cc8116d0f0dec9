"""Asking the level above to act, and what came back."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar, TypeVar

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q, Subquery

from deadlines.models import ESCALATION_KINDS, Deadline, Urgency
from risks.models import Risk, read_in_full
from safetyreg.audit.append_only import APPEND_ONLY, ClockTimestamp

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from accounts.models import Organisation


class Status(models.TextChoices):
    RAISED = "RAISED", "Raised"
    ACKNOWLEDGED = "ACKNOWLEDGED", "Acknowledged"
    INFORMATION_REQUESTED = "INFORMATION_REQUESTED", "Information requested"
    ACCEPTED = "ACCEPTED", "Accepted"
    ESCALATED_ON = "ESCALATED_ON", "Escalated on"
    ANSWERED = "ANSWERED", "Answered"
    CLOSED = "CLOSED", "Closed"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"


OVER = (Status.CLOSED, Status.WITHDRAWN)


class Outcome(models.TextChoices):
    ALERT_ISSUED = "ALERT_ISSUED", "Alert issued"
    ADVICE = "ADVICE", "Advice given"
    RESOURCE_PROVIDED = "RESOURCE_PROVIDED", "Resource provided"
    IMPROVEMENT_PROGRAMME = "IMPROVEMENT_PROGRAMME", "Improvement programme"
    POLICY_OR_CONTRACT_CHANGE = "POLICY_OR_CONTRACT_CHANGE", "Policy or contract changed"
    REFERRED_TO_INVESTIGATION = "REFERRED_TO_INVESTIGATION", "Referred to investigation"
    ALREADY_ADDRESSED = "ALREADY_ADDRESSED", "Already addressed"
    RETURNED_FOR_LOCAL_ACTION = "RETURNED_FOR_LOCAL_ACTION", "Returned for local action"
    ACCEPTED_AND_MONITORED = "ACCEPTED_AND_MONITORED", "Accepted and monitored"
    NO_ACTION = "NO_ACTION", "No action (with the reason)"


class Verdict(models.TextChoices):
    HELPS = "HELPS", "The answer helps"
    DOES_NOT_HELP = "DOES_NOT_HELP", "The answer does not help"


class EscalationQuerySet(models.QuerySet["Escalation"]):
    def visible_to(self, actor: Actor) -> EscalationQuerySet:
        """Every hop on a risk that the actor reads in full: a chain is seen whole or not at all."""
        return self.filter(read_in_full("risk", actor))

    def open(self) -> EscalationQuerySet:
        return self.exclude(status__in=OVER)

    def over(self) -> EscalationQuerySet:
        return self.filter(status__in=OVER)

    def received_by(self, organisation: Organisation) -> EscalationQuerySet:
        return self.filter(to_organisation=organisation)

    def sent_by(self, organisation: Organisation) -> EscalationQuerySet:
        return self.filter(from_organisation=organisation)

    def of_risk(self, risk: Risk) -> EscalationQuerySet:
        return self.filter(risk=risk).order_by("raised_at", "pk")

    def newest_first(self) -> EscalationQuerySet:
        return self.order_by("-raised_at", "-pk")

    def matching(self, text: str) -> EscalationQuerySet:
        """Those of risks whose words or reference match what was typed."""
        return self.filter(risk__in=Risk.objects.matching(text))

    def with_people(self) -> EscalationQuerySet:
        """With the risk, the bodies, those above them and the people that every page names."""
        return self.select_related(
            "risk__organisation", "from_organisation", "to_organisation__parent", "handler", "raised_by"
        )

    def as_listed(self, now: datetime) -> EscalationQuerySet:
        """With what a row of a list says: when the next thing is due, whether one is late, and the live clocks."""
        ours = ContentType.objects.get_for_model(Escalation)  # named, so that the index of what is live serves
        running = Deadline.objects.live().filter(
            subject_type=ours, subject_id=OuterRef("pk"), kind__in=ESCALATION_KINDS, paused_at__isnull=True
        )
        unpaused_first = F("paused_at").asc(nulls_first=True)
        clocks = Deadline.objects.live().select_related("owed_by", "owed_to").order_by(unpaused_first, "due_at", "pk")
        return (
            self.with_people()
            .annotate(
                next_due=Subquery(running.order_by("due_at").values("due_at")[:1]),
                is_overdue=Exists(running.filter(due_at__lte=now)),
            )
            .prefetch_related(Prefetch("deadlines", clocks, to_attr="live_deadlines"))
        )


class Escalation(models.Model):
    """One hop: one organisation asks the one above to act on a risk."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="escalations")
    from_organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    to_organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    previous = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="hops_above")
    bypasses = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="bypassed_by")
    reason = models.TextField()
    ask = models.TextField()
    why_this_body = models.TextField(blank=True, help_text="Why an ICB other than the provider's own")
    urgency = models.CharField(max_length=10, choices=[c for c in Urgency.choices if c[0] != Urgency.ANY])
    status = models.CharField(max_length=25, choices=Status, default=Status.RAISED)
    back_to = models.CharField(max_length=25, choices=Status, blank=True, help_text="Where it stands once informed")
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    plan = models.TextField(blank=True, help_text="What the body asked said it will do when it accepted")
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When it was closed or withdrawn")
    disputes = models.PositiveSmallIntegerField(default=0)
    pause_used = models.BooleanField(default=False, help_text="Whether this decision has had its information pause")
    verdict = models.CharField(max_length=15, choices=Verdict, blank=True)
    deadlines = GenericRelation(Deadline, object_id_field="subject_id", content_type_field="subject_type")

    objects = EscalationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["risk", "from_organisation", "to_organisation"],
                condition=~Q(status__in=OVER),
                name="escalation_one_open",
                violation_error_message="This organisation has already been asked about this risk",
            ),
            models.CheckConstraint(
                condition=~Q(from_organisation=F("to_organisation")),
                name="escalation_to_another",
                violation_error_message="An organisation cannot escalate to itself",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.RAISED, Status.WITHDRAWN]) | Q(handler__isnull=False),
                name="escalation_acknowledged_has_handler",
                violation_error_message="An acknowledged escalation has a named handler",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.INFORMATION_REQUESTED) & ~Q(back_to="")
                | ~Q(status=Status.INFORMATION_REQUESTED) & Q(back_to=""),
                name="escalation_back_to_while_asking",
            ),
            models.CheckConstraint(
                condition=Q(status__in=OVER, ended_at__isnull=False) | (~Q(status__in=OVER) & Q(ended_at=None)),
                name="escalation_over_has_an_end",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["to_organisation", "status", "-raised_at"], name="escalation_in_tray"),
            models.Index(fields=["from_organisation", "status", "-raised_at"], name="escalation_sent"),
        ]

    def __str__(self) -> str:
        return f"Escalation to {self.to_organisation} ({self.get_status_display()})"

    def get_absolute_url(self) -> str:
        return self.path

    @property
    def path(self) -> str:
        return f"/escalations/{self.pk}/"

    @property
    def is_over(self) -> bool:
        return self.status in OVER


Part = TypeVar("Part", bound=models.Model)


class PartOfEscalationQuerySet(models.QuerySet[Part]):
    def visible_to(self, actor: Actor) -> PartOfEscalationQuerySet[Part]:
        return self.filter(read_in_full("escalation__risk", actor))


class Verb(models.TextChoices):
    """What can be done with an escalation; each gives the words of a step in the timeline."""

    ESCALATE = "ESCALATE", "raised it"
    ACKNOWLEDGE = "ACKNOWLEDGE", "acknowledged it"
    REASSIGN = "REASSIGN", "gave it to another handler"
    REQUEST_INFORMATION = "REQUEST_INFORMATION", "asked for information"
    GIVE_INFORMATION = "GIVE_INFORMATION", "gave the information"
    ACCEPT = "ACCEPT", "accepted it"
    UPDATE = "UPDATE", "gave an update"
    ESCALATE_ON = "ESCALATE_ON", "escalated it on"
    ANSWER = "ANSWER", "answered it"
    CONFIRM = "CONFIRM", "confirmed that the answer helps"
    DISPUTE = "DISPUTE", "said that the answer does not help"
    WITHDRAW = "WITHDRAW", "withdrew it"
    BYPASS = "BYPASS", "went past it to the level above"
    RETURNED = "RETURNED", "ended the wait for the level above"
    WAITING = "WAITING", "went back to waiting for the level above"


class Step(models.Model):
    """One step in the life of an escalation, with the words that went with it. Written once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=25, choices=Verb)
    from_status = models.CharField(max_length=25, choices=Status, blank=True)
    to_status = models.CharField(max_length=25, choices=Status)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    written_at = models.DateTimeField(db_default=ClockTimestamp(), help_text="Puts steps of one moment in order")

    objects = PartOfEscalationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["at", "written_at", "pk"]
        triggers: ClassVar = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.get_verb_display()} at {self.at:%d %B %Y}"


class FeedbackKind(models.TextChoices):
    UPDATE = "UPDATE", "Update"
    ANSWER = "ANSWER", "Answer"


class Feedback(models.Model):
    """An update or an answer to an escalation. Written once; an answer has an outcome."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="feedback")
    kind = models.CharField(max_length=10, choices=FeedbackKind)
    outcome = models.CharField(max_length=30, choices=Outcome, blank=True)
    text = models.TextField()
    passed_on_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="passed_on_as")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    objects = PartOfEscalationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["given_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind=FeedbackKind.ANSWER) & ~Q(outcome="") | Q(kind=FeedbackKind.UPDATE, outcome=""),
                name="feedback_answer_has_outcome",
                violation_error_message="An answer has an outcome; an update has none",
            )
        ]
        triggers: ClassVar = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.given_at:%d %B %Y}"


class FeedbackReceipt(models.Model):
    """That somebody at an organisation has read a feedback, and who did so first."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    feedback = models.ForeignKey(Feedback, on_delete=models.PROTECT, related_name="receipts")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["feedback", "organisation"], name="receipt_once_an_organisation")
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} read {self.feedback_id}"
