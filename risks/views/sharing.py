"""Other organisations: naming them on a risk, and asking one to take the risk over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.utils import timezone

from risks import lifecycle, permissions, services
from risks.forms import working as forms
from risks.models import Involvement, Risk, Transfer
from risks.views.base import MemberPage, RiskPage
from safetyreg.words import listed

if TYPE_CHECKING:
    from accounts.models import Organisation


class Involve(RiskPage):
    """Naming organisations on the risk, under those that are named already."""

    template_name = "risks/involve.jinja"
    form_class = forms.InvolveForm
    heading = "Name other organisations on this risk"
    submit = "Name them on the risk"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        named = self.object.involvements.select_related("organisation").order_by("organisation__name", "pk")
        return super().get_context_data(**kwargs, named=named)

    def act(self, involved: list[Organisation]) -> Risk:
        services.involve(risk=self.object, organisations=involved, by=self.request.actor, now=timezone.now())
        names = listed([organisation.name for organisation in involved])
        messages.success(self.request, f"{names} can see this risk from now on")
        return self.object


class StopInvolving(RiskPage):
    """Taking an organisation off again."""

    submit = "Take it off the risk"
    submit_variant = "warning"

    def get_object(self) -> Risk:
        risk = super().get_object()
        named = Involvement.objects.read_in_full_by(self.request.actor).select_related("organisation", "risk")
        self.involvement = get_object_or_404(named, risk=risk, pk=self.kwargs["pk"])
        return risk

    @property
    def heading(self) -> str:
        return f"Take {self.involvement.organisation.name} off this risk"

    @property
    def lede(self) -> str:
        return "It, and an ICB that sees the risk only because of it, stop seeing the risk at once."

    def act(self) -> Risk:
        services.stop_involving(involvement=self.involvement, by=self.request.actor, now=timezone.now())
        messages.success(self.request, f"{self.involvement.organisation.name} is no longer named on this risk")
        return self.object


class ProposeTransfer(RiskPage):
    """Asking another organisation to take the risk over."""

    template_name = "risks/transfer.jinja"
    form_class = forms.TransferForm
    heading = "Ask another organisation to take this risk over"
    submit = "Ask them"
    screens_text = True

    def require_moment(self) -> None:
        super().require_moment()
        services.require_transferable(self.object)

    def act(self, **cleaned: Any) -> Risk:
        transfer = services.propose_transfer(risk=self.object, by=self.request.actor, now=timezone.now(), **cleaned)
        messages.success(self.request, f"{transfer.to_organisation.name} has been asked to take this risk over")
        return self.object


class OneTransfer(RiskPage):
    """Something to do with a transfer that waits for an answer."""

    template_name = "risks/one_transfer.jinja"

    def get_object(self) -> Risk:
        risk = super().get_object()
        readable = Transfer.objects.read_in_full_by(self.request.actor).select_related(
            "risk", "from_organisation", "to_organisation", "created_by", "decided_by"
        )
        self.transfer = get_object_or_404(readable, risk=risk, pk=self.kwargs["pk"])
        return risk

    def permitted(self) -> bool:
        return permissions.can_decide_transfer(self.request.actor, self.transfer)

    def require_moment(self) -> None:
        lifecycle.require_proposed(self.transfer)


class AcceptTransfer(OneTransfer, MemberPage):
    form_class = forms.AcceptTransferForm
    heading = "Take this risk over"
    submit = "Take the risk over"
    success_message = "The risk is now yours"

    def get_initial(self) -> dict[str, Any]:
        return {"owner": self.request.actor.user}

    def act(self, **cleaned: Any) -> Risk:
        return services.accept_transfer(transfer=self.transfer, by=self.request.actor, now=timezone.now(), **cleaned)


class DeclineTransfer(OneTransfer):
    form_class = forms.DeclineTransferForm
    heading = "Decline to take this risk over"
    submit = "Decline it"
    screens_text = True

    def act(self, **cleaned: Any) -> Risk | str:
        """To the list, unless they see the risk for another reason: what was shown for the decision is hidden again."""
        services.decline_transfer(transfer=self.transfer, by=self.request.actor, now=timezone.now(), **cleaned)
        messages.success(self.request, f"You have declined to take {self.object.reference} over")
        still_seen = Risk.objects.visible_to(self.request.actor).filter(pk=self.object.pk).exists()
        return self.object if still_seen else "risk-list"


class WithdrawTransfer(OneTransfer):
    heading = "Take back the request to take this risk over"
    submit = "Take the request back"
    success_message = "The request has been taken back"

    def permitted(self) -> bool:
        return permissions.can_withdraw_transfer(self.request.actor, self.transfer)

    def act(self) -> Risk:
        services.withdraw_transfer(transfer=self.transfer, by=self.request.actor, now=timezone.now())
        return self.object
