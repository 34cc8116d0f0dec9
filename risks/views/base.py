"""What the pages about one risk have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404

from risks import lifecycle, permissions
from risks.forms.fields import may_hold
from risks.models import Risk
from safetyreg.pages import ActionPage

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest, HttpResponse


class RiskPage(ActionPage):
    """Something to do with the risk in the address. `lede` says in a sentence what it does."""

    template_name = "risks/action.jinja"
    permission = permissions.can_work_on_risk
    lede = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.require_moment()
        return super().get(request, *args, **kwargs)

    def get_object(self) -> Risk:
        visible = Risk.objects.visible_to(self.request.actor).select_related("organisation__parent", "owner")
        return get_object_or_404(visible, reference=self.kwargs["reference"])

    def require_moment(self) -> None:
        """Raises DomainError before anybody types in vain; when it is sent, the service looks again."""
        lifecycle.require_open(self.object)


class MemberPage(RiskPage):
    """One whose form asks for a member of the actor's organisation."""

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"members": may_hold(self.request.actor.organisation)}


class BoxesPage(RiskPage):
    """One whose form has boxes to repeat. Without a script, more of them are asked for by sending the form."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A form sent for more boxes is neither checked nor kept."""
        if "more" in request.POST:
            return self.refused(self._as_typed(), 200, asks_identity_check=False, **self.asked_for())
        return super().post(request, *args, **kwargs)

    def asked_for(self) -> dict[str, Any]:
        """What the page is drawn again with, besides more boxes."""
        return {}

    def _as_typed(self) -> forms.Form:
        kept = {name: given for name, given in self.get_form_kwargs().items() if name not in ("data", "files")}
        return self.form_class(**kept | {"initial": {bound.name: bound.data for bound in self.get_form()}})
