"""Introductions: asking the ICB for one, reading the request from either side, and answering it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property

from notifications.services import mark_read
from risks import lifecycle, linked, look_alikes, permissions, services
from risks.clocks import last_of_each
from risks.forms import belonging as forms
from risks.forms.references import open_risks_seen_by
from risks.models import Introduction, LinkKind, Risk, RiskLink
from risks.views.base import RiskPage
from risks.views.linking import PEOPLE
from safetyreg.pages import ShowPage

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.actors import Actor
    from risks.look_alikes import LookAlike

LIKELY = 8  # look-alikes put to the ICB


def introduction_or_404(request: HttpRequest, pk: object) -> Introduction:
    visible = Introduction.objects.visible_to(request.actor)
    people = ("risk__organisation", "organisation", "icb", "created_by", "ended_by")
    return get_object_or_404(visible.select_related(*people), pk=pk)


def risk_of(introduction: Introduction, actor: Actor) -> Risk | None:
    """The risk that it is about, while the actor sees it."""
    return Risk.objects.visible_to(actor).filter(pk=introduction.risk_id).select_related("organisation").first()


class AskIntroduction(RiskPage):
    template_name = "risks/ask_introduction.jinja"
    form_class = forms.AskIntroductionForm
    submit = "Ask the ICB"
    screens_text = True

    @property
    def heading(self) -> str:
        icb = self.object.organisation.parent
        return f"Ask {icb.name if icb else 'the ICB'} to introduce you to others"

    def require_moment(self) -> None:
        super().require_moment()
        services.icb_to_ask(self.object)

    def act(self, **cleaned: Any) -> Introduction:
        asked = services.ask_introduction(risk=self.object, by=self.request.actor, now=timezone.now(), **cleaned)
        messages.success(self.request, f"{asked.icb.name} has been asked to introduce you to others")
        return asked


class ShowIntroduction(ShowPage):
    template_name = "risks/introduction.jinja"

    def get_object(self) -> Introduction:
        return introduction_or_404(self.request, self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now, actor, asked = timezone.now(), self.request.actor, self.object
        mark_read(by=actor, now=now, path=asked.path)
        return super().get_context_data(
            **kwargs,
            now=now,
            introduction=asked,
            about=risk_of(asked, actor),
            clock_of_it=last_of_each([asked.pk], now).get(asked.pk),
            proposed=self._proposed(),
            can_answer=asked.is_open and permissions.can_answer_introduction(actor, asked),
            can_withdraw=asked.is_open and permissions.can_withdraw_introduction(actor, asked),
        )

    def _proposed(self) -> list[dict[str, Any]]:
        """The links with which it was answered, as the reader may be told of them."""
        asked, actor = self.object, self.request.actor
        if asked.ended_at is None:
            return []
        made = RiskLink.objects.visible_to(actor).of_risk(asked.risk)
        made = made.filter(proposed_by=asked.icb, created_at=asked.ended_at).select_related(*PEOPLE)
        links = list(made.prefetch_related("consents").order_by("pk"))
        seen = linked.seen_among(links, actor)
        return [{"link": link, "other": linked.told(link, link.other_than(asked.risk), actor, seen)} for link in links]


class IntroductionPage(RiskPage):
    """Something to do with a request that waits for an answer."""

    template_name = "risks/answer_introduction.jinja"

    def get_object(self) -> Introduction:
        return introduction_or_404(self.request, self.kwargs["pk"])

    def require_moment(self) -> None:
        lifecycle.require_asked(self.object)

    def caption(self) -> str:
        return f"{self.object.organisation.name} asks about {self.object.risk.reference}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        about = risk_of(self.object, self.request.actor)
        return super().get_context_data(**kwargs, introduction=self.object, about=about)


class Introduce(IntroductionPage):
    template_name = "risks/introduce.jinja"
    permission = permissions.can_answer_introduction
    form_class = forms.IntroduceForm
    heading = "Introduce them to others"
    submit = "Propose these links"
    success_message = "The links have been proposed. Each owner has been asked to accept"
    screens_text = True

    def get_form_kwargs(self) -> dict[str, Any]:
        seen = open_risks_seen_by(self.request.actor, but=self.object.risk)
        return super().get_form_kwargs() | {"suggestions": seen}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, candidates=self.candidates)

    def get_initial(self) -> dict[str, Any]:
        """With the risks that are most like it: those that do not belong there are taken out again."""
        likely = [one.risk.reference for one in self.candidates]
        return {"to": self.request.GET.getlist("to") or likely, "kind": LinkKind.SAME_HAZARD}

    @cached_property
    def candidates(self) -> list[LookAlike]:
        """Open risks of other organisations that the reader sees and that are like the one asked about."""
        risk = self.object.risk
        found = look_alikes.of_risk(risk, self.request.actor, most=LIKELY) or []
        return [one for one in found if one.risk.is_open and one.risk.organisation_id != risk.organisation_id]

    def act(self, **cleaned: Any) -> Introduction:
        return services.introduce(introduction=self.object, by=self.request.actor, now=timezone.now(), **cleaned)


class DeclineIntroduction(IntroductionPage):
    permission = permissions.can_answer_introduction
    form_class = forms.DeclineIntroductionForm
    heading = "Introduce nobody"
    submit = "Introduce nobody"
    success_message = "Your answer has been given"
    screens_text = True

    def act(self, **cleaned: Any) -> Introduction:
        return services.decline_introduction(
            introduction=self.object, by=self.request.actor, now=timezone.now(), **cleaned
        )


class WithdrawIntroduction(IntroductionPage):
    permission = permissions.can_withdraw_introduction
    heading = "Take the request back"
    submit = "Take the request back"
    success_message = "The request has been taken back"

    @property
    def lede(self) -> str:
        return f"{self.object.icb.name} has to answer no more. It goes on seeing the risk."

    def act(self) -> Introduction:
        return services.withdraw_introduction(introduction=self.object, by=self.request.actor, now=timezone.now())
