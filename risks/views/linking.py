"""Links between risks: proposing one, reading it from either side, accepting, declining and withdrawing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.models import Level
from notifications.services import mark_read
from risks import lifecycle, linked, permissions, services
from risks.clocks import last_of_each
from risks.forms import belonging as forms
from risks.forms.references import open_risks_seen_by
from risks.models import LinkKind, RiskLink
from risks.views.base import RiskPage
from safetyreg.pages import ShowPage
from safetyreg.words import listed

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

    from accounts.actors import Actor

PEOPLE = (
    "from_risk__organisation",
    "to_risk__organisation",
    "proposed_by",
    "created_by",
    "ended_by",
    "ended_for",
)


def link_or_404(request: HttpRequest, pk: object) -> RiskLink:
    visible = RiskLink.objects.visible_to(request.actor)
    return get_object_or_404(visible.select_related(*PEOPLE).prefetch_related("consents__organisation"), pk=pk)


def as_told(link: RiskLink, actor: Actor, now: datetime) -> dict[str, Any]:
    """A link as one reader reads it: its two sides, how they relate, and the clock of each consent."""
    seen = linked.seen_among([link], actor)
    first, second = (linked.told(link, risk, actor, seen) for risk in (link.from_risk, link.to_risk))
    consents = sorted(link.consents.all(), key=lambda consent: consent.organisation.name)
    clocks = last_of_each([consent.pk for consent in consents], now)
    return {
        "link": link,
        "sides": (first, second),
        "relation": linked.relation(link, first, second),
        "consents": [{"consent": consent, "clock": clocks.get(consent.pk)} for consent in consents],
    }


class ProposeLink(RiskPage):
    template_name = "risks/propose_link.jinja"
    permission = permissions.can_propose_link
    form_class = forms.LinkForm
    heading = "Link this risk with another"
    submit = "Propose the link"
    screens_text = True

    def get_form_kwargs(self) -> dict[str, Any]:
        seen = open_risks_seen_by(self.request.actor, but=self.object)
        return super().get_form_kwargs() | {"suggestions": seen}

    def get_initial(self) -> dict[str, Any]:
        """What the address gives is typed for them and no more: whether there is such a risk is for the service."""
        kind = self.request.GET.get("kind", "")
        return {"to": self.request.GET.get("to", "")[:200], "kind": kind if kind in LinkKind.values else ""}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_ours = permissions.owns(self.request.actor, self.object)
        return super().get_context_data(**kwargs, is_ours=is_ours)

    def act(self, **cleaned: Any) -> RiskLink:
        link = services.propose_link(risk=self.object, by=self.request.actor, now=timezone.now(), **cleaned)
        messages.success(self.request, _proposed(link))
        return link


def _proposed(link: RiskLink) -> str:
    if link.is_accepted:
        return "The two risks are linked: both are yours, so nobody else has to accept it"
    names = [consent.organisation.name for consent in link.consents.select_related("organisation")]
    return f"{listed(sorted(names))} {'has' if len(names) == 1 else 'have'} been asked to accept the link"


class ShowLink(ShowPage):
    template_name = "risks/link.jinja"

    def get_object(self) -> RiskLink:
        return link_or_404(self.request, self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now, actor, link = timezone.now(), self.request.actor, self.object
        mark_read(by=actor, now=now, path=link.path)
        awaited = link.is_proposed and actor.organisation_id in link.awaited
        return super().get_context_data(
            **kwargs,
            now=now,
            can_answer=awaited and permissions.can_answer_link(actor, link),
            can_withdraw=link.is_standing and permissions.can_withdraw_link(actor, link),
            **as_told(link, actor, now),
        )


class LinkPage(RiskPage):
    """Something to do with one link, under what it says."""

    template_name = "risks/answer_link.jinja"

    def get_object(self) -> RiskLink:
        return link_or_404(self.request, self.kwargs["pk"])

    def caption(self) -> str:
        return ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        told = as_told(self.object, self.request.actor, timezone.now())
        return super().get_context_data(**kwargs, **told)


class AnswerLink(LinkPage):
    permission = permissions.can_answer_link

    def require_moment(self) -> None:
        lifecycle.require_awaited(self.object, self.request.actor.organisation)


class AcceptLink(AnswerLink):
    template_name = "risks/accept_link.jinja"
    heading = "Accept this link"
    submit = "Accept the link"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`other` is the side that is not ours; `feeds_system_risk`, whether its owner gathers risks under it."""
        given = super().get_context_data(**kwargs)
        first, second = given["sides"]
        owner = self.object.to_risk.organisation
        gathers = self.object.kind == LinkKind.CONTRIBUTES_TO and owner.level != Level.PROVIDER
        return given | {
            "other": second if first.is_ours else first,
            "feeds_system_risk": gathers and not second.is_ours,
            "others_to_wait_for": [
                row["consent"].organisation
                for row in given["consents"]
                if row["consent"].given_at is None and row["consent"].organisation_id != self._own_id
            ],
        }

    @property
    def _own_id(self) -> object:
        return self.request.actor.organisation_id

    def act(self) -> RiskLink:
        link = services.accept_link(link=self.object, by=self.request.actor, now=timezone.now())
        stands = "You have accepted the link. Each of you now sees the other's risk"
        waits = "You have accepted the link. It stands once the other organisation accepts it too"
        messages.success(self.request, stands if link.is_accepted else waits)
        return link


class DeclineLink(AnswerLink):
    form_class = forms.DeclineLinkForm
    heading = "Decline this link"
    submit = "Decline the link"
    success_message = "You have declined the link"
    lede = "Neither of you sees anything of the other's risk by it."
    screens_text = True

    def act(self, **cleaned: Any) -> RiskLink:
        return services.decline_link(link=self.object, by=self.request.actor, now=timezone.now(), **cleaned)


class WithdrawLink(LinkPage):
    permission = permissions.can_withdraw_link
    form_class = forms.WithdrawLinkForm
    submit = "Withdraw it"
    submit_variant = "warning"
    screens_text = True

    @property
    def heading(self) -> str:
        return "Withdraw this link" if self.object.is_accepted else "Withdraw this proposal"

    @property
    def lede(self) -> str:
        if self.object.is_accepted:
            return (
                "At once, each side stops seeing the other's risk by this link. "
                "Whoever sees it for another reason goes on seeing it."
            )
        return "Nobody has to answer it any more, and nobody is shown anything by it."

    @property
    def success_message(self) -> str:
        return "The link has been withdrawn" if self.object.is_accepted else "The proposal has been withdrawn"

    def require_moment(self) -> None:
        lifecycle.require_standing(self.object)

    def act(self, **cleaned: Any) -> RiskLink:
        services.withdraw_link(link=self.object, by=self.request.actor, now=timezone.now(), **cleaned)
        return self.object
