"""Writing a risk down: logging it, going on with a draft, changing what it says."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone

from risks import lfpse, lifecycle, permissions, services
from risks.forms.writing import EditForm, LogForm, what_it_says
from risks.models import Risk
from risks.views.alike import like_what_is_typed
from risks.views.base import BoxesPage, MemberPage, RiskPage
from safetyreg.errors import StaleEdit
from safetyreg.once import OncePage
from safetyreg.words import listed

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpResponse

    from safetyreg.errors import DomainError


class WritingPage(RiskPage):
    """A page with what a risk says."""

    screens_text = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, inside=lfpse.MY_ORGANISATION)

    def domain_refused(self, form: forms.Form, error: DomainError) -> HttpResponse:
        """Two versions are compared as the form holds them, with the parts that are rows of their own."""
        if isinstance(error, StaleEdit):
            error.current = SimpleNamespace(**what_it_says(error.current))
        return super().domain_refused(form, error)


class LogRisk(OncePage, WritingPage, BoxesPage, MemberPage):
    """One form, two buttons: log it, or keep it as a draft."""

    sent_already = "A risk was logged or kept from this page before. If this is another one, log it once more"

    template_name = "risks/log.jinja"
    form_class = LogForm
    heading = "Log a risk"

    def permitted(self) -> bool:
        return permissions.can_log_risk(self.request.actor)

    def get_object(self) -> Risk | None:
        return None

    def require_moment(self) -> None:
        """A new risk can be written at any time."""

    def back_url(self) -> str:
        return self.object.get_absolute_url() if self.object else reverse("risk-list")

    def get_initial(self) -> dict[str, Any]:
        return {"owner": self.request.actor.user}

    def asked_for(self) -> dict[str, Any]:
        """Look-alikes, asked for without a script."""
        if self.request.POST["more"] != "look-alikes":
            return {}
        return {"look_alikes": like_what_is_typed(self.request.POST, self.request.actor, but=self.object)}

    def act(self, version: int | None, personal_data_checked: bool, **fields: Any) -> Risk:
        keep_as_draft = self.request.POST.get("save") == "draft"
        service = services.save_draft if keep_as_draft else services.log_risk
        risk = service(
            draft=self.object,
            version=version,
            fields=fields,
            by=self.request.actor,
            now=timezone.now(),
            personal_data_checked=personal_data_checked,
        )
        messages.success(self.request, _kept(risk) if keep_as_draft else logged(risk))
        return risk


def _kept(draft: Risk) -> str:
    return f"{draft.reference} has been saved as a draft. Only {draft.organisation.name} can see it"


def logged(risk: Risk) -> str:
    shares = risk.shares.live().exclude(organisation=risk.organisation).order_by("organisation__name")
    names = list(dict.fromkeys(shares.values_list("organisation__name", flat=True)))
    return f"{risk.reference} has been logged. " + (f"{listed(names)} can see it too" if names else "")


class ContinueDraft(LogRisk):
    """Going on with a draft."""

    heading = "Go on with this draft"

    def permitted(self) -> bool:
        return permissions.can_edit_risk(self.request.actor, self.object)

    def get_object(self) -> Risk:
        return RiskPage.get_object(self)

    def require_moment(self) -> None:
        lifecycle.require_draft(self.object)

    def get_initial(self) -> dict[str, Any]:
        return what_it_says(self.object)


class DiscardDraft(RiskPage):
    permission = permissions.can_edit_risk
    heading = "Discard this draft"
    lede = "What was written is deleted. Only your organisation has seen it. This cannot be undone."
    submit = "Discard the draft"
    submit_variant = "warning"

    def require_moment(self) -> None:
        lifecycle.require_draft(self.object)

    def act(self) -> str:
        services.discard_draft(draft=self.object, by=self.request.actor, now=timezone.now())
        messages.success(self.request, f"The draft {self.object.reference} has been discarded")
        return "risk-list"


class EditRisk(WritingPage):
    """Changing what a logged risk says."""

    template_name = "risks/edit.jinja"
    permission = permissions.can_edit_risk
    form_class = EditForm
    heading = "Change what this risk says"
    submit = "Save the changes"
    success_message = "The changes have been saved"

    def get_initial(self) -> dict[str, Any]:
        return what_it_says(self.object)

    def act(self, version: int, personal_data_checked: bool, **fields: Any) -> Risk:
        return services.edit_risk(
            risk=self.object,
            fields=fields,
            version=version,
            by=self.request.actor,
            now=timezone.now(),
            personal_data_checked=personal_data_checked,
        )
