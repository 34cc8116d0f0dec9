"""Closing a risk and opening it again."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from risks import lifecycle, services
from risks.forms import working as forms
from risks.models import Risk
from risks.views.base import RiskPage


class CloseRisk(RiskPage):
    """Says first what it still waits for; while that is so, there is no button."""

    template_name = "risks/close.jinja"
    form_class = forms.CloseForm
    heading = "Close this risk"
    submit = "Close the risk"
    submit_variant = "warning"
    success_message = "The risk has been closed"
    screens_text = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, waits_for=services.closing_waits_for(self.object))

    def act(self, **cleaned: Any) -> Risk:
        return services.close_risk(risk=self.object, by=self.request.actor, now=timezone.now(), **cleaned)


class ReopenRisk(RiskPage):
    form_class = forms.ReopenForm
    heading = "Open this risk again"
    submit = "Open it again"
    success_message = "The risk is open again"
    screens_text = True

    @property
    def lede(self) -> str:
        return f"It keeps its score, {self.object.score}, and its next review is due by that."

    def require_moment(self) -> None:
        lifecycle.require_closed(self.object)

    def act(self, **cleaned: Any) -> Risk:
        return services.reopen_risk(risk=self.object, by=self.request.actor, now=timezone.now(), **cleaned)
