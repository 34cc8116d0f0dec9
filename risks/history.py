"""Which of the things that happened to a risk a reader of it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import BooleanField, Case, CharField, Exists, OuterRef, Q, Value, When
from django.db.models.functions import Cast

from risks.models import Risk, RiskLink
from safetyreg.audit.models import AuditEvent

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.actors import Actor


def events_for(actor: Actor) -> QuerySet[AuditEvent]:
    """What happened to the risks that the actor reads in full, newest first.

    What happened to a link is left out for whoever may not know of the link: it would say that the other risk exists.
    """
    read = Risk.objects.read_in_full_by(actor).values("reference")
    events = AuditEvent.objects.filter(_may_be_told(actor), reference__in=read)
    return events.select_related("by", "organisation").order_by("-at", "-written_at", "-pk")


def _may_be_told(actor: Actor) -> Case:
    of_risk = Q(from_risk__reference=OuterRef("reference")) | Q(to_risk__reference=OuterRef("reference"))
    known = RiskLink.objects.visible_to(actor).filter(of_risk).annotate(key=Cast("pk", CharField()))
    known = known.filter(key=OuterRef("subject_id"))
    is_of_a_link = Q(subject_type=RiskLink._meta.label_lower)
    return Case(When(is_of_a_link, then=Exists(known)), default=Value(True), output_field=BooleanField())
