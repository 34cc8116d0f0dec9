"""What can be read of escalations: which rows, in which order, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from deadlines.api import with_clocks
from escalations import exporting
from escalations.api.filters import EscalationFilters, FeedbackFilters
from escalations.api.serializers import EscalationSerializer, FeedbackSerializer, StepSerializer
from escalations.filters import SORTS
from escalations.models import Escalation, Feedback, FeedbackReceipt, Step
from risks.api.changes import in_sight
from safetyreg.api.resources import Resource, any_since

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from accounts.actors import Actor


def escalations(actor: Actor) -> QuerySet[Escalation]:
    return Escalation.objects.visible_to(actor).as_listed(timezone.now()).newest_first()


def with_their_clocks(rows: Sequence[Escalation], now: datetime) -> Sequence[Escalation]:
    with_clocks([deadline for row in rows for deadline in row.live_deadlines], now)  # type: ignore[attr-defined]
    return rows


def steps(actor: Actor) -> QuerySet[Step]:
    rows = Step.objects.visible_to(actor).select_related("organisation", "by")
    return rows.order_by("at", "written_at", "pk")


def feedback(actor: Actor) -> QuerySet[Feedback]:
    read = FeedbackReceipt.objects.filter(feedback=OuterRef("pk"), organisation=actor.organisation)
    rows = Feedback.objects.visible_to(actor).annotate(is_read=Exists(read))
    return rows.select_related("escalation__risk", "escalation__to_organisation", "given_by").order_by(
        "-given_at", "-pk"
    )


def escalations_changed(actor: Actor, since: datetime) -> Q:
    """Whatever happens to an escalation leaves a step."""
    steps = Step.objects.filter(escalation=OuterRef("pk"), at__gte=since)
    return Q(Exists(steps)) | in_sight(actor, since, "risk")


def feedback_changed(actor: Actor, since: datetime) -> Q:
    read = FeedbackReceipt.objects.filter(feedback=OuterRef("pk"), organisation=actor.organisation, read_at__gte=since)
    return Q(given_at__gte=since) | Q(Exists(read)) | in_sight(actor, since, "escalation__risk")


ESCALATIONS = Resource(
    EscalationSerializer,
    escalations,
    EscalationFilters,
    SORTS,
    changed=escalations_changed,
    prepare=with_their_clocks,
    export=lambda actor: exporting.ESCALATIONS,
)
STEPS = Resource(StepSerializer, steps, changed=any_since("at"))
FEEDBACK = Resource(FeedbackSerializer, feedback, FeedbackFilters, changed=feedback_changed)
