"""Who may call the API at all, and what a token has to allow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework import exceptions, permissions

from safetyreg.api import scopes

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class InsufficientScope(exceptions.PermissionDenied):
    """The token does not allow this, whatever the role of the client allows."""

    def __init__(self, needed: str) -> None:
        told = f', scope="{needed}"' if needed in scopes.Scope.values else ""
        self.auth_header = f'Bearer error="insufficient_scope"{told}'
        super().__init__(
            f"The access token does not allow this: it needs the scope {needed}"
            if told
            else "No access token allows this: it is for people who have signed in"
        )


class Deny(permissions.BasePermission):
    """The default: a view that says nothing about who may call it answers nobody."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return False


class WithinScope(permissions.BasePermission):
    """What every other permission here asks first. Whoever has signed in has every scope."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        access: Any = request.auth
        needed = scopes.needed(view, request.method or "")
        if access is not None and needed not in access.scopes:
            raise InsufficientScope(needed)
        return True


class SignedIn(WithinScope):
    """Somebody who is signed in, or a client with a token, and acts for an organisation."""

    message = "Choose the organisation that you act for"

    def has_permission(self, request: Request, view: APIView) -> bool:
        return super().has_permission(request, view) and request.actor is not None


class Person(WithinScope):
    """Somebody who is signed in, also while they act for no organisation: they may have one to choose."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return super().has_permission(request, view) and bool(request.user.is_authenticated)
