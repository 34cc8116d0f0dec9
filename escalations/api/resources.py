"""What can be read of escalations: which rows, in which order, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from escalations.api.filters import EscalationFilters, FeedbackFilters
from escalations.api.serializers import EscalationSerializer, FeedbackSerializer, StepSerializer
from escalations.models import Escalation, Feedback, FeedbackReceipt, Step
from safetyreg.api.resources import Resource

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.actors import Actor


def escalations(actor: Actor) -> QuerySet[Escalation]:
    rows = Escalation.objects.visible_to(actor).newest_first()
    return rows.select_related("risk", "from_organisation", "to_organisation", "handler", "raised_by")


def steps(actor: Actor) -> QuerySet[Step]:
    rows = Step.objects.visible_to(actor).select_related("organisation", "by")
    return rows.order_by("at", "written_at", "pk")


def feedback(actor: Actor) -> QuerySet[Feedback]:
    read = FeedbackReceipt.objects.filter(feedback=OuterRef("pk"), organisation=actor.organisation)
    rows = Feedback.objects.visible_to(actor).annotate(is_read=Exists(read))
    return rows.select_related("escalation__risk", "escalation__to_organisation", "given_by").order_by(
        "-given_at", "-pk"
    )


ESCALATIONS = Resource(EscalationSerializer, escalations, EscalationFilters)
STEPS = Resource(StepSerializer, steps)
FEEDBACK = Resource(FeedbackSerializer, feedback, FeedbackFilters)
