"""Narrowing the in-tray and what was sent. The queryset filtered is one of `as_listed`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import django_filters

from deadlines.models import Urgency
from escalations.models import Escalation, Status
from risks.filters import TRUE, YesNoFilter
from safetyreg.nhsuk.widgets import Checkboxes

if TYPE_CHECKING:
    from escalations.models import EscalationQuerySet

SORTS = {
    "due": ("What is due", ("next_due", "raised_at", "pk")),
    "newest": ("Newest", ("-raised_at", "pk")),
}


class EscalationFilters(django_filters.FilterSet):
    search = django_filters.CharFilter(label="Search titles and references of risks", method="matching", max_length=200)
    status = django_filters.MultipleChoiceFilter(
        label="Status",
        choices=Status.choices,
        widget=Checkboxes(),
        help_text="Those that are over are left out unless you choose them",
    )
    urgency = django_filters.MultipleChoiceFilter(
        label="Urgency",
        choices=[choice for choice in Urgency.choices if choice[0] != Urgency.ANY],
        widget=Checkboxes(),
    )
    overdue = YesNoFilter(label="Clocks", empty_label="Any", yes="Overdue", no="Not overdue", method="late")

    class Meta:
        model = Escalation
        fields = []

    def filter_queryset(self, queryset: EscalationQuerySet) -> EscalationQuerySet:
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data["status"] else rows.open()

    def matching(self, rows: EscalationQuerySet, name: str, text: str) -> EscalationQuerySet:
        return rows.matching(text)

    def late(self, rows: EscalationQuerySet, name: str, answer: str) -> EscalationQuerySet:
        return rows.filter(is_overdue=answer == TRUE)
