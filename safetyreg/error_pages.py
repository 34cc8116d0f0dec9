"""Every page that says something went wrong, in words, with what to do next."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers

from safetyreg.errors import DomainError
from safetyreg.request_id import current

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

logger = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 400, "The register could not understand this request")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 403, "You cannot do this")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What may not be seen gets the same answer as what does not exist, so nothing about the request is repeated."""
    return _answer(request, 404, "Page not found")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _answer(request, 403, "This form has expired", "errors/csrf.jinja")


def no_organisation(request: HttpRequest) -> HttpResponse:
    """For somebody signed in without a membership to act under; they may have others to choose from."""
    others = getattr(request, "memberships", [])
    return _answer(
        request, 403, "You are not acting for an organisation", "errors/no_organisation.jinja", others=others
    )


def signed_out(request: HttpRequest) -> HttpResponse:
    """For a form sent by somebody who was signed out while they wrote."""
    return _answer(request, 401, "You have been signed out", "errors/signed_out.jinja")


def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    return _answer(request, 409, "This cannot be done now", message=error.message)


def server_error(request: HttpRequest) -> HttpResponse:
    """Asks nothing of the database or the session: they may be what failed."""
    if _wants_json(request):
        return _problem(500, "Something went wrong")
    given = {
        "title": "Something went wrong",
        "reference": current(),
        "csp_nonce": str(getattr(request, "csp_nonce", "")),
        "written": written(request),
    }
    body: str
    try:
        body = render_to_string("errors/500.jinja", given)
    except Exception:
        logger.exception("The error page itself failed")
        body = f"Something went wrong. Quote this reference: {current()}"
    return _never_cached(HttpResponse(body, status=500))


def written(request: HttpRequest) -> list[tuple[str, str]]:
    """The sentences that were sent, each with what it was about, so that a refused page gives them back.

    What has no space in it is a choice, a number or a secret, and is not repeated.
    """
    if request.method != "POST":
        return []
    return [
        (name.replace("_", " ").capitalize(), text.strip())
        for name, texts in request.POST.lists()
        for text in texts
        if " " in text.strip() and "password" not in name
    ]


class RefusalMiddleware:
    """A refusal that no page answered itself still reaches the reader in its own words."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return refused(request, exception) if isinstance(exception, DomainError) else None


def _answer(request: HttpRequest, status: int, title: str, template: str = "", **given: Any) -> HttpResponse:
    if _wants_json(request):
        return _problem(status, given.get("message", title))
    given |= {"title": title, "reference": current(), "written": written(request)}
    body = render_to_string(template or f"errors/{status}.jinja", given, request=request)
    return _never_cached(HttpResponse(body, status=status))


def _wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _problem(status: int, detail: str) -> HttpResponse:
    """RFC 9457, as the API answers everywhere else."""
    phrase = HTTPStatus(status).phrase
    problem = {"type": "about:blank", "title": phrase, "status": status, "detail": detail, "reference": current()}
    return _never_cached(JsonResponse(problem, status=status, content_type="application/problem+json"))


def _never_cached(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    return response
