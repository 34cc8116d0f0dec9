"""Two risks that may belong together, and what can be done: link them, gather them, or say that they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from risks import lifecycle, pairs, permissions, services
from risks.forms import pairing as forms
from risks.models import LinkKind, Risk
from safetyreg.pages import ActionPage, ShowPage

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from accounts.actors import Actor


class OfAPair:
    """An address that names two risks, both seen."""

    permission = permissions.can_match

    @cached_property
    def sides(self) -> tuple[Risk, Risk]:
        asked = [self.kwargs["reference"], self.kwargs["other"]]
        seen = Risk.objects.visible_to(self.request.actor).logged().filter(reference__in=asked)
        by_reference = {risk.reference: risk for risk in seen.select_related("organisation", "owner", "vector")}
        if len(by_reference) != 2:
            raise Http404
        return by_reference[asked[0]], by_reference[asked[1]]

    def get_object(self) -> Risk:
        return self.sides[0]


class PairPage(OfAPair, ActionPage):
    template_name = "risks/pair_action.jinja"
    back_text = "Back to the pair"

    @staticmethod
    def form_kwargs(actor: Actor) -> dict[str, Any]:
        """What the form needs to be told of who fills it in."""
        return {}

    @staticmethod
    def suggested(first: Risk, second: Risk) -> dict[str, Any]:
        """What the form starts with."""
        return {}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | self.form_kwargs(self.request.actor)

    def get_initial(self) -> dict[str, Any]:
        return self.suggested(*self.sides)

    def caption(self) -> str:
        return " and ".join(risk.reference for risk in self.sides)

    def back_url(self) -> str:
        return reverse("pair", args=[risk.reference for risk in self.sides])


class LinkPair(PairPage):
    form_class = forms.LinkPairForm
    heading = "Link the two"
    submit = "Propose the link"
    screens_text = True

    @staticmethod
    def suggested(first: Risk, second: Risk) -> dict[str, Any]:
        return {"kind": LinkKind.SAME_HAZARD, "reason": pairs.reason_for(first, second)}

    def act(self, turned: bool, **cleaned: Any) -> str:
        first, second = reversed(self.sides) if turned else self.sides
        actor, now = self.request.actor, timezone.now()
        link = services.propose_link(risk=first, to=second.reference, by=actor, now=now, **cleaned)
        if link.is_accepted:
            return done(self.request, "The two risks are linked")
        return done(self.request, "The link has been proposed. It stands once the owners have accepted it")


class GatherPair(PairPage):
    form_class = forms.GatherPairForm
    heading = "Gather the two under a system risk"
    submit = "Gather them"
    screens_text = True

    @staticmethod
    def form_kwargs(actor: Actor) -> dict[str, Any]:
        return {"system_risks": pairs.own_system_risks(actor)}

    @staticmethod
    def suggested(first: Risk, second: Risk) -> dict[str, Any]:
        return {"reason": pairs.reason_for(first, second)}

    def act(self, system_risk: Risk, **cleaned: Any) -> str:
        contributors = [risk.reference for risk in self.sides]
        by, now = self.request.actor, timezone.now()
        services.gather(risk=system_risk, contributors=contributors, by=by, now=now, **cleaned)
        return done(self.request, f"The owners have been asked to let both contribute to {system_risk.reference}")


class DismissPair(PairPage):
    form_class = forms.DismissPairForm
    heading = "They do not belong together"
    submit = "Dismiss the pair"
    screens_text = True

    def act(self, **cleaned: Any) -> str:
        first, second = self.sides
        services.dismiss_pair(risk=first, other=second, by=self.request.actor, now=timezone.now(), **cleaned)
        return done(self.request, f"{first.reference} and {second.reference} will not be shown as a likely pair again")


class RestorePair(PairPage):
    heading = "Put the pair back"
    submit = "Put it back"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        lifecycle.require_dismissed(pairs.is_dismissed(*self.sides, self.request.actor))
        return super().get(request, *args, **kwargs)

    def act(self) -> str:
        first, second = self.sides
        services.restore_pair(risk=first, other=second, by=self.request.actor, now=timezone.now())
        return done(self.request, f"{first.reference} and {second.reference} may be shown as a likely pair again")


class OnePair(OfAPair, ShowPage):
    """Two risks side by side, and the three things that can be done with them, each in one step."""

    template_name = "risks/pair.jinja"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        first, second = self.sides
        forms = {
            name: page.form_class(
                **page.form_kwargs(self.request.actor), initial=page.suggested(first, second), auto_id=f"{name}_%s"
            )
            for name, page in (("link", LinkPair), ("gather", GatherPair), ("dismiss", DismissPair))
        }
        return super().get_context_data(
            **kwargs,
            first=first,
            second=second,
            reason=pairs.reason_for(first, second),
            forms=forms,
            link=pairs.link_between(first, second, self.request.actor),
        )


def done(request: HttpRequest, words: str) -> str:
    messages.success(request, words)
    return "pairs"
