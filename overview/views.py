"""The pages that put several apps together, and the answer to a monitor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from overview import health, news, owed, services
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
    is_well = all(state == health.WELL for state in parts.values())
    return JsonResponse({"status": health.WELL if is_well else "unwell", **parts}, status=200 if is_well else 503)


def _moment(text: str) -> datetime | None:
    """An instant with its time zone, or None for whatever else was sent."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None
