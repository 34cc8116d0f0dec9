"""Refusals as problem documents (RFC 9457), in the words that a page would use."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, ValidationError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from safetyreg.api.schema import PROBLEM
from safetyreg.errors import ConfirmationNeeded, DomainError, StaleEdit
from safetyreg.request_id import current

TITLES = {400: "Bad input", 401: "Not signed in", 403: "Not permitted", 404: "Not found", 409: "Not possible now"}
DETAILS = {
    400: "Check what you sent",
    401: "Sign in first",
    403: "You are not permitted to do this",
    404: "There is nothing here that you may see",
    413: "This is more than the register reads in one request",
}
ABOUT_NO_FIELD = "non_field_errors"


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn a refusal into a problem document. None leaves an unexpected failure to the error pages."""
    if isinstance(error, DomainError):
        return _answer(409, error.message, **_extra(error))
    if isinstance(error, (ValidationError, exceptions.ValidationError)):
        return _answer(400, DETAILS[400], errors=_by_field(error))
    if isinstance(error, (Http404, exceptions.NotFound)):
        return _answer(404, DETAILS[404])
    if isinstance(error, PermissionDenied):
        return _answer(403, str(error) or DETAILS[403])
    if isinstance(error, RequestDataTooBig):
        return _answer(413, DETAILS[413])
    response = exception_handler(error, context)  # keeps the headers that belong to the status
    if response is not None:
        response.data = document(response.status_code, _words(error, response.status_code))
        response.content_type = PROBLEM
    return response


def document(code: int, detail: str, **extra: Any) -> dict[str, Any]:
    title = TITLES.get(code) or HTTPStatus(code).phrase
    return {
        "type": "about:blank",
        "title": title,
        "status": code,
        "detail": detail,
        "reference": current(),
        **extra,
    }


def _answer(code: int, detail: str, **extra: Any) -> Response:
    return Response(document(code, detail, **extra), status=code, content_type=PROBLEM)


def _words(error: Exception, code: int) -> str:
    if isinstance(error, exceptions.NotAuthenticated):
        return DETAILS[401]
    return str(getattr(error, "detail", "")) or DETAILS.get(code, "")


def _extra(error: DomainError) -> dict[str, Any]:
    if isinstance(error, ConfirmationNeeded):
        return {"confirmation_needed": error.finds, "confirm_with": "personal_data_checked"}
    if isinstance(error, StaleEdit):
        return {"current_version": error.current.version}
    return {}


def _by_field(error: ValidationError | exceptions.ValidationError) -> dict[str, list[str]]:
    """What to put right, as a list of sentences for each field, however it was nested."""
    if isinstance(error, ValidationError):
        found: Any = error.message_dict if hasattr(error, "error_dict") else error.messages
    else:
        found = error.detail
    if not isinstance(found, dict):
        return {ABOUT_NO_FIELD: _flat(found)}
    return {(ABOUT_NO_FIELD if name == "__all__" else name): _flat(words) for name, words in found.items()}


def _flat(found: Any) -> list[str]:
    if isinstance(found, dict):
        found = found.values()
    elif not isinstance(found, (list, tuple)):
        return [str(found)]
    return [words for part in found for words in _flat(part)]
