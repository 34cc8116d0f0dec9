"""Asking the level above: for a risk, on from an escalation, or past a body that sits on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models import Level
from deadlines.models import Kind
from escalations import forms, permissions, services
from escalations.models import Escalation, Verb
from escalations.views.base import VerbPage
from escalations.wording import RING_THE_ONE_NAMED, urgencies, whom_to_ring
from risks import lifecycle as risk_lifecycle
from risks.models import Risk
from risks.urgency import urgency_of
from safetyreg.pages import ActionPage
from safetyreg.words import when

if TYPE_CHECKING:
    from datetime import datetime

    from django.forms import Form
    from django.http import HttpRequest, HttpResponse


class EscalateRisk(ActionPage):
    """Starting a chain."""

    template_name = "escalations/escalate.jinja"
    permission = permissions.can_escalate
    heading = "Escalate this risk"
    submit = "Escalate it"
    screens_text = True

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    def get_object(self) -> Risk:
        visible = Risk.objects.visible_to(self.request.actor).select_related("organisation__parent", "owner")
        return get_object_or_404(visible, reference=self.kwargs["reference"])

    @property
    def is_provider(self) -> bool:
        return self.object.organisation.level == Level.PROVIDER

    @cached_property
    def open_ones(self) -> list[Escalation]:
        """Those that the organisation has asked about this risk already."""
        mine = Escalation.objects.visible_to(self.request.actor).sent_by(self.request.actor.organisation)
        return list(mine.of_risk(self.object).open().with_people())

    @property
    def above_is_asked(self) -> bool:
        above = self.object.organisation.parent_id
        return any(hop.to_organisation_id == above for hop in self.open_ones)

    @property
    def is_possible(self) -> bool:
        """A provider whose own ICB has been asked may still ask another one."""
        return self.is_provider or not self.above_is_asked

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        risk_lifecycle.require_open(self.object)
        response = super().get(request, *args, **kwargs)
        response.status_code = 200 if self.is_possible else 409
        return response

    def get_form_class(self) -> type[Form]:
        return forms.ProviderEscalateForm if self.is_provider else forms.AskForm

    def get_form_kwargs(self) -> dict[str, Any]:
        given = super().get_form_kwargs()
        if self.object.band is None:  # a draft, which the service refuses
            return given | {"urgencies": {}}
        usual, above = urgency_of(self.object), self.object.organisation.parent
        if self.above_is_asked:
            return given | {"urgencies": urgencies("The ICB you name", usual, RING_THE_ONE_NAMED, self.now)}
        return given | {"urgencies": urgencies(above.name, usual, whom_to_ring(above), self.now)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, above=self.object.organisation.parent)

    def act(self, **cleaned: Any) -> Escalation:
        now = timezone.now()
        hop = services.escalate_risk(risk=self.object, by=self.request.actor, now=now, **cleaned)
        messages.success(self.request, said_of(hop, now))
        return hop


class EscalateOn(VerbPage):
    """Asking the body above the one that was asked."""

    template_name = "escalations/ask_above.jinja"
    verb = Verb.ESCALATE_ON
    form_class = forms.AskForm
    heading = "Escalate it on"
    submit = "Escalate it on"
    screens_text = True

    def get_form_kwargs(self) -> dict[str, Any]:
        above = self.object.to_organisation.parent
        usual = services.urgency_of_next(self.object)
        words = urgencies(above.name, usual, whom_to_ring(above), self.now) if above else {}
        return super().get_form_kwargs() | {"urgencies": words}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, above=self.object.to_organisation.parent)

    def place_to_go(self, done: Escalation) -> Escalation:
        messages.success(self.request, said_of(done, done.raised_at))
        return done


class Bypass(EscalateOn):
    """Going past the body asked, openly."""

    verb = Verb.BYPASS

    @property
    def heading(self) -> str:
        return f"Go past {self.object.to_organisation.name}"

    @property
    def submit(self) -> str:
        return f"Escalate to {self.object.to_organisation.parent.name}"


def said_of(hop: Escalation, now: datetime) -> str:
    """Escalated to Test Own ICB. It must acknowledge by Wednesday 4 November 2026, 10am."""
    due = hop.deadlines.live().get(kind=Kind.ACKNOWLEDGE)
    return f"Escalated to {hop.to_organisation.name}, which must acknowledge it by {when(due.due_at)}"
