"""Who is acting, for which organisation: decided afresh at every request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.actors import Actor
from accounts.models import Membership

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

SESSION_KEY = "acting_membership"


class ActorMiddleware:
    """Set `request.actor`, or None. An ended membership or a deactivated person has no actor from then on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = actor_of(request)
        return self.get_response(request)


def actor_of(request: HttpRequest) -> Actor | None:
    if not request.user.is_authenticated:
        return None
    live = list(
        Membership.objects.live()
        .filter(user=request.user)
        .select_related("user", "organisation__parent")
        .order_by("started_at", "pk")
    )
    request.memberships = live
    chosen = request.session.get(SESSION_KEY)
    if chosen is None:
        return Actor(live[0]) if live else None
    return next((Actor(membership) for membership in live if str(membership.pk) == chosen), None)
