"""Risks over HTTP: finding the risk, or the part of it, that an address is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property

from risks.api.resources import RISKS
from risks.models import Risk
from safetyreg.api.views import ActorView, ListAndAddView, ListView, OneAndChangeView, VerbView

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from safetyreg.api.resources import Resource


class OneRisk(OneAndChangeView):
    """One risk, and changing what it says."""

    lookup_field = "reference"


class OfARisk(ActorView):
    """An address below that of one risk. With `in_full` it exists only for those who read all of the risk."""

    in_full = False

    @cached_property
    def risk(self) -> Risk:
        rows = Risk.objects.read_in_full_by(self.actor) if self.in_full else Risk.objects.visible_to(self.actor)
        return get_object_or_404(rows.select_related("organisation"), reference=self.kwargs["reference"])


class RiskVerb(OfARisk, VerbView):
    """Something done to a risk."""

    def subject(self) -> Any:
        return self.risk

    def thing(self, subject: Any) -> tuple[Resource, Any] | None:
        return RISKS, self.risk.pk


class Parts(OfARisk, ListView):
    """What belongs to one risk. `named_by` leads from a part to the reference of its risk."""

    named_by = "risk__reference"

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(**{self.named_by: self.risk.reference})


class PartsAndAdd(Parts, RiskVerb, ListAndAddView):
    """What belongs to one risk, and adding to it."""


class PartVerb(OfARisk, VerbView):
    """Something done to one part of a risk."""

    def subject(self) -> Any:
        parts = self.get_queryset().filter(risk=self.risk).select_related("risk__organisation")
        return get_object_or_404(parts, pk=self.kwargs["pk"])

    def thing(self, subject: Any) -> tuple[Resource, Any] | None:
        """A part has no address of its own, and what is done to it is a change of its risk."""
        return RISKS, self.risk.pk


class TransferVerb(OfARisk, VerbView):
    """Something done to the latest request that another organisation take the risk over."""

    in_full = True

    def subject(self) -> Any:
        undecided_first = F("decided_at").desc(nulls_first=True)
        latest = self.get_queryset().filter(risk=self.risk).order_by(undecided_first, "-pk")
        return get_object_or_404(latest.select_related("risk__organisation")[:1])

    def thing(self, subject: Any) -> tuple[Resource, Any] | None:
        return RISKS, self.risk.pk
