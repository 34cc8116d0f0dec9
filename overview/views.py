"""The pages that put several apps together, and the answer to a monitor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import cached_property
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from escalations.services import record_reading
from notifications.services import mark_read
from overview import health, linked, news, one_risk, owed, services
from risks.models import Risk
from safetyreg.pages import ActorPage, ShowPage, see_other

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest


class Home(ShowPage):
    """What we owe, what we are owed, what is new."""

    template_name = "overview/home.jinja"

    def get_template_names(self) -> list[str]:
        reads = self.request.actor.reads_risks
        return [self.template_name if reads else "overview/home_of_administrator.jinja"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actor, now = self.request.actor, timezone.now()
        if not actor.reads_risks:
            return super().get_context_data(**kwargs)
        everything = self.request.GET.get("all")
        return super().get_context_data(
            **kwargs,
            now=now,
            owe=owed.by_us(actor, now, everything=everything == "owe"),
            owed=owed.to_us(actor, now, everything=everything == "owed"),
            below=owed.below_us(actor, now, everything=everything == "below"),
            news=news.since_last_look(actor),
        )


class RiskPage(ShowPage):
    """One risk at a glance, as much of it as the reader may read."""

    def get_object(self) -> Risk:
        visible = Risk.objects.visible_to(self.request.actor)
        found = visible.select_related("organisation__parent", "owner", "logged_by")
        return get_object_or_404(found, reference=self.kwargs["reference"])

    @cached_property
    def reads_all(self) -> bool:
        return Risk.objects.read_in_full_by(self.request.actor).filter(pk=self.object.pk).exists()

    def get_template_names(self) -> list[str]:
        return ["overview/risk.jinja" if self.reads_all else "overview/risk_in_part.jinja"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actor, now = self.request.actor, timezone.now()
        gather = one_risk.seen_in_full if self.reads_all else one_risk.seen_in_part
        found = gather(self.object, actor, now)
        self._note_reading(now)
        return super().get_context_data(**kwargs, now=now, **found)

    def _note_reading(self, now: datetime) -> None:
        """To open the page is to read it: what was told about it counts as read, and those who answered see so.

        It is all that a GET writes; done twice it does nothing more, and it changes nothing of the risk.
        """
        mark_read(by=self.request.actor, now=now, path=self.object.path)
        if self.reads_all:
            record_reading(risk=self.object, by=self.request.actor, now=now)


class RiskMap(ShowPage):
    """The risks that are linked with one, drawn, and as a table."""

    template_name = "overview/map.jinja"

    def get_object(self) -> Risk:
        visible = Risk.objects.visible_to(self.request.actor).select_related("organisation")
        return get_object_or_404(visible, reference=self.kwargs["reference"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = linked.with_risk(self.object, self.request.actor)
        return super().get_context_data(**kwargs, risk=self.object, linked=found, drawn=linked.drawn(found))


class Seen(ActorPage):
    """The button "I have seen these". It says until when, so that what came since the page was drawn stays new."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        services.note_looked(by=request.actor, until=_moment(request.POST.get("until", "")) or now, now=now)
        return see_other("home")


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """For a monitor: 200 if the register does its work, 503 with the part that does not."""
    parts = health.look(timezone.now())
    status = health.status_of(parts)
    return JsonResponse({"status": status, **parts}, status=503 if status == health.UNWELL else 200)


def _moment(text: str) -> datetime | None:
    """An instant with its time zone, or None for whatever else was sent."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None
