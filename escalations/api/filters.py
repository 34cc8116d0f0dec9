"""What a list of escalations or of feedback can be asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django_filters import rest_framework as filters

from escalations.filters import EscalationFilters as PageFilters
from escalations.models import Feedback, FeedbackKind, Status
from safetyreg.api.filters import TrueOrFalse

if TYPE_CHECKING:
    from escalations.models import EscalationQuerySet


class EscalationFilters(PageFilters):
    """Those of the page, and those that its in-tray and its chains stand for. What is over is listed too."""

    risk = filters.CharFilter(field_name="risk__reference", label="The reference of the risk")
    side = filters.ChoiceFilter(
        choices=[("received", "Received"), ("sent", "Sent")],
        method="on_side",
        label="Those that your organisation received, or those that it sent",
    )
    status = filters.MultipleChoiceFilter(choices=Status)
    is_open = TrueOrFalse(
        field_name="ended_at", lookup_expr="isnull", label="Whether it is neither closed nor withdrawn"
    )

    def filter_queryset(self, queryset: EscalationQuerySet) -> EscalationQuerySet:
        return super(PageFilters, self).filter_queryset(queryset)

    def on_side(self, rows: EscalationQuerySet, name: str, value: str) -> EscalationQuerySet:
        organisation = self.request.actor.organisation
        return rows.received_by(organisation) if value == "received" else rows.sent_by(organisation)


class FeedbackFilters(filters.FilterSet):
    risk = filters.CharFilter(field_name="escalation__risk__reference", label="The reference of the risk")
    escalation = filters.UUIDFilter(field_name="escalation", label="The id of the escalation")
    kind = filters.ChoiceFilter(choices=FeedbackKind)
    is_read = TrueOrFalse(label="Whether your organisation has noted that it read this")

    class Meta:
        model = Feedback
        fields = ["outcome"]
