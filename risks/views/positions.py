"""Questions and answers about risks: the two lists of them, and one exchange as both sides read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from notifications.services import mark_read
from risks import permissions
from risks.clocks import last_of_each
from risks.exporting import POSITIONS
from risks.filters import POSITION_SORTS, InvolvementFilters
from risks.models import Involvement, Risk
from safetyreg.lists import ListPage
from safetyreg.pages import ShowPage

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from django.http import HttpRequest

    from accounts.actors import Actor
    from risks.models.involvements import InvolvementQuerySet


def involvement_or_404(request: HttpRequest, pk: object) -> Involvement:
    """One that has been asked: what a draft names is on the draft."""
    visible = Involvement.objects.visible_to(request.actor).asked()
    people = ("risk__organisation__parent", "organisation", "created_by", "answered_by", "own_risk__organisation")
    return get_object_or_404(visible.select_related(*people), pk=pk)


def seen_among(involvements: Iterable[Involvement], actor: Actor) -> set[UUID]:
    """The ids of those risks, asked about or given as an answer, that the actor sees: nothing is told of others."""
    wanted = {pk for one in involvements for pk in (one.risk_id, one.own_risk_id) if pk}
    return set(Risk.objects.visible_to(actor).filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()


class AskedOfUs(ListPage):
    """What other organisations ask ours."""

    template_name = "risks/positions.jinja"
    permission = permissions.can_read_risks
    heading = "Positions"
    noun = "question"
    filterset_class = InvolvementFilters
    sorts = POSITION_SORTS
    export = POSITIONS
    is_sent = False

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    def mine(self, *, sent: bool) -> InvolvementQuerySet:
        actor = self.request.actor
        visible = Involvement.objects.visible_to(actor)
        return visible.asked_by(actor.organisation) if sent else visible.asked_of(actor.organisation)

    def get_queryset(self) -> InvolvementQuerySet:
        return self.mine(sent=self.is_sent).as_listed(self.now)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = list(self.pages.object_list)
        return super().get_context_data(
            **kwargs,
            tabs=self.tabs(),
            seen=seen_among(shown, self.request.actor),
            clocks=last_of_each([one.pk for one in shown], self.now),
        )

    def tabs(self) -> list[dict[str, Any]]:
        """The two lists, with how many in each wait for an answer."""
        lists = (("Asked of us", "involvements", False), ("Asked by us", "involvements-sent", True))
        return [
            {
                "text": text,
                "href": reverse(name),
                "is_here": sent == self.is_sent,
                "count": self.mine(sent=sent).unanswered().count(),
            }
            for text, name, sent in lists
        ]

    @property
    def nothing_yet(self) -> str:
        return f"No other organisation has named {self.request.actor.organisation.name} on a risk."


class AskedByUs(AskedOfUs):
    """What ours asks others."""

    is_sent = True

    @property
    def nothing_yet(self) -> str:
        return f"{self.request.actor.organisation.name} has named no other organisation on a risk of its own."


class ShowInvolvement(ShowPage):
    """The question, the clock and the answer: the same page for both sides."""

    template_name = "risks/exchange.jinja"

    def get_object(self) -> Involvement:
        return involvement_or_404(self.request, self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now, actor, asked = timezone.now(), self.request.actor, self.object
        mark_read(by=actor, now=now, path=asked.path)
        works = permissions.can_work_on_risk(actor, asked.risk) and asked.risk.is_open
        return super().get_context_data(
            **kwargs,
            now=now,
            involvement=asked,
            seen=seen_among([asked], actor),
            clock_of_it=last_of_each([asked.pk], now).get(asked.pk),
            is_asked=actor.organisation_id == asked.organisation_id,
            can_answer=not asked.is_answered and permissions.can_answer_involvement(actor, asked),
            can_take_off=works,
            can_ask_again=works and asked.is_answered,
        )
