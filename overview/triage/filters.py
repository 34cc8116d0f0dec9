"""Narrowing triage down, on the page and over the API alike. What is filtered are `overview.triage.items.Items`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters

from overview.triage.sources import Kind
from risks import lfpse
from risks.filters import OrganisationFilter, YesNoFilter
from risks.scoring import Band
from safetyreg.nhsuk.widgets import Checkboxes

if TYPE_CHECKING:
    from overview.triage.items import Items


class TriageFilters(django_filters.FilterSet):
    kind = django_filters.MultipleChoiceFilter(label="What", choices=Kind.choices, widget=Checkboxes())
    band = django_filters.MultipleChoiceFilter(label="Score of the risk", choices=Band.choices, widget=Checkboxes())
    theme = django_filters.ChoiceFilter(label="Theme", choices=lfpse.THEMES, empty_label="Any theme")
    organisation = OrganisationFilter(label="Organisation that owns the risk")
    overdue = YesNoFilter(label="Clocks", empty_label="Any", yes="Overdue", no="Not overdue")
    handler = django_filters.ChoiceFilter(
        label="Handler", choices=[("mine", "Me"), ("nobody", "Nobody yet")], empty_label="Anyone"
    )

    def filter_queryset(self, queryset: Any) -> Items:
        return queryset.narrowed(self.form.cleaned_data)
