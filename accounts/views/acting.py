"""Whom a person acts for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.urls import reverse
from django.views.generic import FormView

from accounts.forms import ActingForm
from accounts.middleware import SESSION_KEY
from accounts.views.frame import OpenFormPage
from safetyreg.error_pages import no_organisation

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class Acting(OpenFormPage, FormView):
    """Also for somebody whose membership has just ended, as long as there is another one."""

    form_class = ActingForm
    template_name = "accounts/acting.jinja"
    heading = "Who you act for"
    submit = "Act for this organisation"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.memberships:
            return no_organisation(request)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"memberships": self.request.memberships}

    def get_initial(self) -> dict[str, Any]:
        actor = self.request.actor
        return {"membership": str(actor.membership.pk)} if actor else {}

    def act(self, *, membership: str) -> str:
        self.request.session[SESSION_KEY] = membership
        chosen = next(one for one in self.request.memberships if str(one.pk) == membership)
        messages.success(
            self.request, f"You now act for {chosen.organisation.name} ({chosen.get_role_display().lower()})"
        )
        return reverse("home")
