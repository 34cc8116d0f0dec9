"""Who is acting, for which organisation: decided afresh at every request."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import ClientRequest, Membership
from safetyreg import error_pages

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

SESSION_KEY = "acting_membership"
RENEWED = "renewed_at"
RENEW_AFTER = 15 * 60  # seconds: a session is written now and then, not at every request


def bearer_of(request: HttpRequest) -> str | None:
    """The access token that came with a request, if it came with one."""
    kind, _, token = request.headers.get("Authorization", "").strip().partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


class ClientMiddleware:
    """Write down what a client asked for and how it was answered, and tell it how often it may ask.

    Who the client is, the API finds out (accounts.api.authentication). What cannot be written down is not answered.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.client = request.rate = None
        response = self.get_response(request)
        if request.client:
            ClientRequest.objects.create(
                client=request.client,
                at=timezone.now(),
                method=(request.method or "")[:10],
                path=request.path[: ClientRequest._meta.get_field("path").max_length].replace("\0", ""),
                status=response.status_code,
                reference=request.reference,
            )
        for name, value in (request.rate.headers if request.rate else {}).items():
            response[name] = value
        return response


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
        if bearer_of(request) is not None:  # a token counts for the API alone, and no session counts beside it
            request.user = AnonymousUser()
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
        request.memberships = []
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
