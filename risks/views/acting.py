"""The actions of a risk: adding one, and saying how it ended."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.utils import timezone

from risks import lifecycle, permissions, services
from risks.forms import working as forms
from risks.models import Action, Risk
from risks.views.base import MemberPage, RiskPage


class AddAction(MemberPage):
    form_class = forms.ActionForm
    heading = "Add an action"
    lede = "An action is something that will be done, by somebody, by a date. The register reminds them of it."
    submit = "Add the action"
    success_message = "The action has been added"
    screens_text = True

    def get_initial(self) -> dict[str, Any]:
        return {"owner": self.request.actor.user}

    def act(self, **cleaned: Any) -> Risk:
        services.add_action(risk=self.object, by=self.request.actor, now=timezone.now(), **cleaned)
        return self.object


class OneAction(RiskPage):
    """Something to do with one action: read by those who read the risk in full."""

    template_name = "risks/one_action.jinja"

    def get_object(self) -> Risk:
        risk = super().get_object()
        readable = Action.objects.read_in_full_by(self.request.actor).select_related("risk", "owner")
        self.action = get_object_or_404(readable, risk=risk, pk=self.kwargs["pk"])
        return risk

    def permitted(self) -> bool:
        return permissions.can_complete_action(self.request.actor, self.action)

    def require_moment(self) -> None:
        lifecycle.require_live(self.action)


class CompleteAction(OneAction):
    form_class = forms.CompleteActionForm
    heading = "Complete an action"
    submit = "The action is done"
    success_message = "The action has been completed"
    screens_text = True

    def act(self, **cleaned: Any) -> Risk:
        services.complete_action(action=self.action, by=self.request.actor, now=timezone.now(), **cleaned)
        return self.object


class DropAction(OneAction):
    form_class = forms.DropActionForm
    heading = "Drop an action"
    submit = "Drop the action"
    submit_variant = "warning"
    success_message = "The action has been dropped"
    screens_text = True

    def act(self, **cleaned: Any) -> Risk:
        services.drop_action(action=self.action, by=self.request.actor, now=timezone.now(), **cleaned)
        return self.object


class GiveAction(OneAction, MemberPage):
    form_class = forms.GiveActionForm
    heading = "Give an action to somebody else"
    submit = "Give it to them"

    def act(self, **cleaned: Any) -> Risk:
        action = services.give_action_to(action=self.action, by=self.request.actor, now=timezone.now(), **cleaned)
        messages.success(self.request, f"The action has been given to {action.owner.name}")
        return self.object
