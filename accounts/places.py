"""Where a request comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest


def place(request: HttpRequest) -> str:
    """The network address a request comes from: as our own proxy saw it, where there is one."""
    if settings.SECURE_PROXY_SSL_HEADER:
        return request.headers.get("X-Forwarded-For", "").split(",")[-1].strip()
    return request.META.get("REMOTE_ADDR", "")
