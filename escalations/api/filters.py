"""What a list of escalations or of feedback can be asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django_filters import rest_framework as filters

from deadlines.models import Urgency
from escalations.models import Escalation, Feedback, FeedbackKind, Status

if TYPE_CHECKING:
    from django.db.models import QuerySet


class EscalationFilters(filters.FilterSet):
    risk = filters.CharFilter(field_name="risk__reference", label="The reference of the risk")
    side = filters.ChoiceFilter(
        choices=[("received", "Received"), ("sent", "Sent")],
        method="on_side",
        label="Those that your organisation received, or those that it sent",
    )
    status = filters.MultipleChoiceFilter(choices=Status)
    urgency = filters.MultipleChoiceFilter(choices=[c for c in Urgency.choices if c[0] != Urgency.ANY])
    is_open = filters.BooleanFilter(method="open_or_over", label="Whether it is neither closed nor withdrawn")

    class Meta:
        model = Escalation
        fields: list[str] = []

    def on_side(self, rows: QuerySet[Escalation], name: str, value: str) -> QuerySet[Escalation]:
        organisation = self.request.actor.organisation
        received = value == "received"
        return rows.filter(to_organisation=organisation) if received else rows.filter(from_organisation=organisation)

    def open_or_over(self, rows: QuerySet[Escalation], name: str, value: bool) -> QuerySet[Escalation]:
        return rows.filter(ended_at__isnull=value)


class FeedbackFilters(filters.FilterSet):
    risk = filters.CharFilter(field_name="escalation__risk__reference", label="The reference of the risk")
    escalation = filters.UUIDFilter(field_name="escalation", label="The id of the escalation")
    kind = filters.ChoiceFilter(choices=FeedbackKind)
    is_read = filters.BooleanFilter(label="Whether your organisation has noted that it read this")

    class Meta:
        model = Feedback
        fields = ["outcome"]
