"""Escalations over HTTP: finding the one that an address is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404

from escalations.api.resources import ESCALATIONS
from escalations.models import Escalation
from safetyreg.api.views import ListView, VerbView

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from safetyreg.api.resources import Resource


class EscalationVerb(VerbView):
    """Something done with an escalation on a risk that the actor reads in full."""

    def subject(self) -> Any:
        rows = Escalation.objects.visible_to(self.actor)
        related = rows.select_related("risk", "from_organisation__parent", "to_organisation__parent")
        return get_object_or_404(related, pk=self.kwargs["pk"])

    def thing(self, subject: Any) -> tuple[Resource, Any] | None:
        return ESCALATIONS, subject.pk


class Steps(ListView):
    """What was done with one escalation, in order."""

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        escalation = get_object_or_404(Escalation.objects.visible_to(self.actor), pk=self.kwargs["pk"])
        return rows.filter(escalation=escalation)
