"""Who may call the API at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework import permissions

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class Deny(permissions.BasePermission):
    """The default: a view that says nothing about who may call it answers nobody."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return False


class SignedIn(permissions.BasePermission):
    """Somebody who is signed in and acts for an organisation."""

    message = "Choose the organisation that you act for"

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.actor is not None


class Person(permissions.BasePermission):
    """Somebody who is signed in, also while they act for no organisation: they may have one to choose."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(request.user.is_authenticated)
