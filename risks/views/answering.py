"""Answering what was asked: picking a risk of our own, logging one, or saying why we are not affected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.utils import timezone

from risks import lifecycle, permissions, services
from risks.forms import belonging as forms
from risks.forms.references import open_risks_of
from risks.models import Involvement, Risk
from risks.views.base import RiskPage
from risks.views.positions import involvement_or_404
from risks.views.writing import LogRisk

if TYPE_CHECKING:
    from accounts.actors import Actor


class AnswerPage(RiskPage):
    """One way to answer. The question stands above the form; of the risk, only what may be read."""

    template_name = "risks/answer.jinja"
    permission = permissions.can_answer_involvement

    def get_object(self) -> Involvement:
        return involvement_or_404(self.request, self.kwargs["pk"])

    def require_moment(self) -> None:
        lifecycle.require_unanswered(self.object)

    def caption(self) -> str:
        return caption(self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, **asked_about(self.object, self.request.actor))


def caption(involvement: Involvement) -> str:
    return f"{involvement.risk.organisation.name} asks about {involvement.risk.reference}"


def asked_about(involvement: Involvement, actor: Actor) -> dict[str, Any]:
    """The exchange, and the risk only while the actor sees it."""
    seen = Risk.objects.visible_to(actor).filter(pk=involvement.risk_id).select_related("organisation")
    return {"involvement": involvement, "about": seen.first()}


class PickOwnRisk(AnswerPage):
    template_name = "risks/pick_own_risk.jinja"
    form_class = forms.OwnRiskForm
    heading = "Pick a risk of ours"
    submit = "Answer with this risk"

    def get_initial(self) -> dict[str, Any]:
        return {"kind": services.usual_kind(self.object.risk)}

    def get_form_kwargs(self) -> dict[str, Any]:
        own = open_risks_of(self.request.actor, but=self.object.risk)
        return super().get_form_kwargs() | {"suggestions": own}

    def act(self, **cleaned: Any) -> Involvement:
        services.answer_with_own_risk(involvement=self.object, by=self.request.actor, now=timezone.now(), **cleaned)
        messages.success(self.request, linked_words(self.object))
        return self.object


class NotAffected(AnswerPage):
    template_name = "risks/not_affected.jinja"
    form_class = forms.NotAffectedForm
    heading = "We are not affected"
    submit = "We are not affected"
    screens_text = True

    def act(self, **cleaned: Any) -> Involvement:
        services.answer_not_affected(involvement=self.object, by=self.request.actor, now=timezone.now(), **cleaned)
        messages.success(self.request, f"{self.object.risk.organisation.name} has your answer")
        return self.object


class LogOwnRisk(LogRisk):
    """Logging a risk and answering with it, in one step. A draft can be kept instead; it is no answer yet."""

    template_name = "risks/log_own_risk.jinja"
    form_class = forms.LogOwnRiskForm
    heading = "Log a risk of ours"

    def get_object(self) -> None:
        self.involvement = involvement_or_404(self.request, self.kwargs["pk"])

    def permitted(self) -> bool:
        return permissions.can_answer_involvement(self.request.actor, self.involvement)

    def require_moment(self) -> None:
        lifecycle.require_unanswered(self.involvement)

    def caption(self) -> str:
        return caption(self.involvement)

    def back_url(self) -> str:
        return self.involvement.path

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"kind": services.usual_kind(self.involvement.risk)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, **asked_about(self.involvement, self.request.actor))

    def act(self, kind: str, version: int | None, personal_data_checked: bool, **fields: Any) -> Any:
        if self.request.POST.get("save") == "draft":
            return self._keep(fields, personal_data_checked)
        own = services.log_own_risk(
            involvement=self.involvement,
            fields=fields,
            kind=kind,
            by=self.request.actor,
            now=timezone.now(),
            personal_data_checked=personal_data_checked,
        )
        messages.success(self.request, f"{own.reference} has been logged. {linked_words(self.involvement)}")
        return self.involvement

    def _keep(self, fields: dict[str, Any], personal_data_checked: bool) -> Risk:
        draft = services.save_draft(
            fields=fields, by=self.request.actor, now=timezone.now(), personal_data_checked=personal_data_checked
        )
        words = (
            f"{draft.reference} has been saved as a draft. The question of {self.involvement.risk.organisation.name} "
            "is still open: once you have logged the draft, answer with it"
        )
        messages.success(self.request, words)
        return draft


def linked_words(involvement: Involvement) -> str:
    asks = involvement.risk.organisation.name
    return f"{asks} has your answer. Your risk and theirs are linked: each of you sees the other's"
