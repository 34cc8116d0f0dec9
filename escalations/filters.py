"""Narrowing the in-tray and what was sent. The queryset filtered is one of `as_listed`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import django_filters
from django.utils import timezone

from accounts.models import Level
from deadlines.models import Urgency
from escalations.models import Escalation, Outcome, Status
from escalations.standing import BECAME, Age, Became, last_outcome, of_age
from risks import lfpse
from risks.filters import TRUE, YesNoFilter
from safetyreg.month_filter import MonthFilter
from safetyreg.nhsuk.widgets import Checkboxes

if TYPE_CHECKING:
    from escalations.models import EscalationQuerySet

ALSO_OVER = ("status", "raised", "answered", "became", "outcome")  # who asks for one of these means what is over too
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
        distinct=False,
        help_text="Those that are over are left out unless you choose them, or ask when they were raised or answered, "
        "what became of them or with which outcome",
    )
    urgency = django_filters.MultipleChoiceFilter(
        label="Urgency",
        choices=[choice for choice in Urgency.choices if choice[0] != Urgency.ANY],
        widget=Checkboxes(),
        distinct=False,
    )
    overdue = YesNoFilter(label="Clocks", empty_label="Any", yes="Overdue", no="Not overdue", method="late")
    age = django_filters.ChoiceFilter(
        label="At its stage for", choices=Age.choices, empty_label="Any time", method="standing_for"
    )
    to = django_filters.CharFilter(
        label="Body asked", help_text="Its ODS code", field_name="to_organisation__ods_code", lookup_expr="iexact",
        max_length=10,
    )  # fmt: skip
    level = django_filters.ChoiceFilter(
        label="Level of the body asked",
        choices=Level.choices,
        empty_label="Any level",
        field_name="to_organisation__level",
    )
    theme = django_filters.ChoiceFilter(
        label="Theme of the risk", choices=lfpse.THEMES, empty_label="Any theme", field_name="risk__theme"
    )
    raised = MonthFilter(label="Raised in", field_name="raised_at")
    answered = MonthFilter(label="Last answered in", field_name="answered_at")
    became = django_filters.ChoiceFilter(
        label="What became of it", choices=Became.choices, empty_label="Anything", method="that_became"
    )
    outcome = django_filters.ChoiceFilter(
        label="Outcome of the last answer", choices=Outcome.choices, empty_label="Any outcome", method="with_outcome"
    )

    class Meta:
        model = Escalation
        fields = []

    def filter_queryset(self, queryset: EscalationQuerySet) -> EscalationQuerySet:
        rows = super().filter_queryset(queryset)
        return rows if any(self.form.cleaned_data[name] for name in ALSO_OVER) else rows.open()

    def matching(self, rows: EscalationQuerySet, name: str, text: str) -> EscalationQuerySet:
        return rows.matching(text)

    def late(self, rows: EscalationQuerySet, name: str, answer: str) -> EscalationQuerySet:
        return rows.filter(is_overdue=answer == TRUE)

    def standing_for(self, rows: EscalationQuerySet, name: str, age: str) -> EscalationQuerySet:
        return rows.filter(of_age(age, timezone.now()))

    def that_became(self, rows: EscalationQuerySet, name: str, became: str) -> EscalationQuerySet:
        return rows.filter(BECAME[Became(became)]())

    def with_outcome(self, rows: EscalationQuerySet, name: str, outcome: str) -> EscalationQuerySet:
        return rows.annotate(last_outcome=last_outcome()).filter(last_outcome=outcome)
