"""Who is acting, for which organisation: decided afresh at every request."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.signals import user_logged_in

from accounts.actors import Actor
from accounts.models import Membership
from safetyreg import error_pages

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

SESSION_KEY = "acting_membership"
RENEWED = "renewed_at"
RENEW_AFTER = 15 * 60  # seconds: a session is written now and then, not at every request


class SignInMiddleware(LoginRequiredMiddleware):
    """Send whoever is not signed in to sign in; but give back what they wrote, if they sent a form with words in it."""

    def handle_no_permission(  # type: ignore[override]  # a page of its own, not always a redirect
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        if error_pages.written(request):
            return error_pages.signed_out(request)
        return super().handle_no_permission(request, view_func)


class ActorMiddleware:
    """Set `request.actor`, or None. An ended membership or a deactivated person has no actor from then on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = actor_of(request)
        if request.user.is_authenticated and time.time() - request.session.get(RENEWED, 0) > RENEW_AFTER:
            renew(request)
        return self.get_response(request)


def renew(request: HttpRequest) -> None:
    """Let the session last from now on, so that whoever goes on working is not signed out while writing."""
    request.session[RENEWED] = int(time.time())


user_logged_in.connect(lambda sender, request, **_signal: renew(request), weak=False, dispatch_uid="renew-session")


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
