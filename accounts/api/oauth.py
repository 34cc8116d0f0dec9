"""Where a client gets an access token for its id and secret, and gives one back. Refusals are those of RFC 6749."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from oauth2_provider.views.base import RevokeTokenView, TokenView

from accounts import guessing, limits, services
from accounts.models import Client
from accounts.oauth import SHOWN_ITSELF
from accounts.places import place

if TYPE_CHECKING:
    from django.http import HttpRequest


@method_decorator(
    [csrf_exempt, login_not_required, sensitive_post_parameters("client_secret", "token"), never_cache], name="dispatch"
)
class ForClients:
    """Asks for the client's secret first, by HTTP Basic or in the form, and counts what is tried."""

    http_method_names = ["post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        refusal = self._refusal(request) if request.method == "POST" else None
        return refusal or super().dispatch(request, *args, **kwargs)

    @sensitive_variables("secret")
    def _refusal(self, request: HttpRequest) -> HttpResponse | None:
        client_id, secret = _credentials(request)
        now = timezone.now()
        client = Client.objects.select_related("membership").filter(client_id=client_id).first() if client_id else None
        request.client = client  # known from here on, so that a refusal is written down too
        try:
            shown = services.authenticate_client(
                client, client_id=client_id, secret=secret, place=place(request), now=now
            )
        except services.TooManyAttempts as error:
            request.client = None  # whoever guesses does not fill the client's log
            return _refuse(429, "invalid_client", error.message, {"Retry-After": int(guessing.WITHIN.total_seconds())})
        if not shown:
            again = {"WWW-Authenticate": 'Basic realm="safetyreg"'}
            return _refuse(401, "invalid_client", "There is no client with this id and secret", again)
        rate = request.rate = limits.count(client, now)
        if rate and rate.is_exceeded:
            words = f"There have been more than {rate.limit} requests in this minute. Wait a little"
            return _refuse(429, "slow_down", words, {"Retry-After": rate.reset})
        request.META[SHOWN_ITSELF] = shown
        return None


class Token(ForClients, TokenView):
    """POST grant_type=client_credentials, and scope=... for less than all that the client may do."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = self.authorization_flow_token_response(request, *args, **kwargs)  # there is no other flow
        response["Content-Type"] = "application/json"  # also of a refusal so late that the toolkit says nothing of it
        return response


class Revoke(ForClients, RevokeTokenView):
    """POST token=...: it is refused from the next request on. What is no token of this client's is answered alike."""


def _credentials(request: HttpRequest) -> tuple[str, str]:
    """The id and the secret that were sent; empty where they were not, or make no sense."""
    kind, _, sent = request.headers.get("Authorization", "").strip().partition(" ")
    if kind.lower() != "basic":
        return _plain(request.POST.get("client_id", "")), request.POST.get("client_secret", "")
    try:
        client_id, _, secret = base64.b64decode(sent.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return "", ""
    return _plain(unquote_plus(client_id)), unquote_plus(secret)


def _plain(client_id: str) -> str:
    return client_id if client_id.isascii() and client_id.isprintable() else ""


def _refuse(status: int, error: str, words: str, headers: dict[str, Any]) -> JsonResponse:
    return JsonResponse({"error": error, "error_description": words}, status=status, headers=headers)
