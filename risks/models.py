"""The register: risks, their scores, controls and actions, and who may see them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar, TypeVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector, SearchVectorField
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When

from deadlines.models import ESCALATION_KINDS, Deadline
from deadlines.models import Kind as DeadlineKind
from risks import lfpse, references, scoring
from safetyreg.audit.append_only import APPEND_ONLY

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models.expressions import Combinable

    from accounts.actors import Actor


class Status(models.TextChoices):
    DRAFT = "DRAFT", "Draft"
    OPEN = "OPEN", "Open"
    CLOSED = "CLOSED", "Closed"


class Treatment(models.TextChoices):
    TREAT = "TREAT", "Treat: reduce it"
    TOLERATE = "TOLERATE", "Tolerate: accept it and watch it"
    TRANSFER = "TRANSFER", "Transfer: somebody else is better placed to hold it"
    TERMINATE = "TERMINATE", "Terminate: stop what gives rise to it"


class ClosureReason(models.TextChoices):
    CONTROLLED = "CONTROLLED", "Controlled: the target score has been reached"
    NO_LONGER_PRESENT = "NO_LONGER_PRESENT", "No longer present: what caused it has gone"
    TOLERATED = "TOLERATED", "Tolerated: accepted at its present score"
    DUPLICATE = "DUPLICATE", "Duplicate: held under another reference"
    LOGGED_IN_ERROR = "LOGGED_IN_ERROR", "Logged in error"


class Basis(models.TextChoices):
    OWNER = "OWNER", "It owns the risk"
    OVERSIGHT = "OVERSIGHT", "It oversees an organisation on a risk that crosses a boundary"
    ESCALATION = "ESCALATION", "It was asked to act in an escalation"
    TRANSFER = "TRANSFER", "It has been asked to take the risk over"
    INVOLVEMENT = "INVOLVEMENT", "It is named on the risk"
    LINK = "LINK", "A risk of its own is linked to this one"


FULL_BASES = (Basis.OWNER, Basis.OVERSIGHT, Basis.ESCALATION, Basis.TRANSFER)


class RiskQuerySet(models.QuerySet["Risk"]):
    def visible_to(self, actor: Actor) -> RiskQuerySet:
        """Risks with a live share row for the acting organisation: the one question visibility asks."""
        return self._shared_with(actor)

    def read_in_full_by(self, actor: Actor) -> RiskQuerySet:
        """Those of which the actor reads everything, not just what an involved or linked organisation reads."""
        return self._shared_with(actor, basis__in=FULL_BASES)

    def _shared_with(self, actor: Actor, **conditions: object) -> RiskQuerySet:
        if not actor.reads_risks:
            return self.none()
        shares = RiskShare.objects.live().filter(risk=OuterRef("pk"), organisation=actor.organisation, **conditions)
        return self.filter(Exists(shares))

    def with_band(self, *bands: str) -> RiskQuerySet:
        wanted = Q()
        for band in bands:
            wanted |= Q(score__range=scoring.BAND_RANGES[scoring.Band(band)])
        return self.filter(wanted)

    def matching(self, text: str) -> RiskQuerySet:
        """Those whose words match what was typed, as a search engine would read it, or whose reference does."""
        words = SearchQuery(text, config="english", search_type="websearch")
        return self.filter(Q(words=words) | Q(reference__icontains=text) | Q(reference=references.in_full(text)))

    def as_listed_for(self, actor: Actor, now: datetime) -> RiskQuerySet:
        """With what a row of a list says. What only a full reader may know is left out for the others.

        Adds `is_read_in_full`, `is_escalated`, `review_due_at` and `is_review_overdue`.
        """
        full = RiskShare.objects.live().filter(
            risk=OuterRef("pk"), organisation=actor.organisation, basis__in=FULL_BASES
        )
        review = self._deadlines(kind=DeadlineKind.REVIEW)
        return self.select_related("organisation", "owner").annotate(
            is_read_in_full=Exists(full),
            is_escalated=_for_full_readers(Exists(self._deadlines(kind__in=ESCALATION_KINDS)), default=False),
            review_due_at=_for_full_readers(Subquery(review.values("due_at")[:1])),
            is_review_overdue=_for_full_readers(Exists(review.filter(due_at__lte=now)), default=False),
        )

    @staticmethod
    def _deadlines(**conditions: object) -> models.QuerySet[Deadline]:
        return Deadline.objects.live().filter(risk_reference=OuterRef("reference"), **conditions)

    def newest_first(self) -> RiskQuerySet:
        return self.order_by("-logged_at", "-pk")


def _for_full_readers(value: Combinable, default: bool | None = None) -> Case:
    return Case(When(is_read_in_full=True, then=value), default=Value(default))


class Risk(models.Model):
    """Something that could harm patients, owned by one organisation and one named person there."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=20, unique=True, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="risks")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    title = models.CharField(max_length=150)
    cause = models.TextField(blank=True)
    event = models.TextField(blank=True)
    effect = models.TextField(blank=True)
    theme = models.CharField(max_length=4, choices=lfpse.THEMES, blank=True)
    process = models.CharField(max_length=4, choices=lfpse.PROCESSES, blank=True)
    services = ArrayField(models.CharField(max_length=4, choices=lfpse.SERVICES), default=list, blank=True)
    reach = models.CharField(max_length=4, choices=lfpse.REACH, blank=True)
    other_bodies = models.TextField(blank=True)
    population = models.TextField(blank=True)
    treatment = models.CharField(max_length=10, choices=Treatment, default=Treatment.TREAT)
    external_reference = models.CharField(max_length=80, blank=True)
    likelihood = models.PositiveSmallIntegerField(null=True, blank=True, choices=scoring.LIKELIHOOD_CHOICES)
    consequence = models.PositiveSmallIntegerField(null=True, blank=True, choices=scoring.CONSEQUENCE_CHOICES)
    score = models.GeneratedField(
        expression=F("likelihood") * F("consequence"),
        output_field=models.PositiveSmallIntegerField(null=True),
        db_persist=True,
    )
    drafted_at = models.DateTimeField()
    logged_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closure_reason = models.CharField(max_length=20, choices=ClosureReason, blank=True)
    closure_words = models.TextField(blank=True)
    crosses_boundary = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    words = models.GeneratedField(
        expression=SearchVector("title", "cause", "event", "effect", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = RiskQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(Q(likelihood=None) | Q(likelihood__range=(1, 5)))
                & (Q(consequence=None) | Q(consequence__range=(1, 5))),
                name="risk_scored_1_to_5",
                violation_error_message="Likelihood and consequence are each a whole number from 1 to 5",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT)
                | (
                    Q(logged_at__isnull=False, likelihood__isnull=False, consequence__isnull=False)
                    & ~Q(cause="")
                    & ~Q(event="")
                    & ~Q(effect="")
                    & ~Q(theme="")
                    & ~Q(process="")
                    & ~Q(reach="")
                ),
                name="risk_complete_once_logged",
                violation_error_message="A logged risk has a cause, event, effect, theme, process, reach and score",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.CLOSED, closed_at__isnull=False) & ~Q(closure_reason="")
                | ~Q(status=Status.CLOSED) & Q(closed_at=None, closure_reason=""),
                name="risk_closed_with_a_reason",
                violation_error_message="A closed risk says when and why it was closed",
            ),
            models.UniqueConstraint(
                fields=["organisation", "external_reference"],
                condition=~Q(external_reference=""),
                name="risk_external_reference_once",
                violation_error_message="Another of your risks has this reference",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "status", "-logged_at"], name="risk_of_organisation"),
            models.Index(fields=["status", "-score"], name="risk_by_score"),
            GinIndex(fields=["words"], name="risk_words"),
            models.Index(fields=["owner"], condition=~Q(status=Status.CLOSED), name="risk_by_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return self.path

    @property
    def path(self) -> str:
        return f"/risks/{self.reference}/"

    @property
    def band(self) -> scoring.Band | None:
        """From likelihood and consequence, since the database works out `score` only when the row is saved."""
        return scoring.band(self.likelihood * self.consequence) if self.likelihood and self.consequence else None

    @property
    def judgement(self) -> tuple[int, int]:
        """Current likelihood and consequence. Raises ValueError for a draft that has none yet."""
        if self.likelihood is None or self.consequence is None:
            raise ValueError(f"{self.reference} has not been scored")
        return self.likelihood, self.consequence

    @property
    def is_draft(self) -> bool:
        return self.status == Status.DRAFT

    @property
    def is_open(self) -> bool:
        return self.status == Status.OPEN

    @property
    def is_closed(self) -> bool:
        return self.status == Status.CLOSED


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
        return self.filter(risk__in=Risk.objects.read_in_full_by(actor))

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


class Involvement(models.Model):
    """Another organisation named on a risk."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="involvements")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="involvements")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = PartQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["risk", "organisation"],
                name="involvement_once",
                violation_error_message="This organisation is already named on the risk",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} on {self.risk_id}"


class RiskShareQuerySet(models.QuerySet["RiskShare"]):
    def live(self) -> RiskShareQuerySet:
        return self.filter(revoked_at=None)


class RiskShare(models.Model):
    """Why an organisation can see a risk. Nothing else makes a risk visible."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="shares")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    basis = models.CharField(max_length=12, choices=Basis)
    granted_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = RiskShareQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["risk", "organisation", "basis"],
                condition=Q(revoked_at=None),
                name="share_one_live",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "risk"], condition=Q(revoked_at=None), name="share_live")
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} sees {self.risk_id}: {self.basis}"


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
