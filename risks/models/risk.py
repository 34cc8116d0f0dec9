"""One risk: what it says, how it is scored, and which rows a reader finds."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector, SearchVectorField
from django.db import models
from django.db.models import Case, Exists, F, Func, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import MD5, Coalesce, Concat, Upper
from django.db.models.lookups import GreaterThanOrEqual

from deadlines.models import ESCALATION_KINDS, Deadline
from deadlines.models import Kind as DeadlineKind
from risks import lfpse, references, scoring
from risks.models.indexed import ALL_WORDS, COUNTED_BY, ENGLISH, SAME_WORDS
from risks.models.sharing import RiskShare

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models.expressions import Combinable

    from accounts.actors import Actor
    from accounts.models import Organisation
    from risks.models.sharing import RiskShareQuerySet


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


class RiskQuerySet(models.QuerySet["Risk"]):
    def visible_to(self, actor: Actor) -> RiskQuerySet:
        """Risks with a live share row for the acting organisation: the one question visibility asks."""
        if not actor.reads_risks:
            return self.none()
        return self._shared_by(RiskShare.objects.for_organisation(actor.organisation))

    def read_in_full_by(self, actor: Actor) -> RiskQuerySet:
        """Those of which the actor reads everything, not just what an involved or linked organisation reads."""
        return self.read_in_full_at(actor.organisation) if actor.reads_risks else self.none()

    def read_in_full_at(self, organisation: Organisation) -> RiskQuerySet:
        """Those of which everybody there who reads risks reads everything."""
        return self._shared_by(RiskShare.objects.in_full_for(organisation))

    def _shared_by(self, shares: RiskShareQuerySet) -> RiskQuerySet:
        return self.filter(Exists(shares.filter(risk=OuterRef("pk"))))

    def logged(self) -> RiskQuerySet:
        """Those that are no drafts."""
        return self.exclude(status=Status.DRAFT)

    def open(self) -> RiskQuerySet:
        return self.filter(status=Status.OPEN)

    def with_band(self, *bands: str) -> RiskQuerySet:
        wanted = Q()
        for band in bands:
            wanted |= Q(score__range=scoring.BAND_RANGES[scoring.Band(band)])
        return self.filter(wanted)

    def matching(self, text: str) -> RiskQuerySet:
        """Those whose words, without their comments, match what was typed, or whose reference does.

        For lists of what is about risks. The search for risks themselves is `risks.searching`.
        """
        words = SearchQuery(text, config=ENGLISH, search_type="websearch")
        return self.filter(Q(words=words) | Q(reference=references.in_full(text)))

    def as_listed_for(self, actor: Actor, now: datetime) -> RiskQuerySet:
        """With what a row of a list says. What only a full reader may know is left out for the others.

        Adds `is_read_in_full`, `is_escalated`, `review_due_at` and `is_review_overdue`. To filter and sort by there are
        `reads_all`, which is the same as the first, and `has_escalation` and `has_overdue_review`, which hold for
        readers in part too. The first asks about one row at a time: the database would answer an EXISTS in what is
        shown for all risks that the actor sees, before showing 25 of them.
        """
        full = RiskShare.objects.in_full_for(actor.organisation).filter(risk=OuterRef("pk"))
        review = self._deadlines(kind=DeadlineKind.REVIEW)
        escalation, overdue = self._deadlines(kind__in=ESCALATION_KINDS), review.filter(due_at__lte=now)
        listed = self.select_related("organisation", "owner").annotate(
            is_read_in_full=Coalesce(Subquery(full.values(yes=Value(True))[:1]), Value(False)),
            is_escalated=_for_full_readers(Exists(escalation), default=False),
            review_due_at=_for_full_readers(Subquery(review.values("due_at")[:1])),
            is_review_overdue=_for_full_readers(Exists(overdue), default=False),
        )
        return listed.alias(
            reads_all=Exists(full), has_escalation=Exists(escalation), has_overdue_review=Exists(overdue)
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
    source = models.ForeignKey(
        "risks.ImportSource",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The system whose reference it has, where it was imported",
    )
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
        expression=SearchVector("title", config=ENGLISH, weight="A")
        + SearchVector("cause", "event", "effect", config=ENGLISH, weight="B"),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    # What its comments say, for those who read the risk in full. `add_comment` keeps it, under the risk's lock.
    comment_words = SearchVectorField(default="", blank=True, editable=False)

    text_digest = models.GeneratedField(
        expression=MD5(
            Concat(
                "title",
                Value("\n"),
                "cause",
                Value("\n"),
                "event",
                Value("\n"),
                "effect",
                output_field=models.TextField(),
            )
        ),
        output_field=models.CharField(max_length=32),
        db_persist=True,
    )
    # Trigrams that the two have in common, of all that either has: words in another order or form count as the same.
    effect_repeats_cause = models.GeneratedField(
        expression=GreaterThanOrEqual(
            Func("cause", "effect", function="similarity", output_field=models.FloatField()), Value(SAME_WORDS)
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    indexed_as = models.CharField(
        max_length=32,
        blank=True,
        editable=False,
        help_text="The digest of the words that were compared last; empty to have it done again",
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
                fields=["organisation", "source", "external_reference"],
                condition=~Q(external_reference=""),
                nulls_distinct=False,
                name="risk_external_reference_once",
                violation_error_message="Another of your risks has this reference",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "status", "-logged_at"], name="risk_of_organisation"),
            models.Index(fields=["status", "-score"], name="risk_by_score"),
            # What the risks that somebody sees are counted by is answered without looking at the rows.
            models.Index(fields=["id"], include=COUNTED_BY, name="risk_counted_by"),
            GinIndex(fields=["words"], name="risk_words"),
            models.Index(
                fields=["id"],
                condition=~Q(status=Status.DRAFT) & ~Q(indexed_as=F("text_digest")),
                name="risk_to_index",
            ),
            GinIndex(ALL_WORDS, name="risk_all_words"),
            models.Index(
                Upper("external_reference"), condition=~Q(external_reference=""), name="risk_by_external_reference"
            ),
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
