"""A short reference for every request: on the error page, in the response's X-Request-ID and in every log line."""

from __future__ import annotations

import logging
import secrets
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

# No letter or digit that is easily taken for another when read out on the telephone.
ALPHABET = "ABCDEFGHJKMNPQRTUVWXYZ2346789"

_current: ContextVar[str] = ContextVar("request_id", default="-")


def current() -> str:
    """The reference of the request being answered; a dash outside one."""
    return _current.get()


def new_reference() -> str:
    """K7QF-29MX: about 500 thousand million of them, enough to find one request in the logs."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(2))


class RequestIdMiddleware:
    """Outermost, so that everything else can be found by the reference."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.reference = new_reference()
        token = _current.set(request.reference)
        try:
            response = self.get_response(request)
        finally:
            _current.reset(token)
        response["X-Request-ID"] = request.reference
        return response


class RequestIdFilter(logging.Filter):
    """Gives log formats `{request_id}`. Django logs a refused request after it was answered, and names it then."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        record.request_id = getattr(request, "reference", current())
        return True
