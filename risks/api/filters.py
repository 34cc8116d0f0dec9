"""What the lists of risks and of what is exchanged about them can be asked for, by the names of the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django_filters import rest_framework as filters

from risks.filters import FULL
from risks.filters import InvolvementFilters as InvolvementsOnPages
from risks.models import Position
from risks.narrowing import NarrowedRisks

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from risks.models import Involvement, RiskQuerySet


class RiskFilters(NarrowedRisks):
    """Those of the page, and finding a risk by the number that its owner's own system has for it."""

    external_reference = filters.CharFilter(
        method="numbered",
        max_length=80,
        label="The number of the risk in its owner's own system, exactly. Only risks that you read in full are found",
    )

    def numbered(self, risks: RiskQuerySet, name: str, number: str) -> RiskQuerySet:
        """The index is of capitals. The number itself is compared too."""
        return risks.filter(**{FULL: True}, external_reference__iexact=number, external_reference=number)


class InvolvementFilters(InvolvementsOnPages):
    """Those of the pages, and which of the two pages it is."""

    risk = filters.CharFilter(field_name="risk__reference", label="The reference of the risk")
    side = filters.ChoiceFilter(
        choices=[("asked_of_us", "Asked of us"), ("asked_by_us", "Asked by us")],
        method="on_side",
        label="What your organisation was asked, or what it asked others on its own risks",
    )
    position = filters.ChoiceFilter(choices=Position.choices)

    def on_side(self, rows: QuerySet[Involvement], name: str, value: str) -> QuerySet[Involvement]:
        organisation = self.request.actor.organisation
        if value == "asked_of_us":
            return rows.filter(organisation=organisation)
        return rows.filter(risk__organisation=organisation)
