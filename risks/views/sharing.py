"""Other organisations: naming them on a risk, and asking one to take the risk over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.utils import timezone

from risks import lifecycle, permissions, services
from risks.clocks import last_of_each
from risks.forms import working as forms
from risks.forms.belonging import involve_form_for
from risks.models import DEFAULT_QUESTION, Involvement, Risk, Transfer
from risks.views.base import MemberPage, RiskPage
from safetyreg.words import listed, plural, when

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Organisation
    from risks.forms.belonging import InvolveForm

NAMED_IN_FULL = 5  # organisations; of more than these the page says how many they were


class Involve(RiskPage):
    """Naming organisations on the risk and asking them, under those that are named already."""

    template_name = "risks/involve.jinja"
    heading = "Name other organisations on this risk"
    submit = "Name them and ask"
    screens_text = True

    def get_form_class(self) -> type[InvolveForm]:
        return involve_form_for(self.request.actor.organisation)

    def get_form_kwargs(self) -> dict[str, Any]:
        given = super().get_form_kwargs()
        body = {"body": self.request.actor.organisation} if permissions.oversees(self.request.actor) else {}
        return given | body

    def get_initial(self) -> dict[str, Any]:
        """`?organisation=` (an ODS code) asks again one that has answered."""
        code = self.request.GET.get("organisation", "")
        again = self.object.involvements.filter(organisation__ods_code=code, answered_at__isnull=False)
        found = [involvement.organisation for involvement in again.select_related("organisation")]
        return {"question": DEFAULT_QUESTION, "involved": found}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        named = list(self.object.involvements.select_related("organisation").order_by("organisation__name", "pk"))
        clocks = last_of_each([involvement.pk for involvement in named], timezone.now())
        return super().get_context_data(**kwargs, named=named, clocks=clocks)

    def act(self, involved: list[Organisation], **cleaned: Any) -> Risk:
        now = timezone.now()
        asked = services.involve(risk=self.object, organisations=involved, by=self.request.actor, now=now, **cleaned)
        messages.success(self.request, _asked_words(asked, now))
        return self.object


def _asked_words(asked: list[Involvement], now: datetime) -> str:
    """Who was asked, and by when they must answer. They were all asked at once, so one clock says it."""
    names = [involvement.organisation.name for involvement in asked]
    who = listed(names) if len(names) <= NAMED_IN_FULL else plural(len(names), "organisation")
    must = "must answer" if len(names) == 1 else "must each answer"
    first = asked[0].pk
    due = last_of_each([first], now)[first].due_at
    return f"{who} can see this risk from now on and {must} by {when(due)}"


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
