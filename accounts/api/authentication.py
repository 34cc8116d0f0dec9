"""How a system says who it is: by an access token that it was given for its id and secret."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from oauth2_provider.models import get_access_token_model
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication

from accounts import limits
from accounts.actors import Actor
from accounts.middleware import bearer_of
from safetyreg.api import scopes
from safetyreg.api.scopes import Scope

if TYPE_CHECKING:
    from datetime import datetime

    from drf_spectacular.openapi import AutoSchema
    from rest_framework.request import Request

    from accounts.models import Client, User

REALM = 'Bearer realm="safetyreg"'


@dataclass(frozen=True)
class Access:
    """What a token allows: what it was given for, as far as the client may still do it."""

    client: Client
    scopes: frozenset[str]
    expires_at: datetime


class NoGoodToken(exceptions.AuthenticationFailed):
    default_detail = "This access token is not valid, or not any more. Get a new one"


class TooOften(exceptions.Throttled):
    def __init__(self, rate: limits.Rate) -> None:
        super().__init__(detail=f"There have been more than {rate.limit} requests in this minute. Wait a little")
        self.wait = rate.reset


class Bearer(BaseAuthentication):
    """Whoever sends a token is nobody else than its client: a session that is sent beside it counts for nothing."""

    def authenticate(self, request: Request) -> tuple[User, Access] | None:
        asked, token = request._request, bearer_of(request._request)
        if token is None:
            return None
        now = timezone.now()
        found = _find(token)
        if found is None:
            raise NoGoodToken
        client = asked.client = found.application  # known from here on, so that a refusal is written down too
        if found.expires <= now or not client.is_live or client.membership.ended_at:
            raise NoGoodToken
        asked.rate = limits.count(client, now)
        if asked.rate and asked.rate.is_exceeded:
            raise TooOften(asked.rate)
        asked.actor, asked.memberships = Actor(client.membership, client), [client.membership]
        return client.membership.user, Access(client, frozenset(found.scope.split()) & {*client.scopes}, found.expires)

    def authenticate_header(self, request: Request) -> str:
        """Also what somebody without any session is told: this is the way to ask without one."""
        wrong = bearer_of(request._request) is not None
        return f'{REALM}, error="invalid_token"' if wrong else REALM


def _find(token: str) -> Any:
    membership = "application__membership"
    whole = ("application__responsible", f"{membership}__user", f"{membership}__organisation__parent")
    checksum = hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()
    return get_access_token_model().objects.select_related(*whole).filter(token_checksum=checksum).first()


class BearerInSchema(OpenApiAuthenticationExtension):
    """OAuth 2.0 client credentials; each operation says the scope that it needs."""

    target_class = Bearer
    name = "oauth2"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        flow = {"tokenUrl": "/api/oauth/token/", "scopes": dict(Scope.choices)}
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}

    def get_security_requirement(self, auto_schema: AutoSchema) -> dict[str, list[str]] | None:  # type: ignore[override]
        needed = scopes.needed(auto_schema.view, auto_schema.method)
        return {self.name: [needed]} if needed in Scope.values else None
