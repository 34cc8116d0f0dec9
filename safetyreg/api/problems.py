"""Refusals as problem documents (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from safetyreg.errors import ConfirmationNeeded, DomainError, StaleEdit

PROBLEM = "application/problem+json"
TITLES = {400: "Bad input", 401: "Not signed in", 403: "Not permitted", 404: "Not found", 409: "Not possible now"}


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn a refusal into a problem document (RFC 9457). None leaves an unexpected failure to the error pages."""
    if isinstance(error, DomainError):
        return _answer(409, error.message, **_extra(error))
    if isinstance(error, ValidationError):
        return _answer(400, "Check what you sent", errors=_by_field(error))
    if isinstance(error, exceptions.ValidationError):
        details = error.detail if isinstance(error.detail, dict) else {"non_field_errors": error.detail}
        return _answer(400, "Check what you sent", errors=details)
    if isinstance(error, (Http404, exceptions.NotFound)):
        return _answer(404, "There is nothing here that you may see")
    if isinstance(error, (PermissionDenied, exceptions.PermissionDenied)):
        return _answer(403, _detail(error) or "You are not permitted to do this")
    response = exception_handler(error, context)
    if response is not None:
        response.data = _document(response.status_code, _detail(error))
        response.content_type = PROBLEM
    return response


def _detail(error: Exception) -> str:
    return str(getattr(error, "detail", "") or error)


def _extra(error: DomainError) -> dict[str, Any]:
    if isinstance(error, ConfirmationNeeded):
        return {"confirmation_needed": error.finds, "confirm_with": "personal_data_checked"}
    if isinstance(error, StaleEdit):
        return {"current_version": error.current.version}
    return {}


def _by_field(error: ValidationError) -> dict[str, list[str]]:
    if not hasattr(error, "error_dict"):
        return {"non_field_errors": error.messages}
    return {("non_field_errors" if name == "__all__" else name): found for name, found in error.message_dict.items()}


def _answer(code: int, detail: str, **extra: Any) -> Response:
    return Response(_document(code, detail, **extra), status=code, content_type=PROBLEM)


def _document(code: int, detail: str, **extra: Any) -> dict[str, Any]:
    title = TITLES.get(code) or HTTPStatus(code).phrase
    return {"type": "about:blank", "title": title, "status": code, "detail": detail, **extra}
