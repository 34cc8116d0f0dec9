"""How a caller says who it is: for now, by the session of somebody signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.authentication import SessionScheme
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import PermissionDenied

if TYPE_CHECKING:
    from rest_framework.request import Request


class Session(SessionAuthentication):
    """The session cookie of the pages. Anything but reading needs the CSRF token too, as on a page."""

    def authenticate_header(self, request: Request) -> str:
        """Named, so that whoever is not signed in is answered 401 rather than 403."""
        return "Session"

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied as error:
            raise PermissionDenied("Send the CSRF token of your session in the X-CSRFToken header") from error


class SessionInSchema(SessionScheme):
    target_class = Session
