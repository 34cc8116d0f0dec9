"""Look-alikes: while a risk is being written, and the work list of likely pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render

from risks import look_alikes, pairs, permissions
from risks.exporting import DISMISSED, PAIRS
from risks.matching.texts import RiskText
from risks.models import Introduction, PairDismissal, Risk
from safetyreg.lists import Capped, ListPage
from safetyreg.pages import ActorPage
from safetyreg.personal_data import LONGEST_TEXT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from accounts.actors import Actor
    from risks.look_alikes import LookAlike
    from risks.models import LikelyPair

WORDS = ("title", "cause", "event", "effect")


def like_what_is_typed(typed: Mapping[str, str], actor: Actor, *, but: Risk | None = None) -> list[LookAlike]:
    """The risks that the actor sees and that are most like what stands in the form."""
    text = RiskText(**{name: typed.get(name, "").replace("\0", "")[:LONGEST_TEXT] for name in WORDS})
    return look_alikes.of_text(text, actor, but=but)


class LikeWhatIsTyped(ActorPage):
    """A part of the page on which a risk is written, asked for by its script. What is sent is kept nowhere."""

    http_method_names = ["post"]

    def permitted(self) -> bool:
        return permissions.can_log_risk(self.request.actor)

    def post(self, request: HttpRequest) -> HttpResponse:
        found = like_what_is_typed(request.POST, request.actor)
        return render(request, "risks/alike_typed.jinja", {"found": found})


class PairList(ListPage):
    """Likely pairs among the risks that the acting body reads in full, and who waits to be introduced."""

    template_name = "risks/pairs.jinja"
    permission = permissions.can_match
    heading = "Risks that may belong together"
    noun = "likely pair"
    paginator_class = Capped
    nothing_yet = "No two open risks that you see are so alike that they wait to be looked at."
    per_page = 10
    export = PAIRS

    def get_queryset(self) -> QuerySet[LikelyPair]:
        return pairs.to_look_at(self.request.actor)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actor = self.request.actor
        asked = Introduction.objects.visible_to(actor).open().filter(icb=actor.organisation)
        return super().get_context_data(
            **kwargs,
            pairs=pairs.with_reasons(self.pages.object_list),
            introductions=asked.select_related("organisation", "risk").order_by("created_at", "pk"),
            dismissed=pairs.dismissed(actor).count(),
        )


class DismissedList(ListPage):
    """Pairs that the acting body found not to belong together."""

    template_name = "risks/pairs_dismissed.jinja"
    permission = permissions.can_match
    heading = "Pairs that were dismissed"
    noun = "dismissed pair"
    nothing_yet = "No pair has been dismissed."
    export = DISMISSED

    def get_queryset(self) -> QuerySet[PairDismissal]:
        return pairs.dismissed(self.request.actor)
