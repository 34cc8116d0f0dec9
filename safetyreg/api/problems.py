"""Refusals as problem documents (RFC 9457), in the words that a page would use."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.core.exceptions import PermissionDenied, RequestDataTooBig, ValidationError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from safetyreg.api.conditional import Changed
from safetyreg.api.schema import PROBLEM
from safetyreg.errors import ConfirmationNeeded, DomainError, StaleEdit
from safetyreg.request_id import current

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TITLES = {
    400: "Bad input",
    401: "Not signed in",
    403: "Not permitted",
    404: "Not found",
    409: "Not possible now",
    412: "Changed since you read it",
}
DETAILS = {
    400: "Check what you sent",
    401: "Sign in first",
    403: "You are not permitted to do this",
    404: "There is nothing here that you may see",
    413: "This is more than the register reads in one request",
}
ABOUT_THE_WHOLE = ("non_field_errors", "__all__")


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn a refusal into a problem document. None leaves an unexpected failure to the error pages."""
    if isinstance(error, DomainError):
        return _answer(409, error.message, **_extra(error))
    if isinstance(error, (ValidationError, exceptions.ValidationError)):
        return _answer(400, DETAILS[400], errors=_each(error))
    if isinstance(error, (Http404, exceptions.NotFound)):
        return _answer(404, DETAILS[404])
    if isinstance(error, PermissionDenied):
        return _answer(403, str(error) or DETAILS[403])
    if isinstance(error, RequestDataTooBig):
        return _answer(413, DETAILS[413])
    if isinstance(error, Changed):
        return _answer(412, error.default_detail, headers={"ETag": error.tag}, current=error.current, etag=error.tag)
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


def _answer(code: int, detail: str, headers: Mapping[str, str] | None = None, **extra: Any) -> Response:
    return Response(document(code, detail, **extra), status=code, content_type=PROBLEM, headers=headers)


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


def _each(error: ValidationError | exceptions.ValidationError) -> list[dict[str, str]]:
    """What to put right, sentence by sentence, each with where it is in what was sent."""
    if isinstance(error, ValidationError):
        found: Any = error.message_dict if hasattr(error, "error_dict") else error.messages
    else:
        found = error.detail
    return list(_pointed_out(found, "#"))


def _pointed_out(found: Any, pointer: str) -> Iterator[dict[str, str]]:
    """However deep it is nested: by name in an object, by number in a list, as a JSON pointer (RFC 6901) has it."""
    if isinstance(found, dict):
        for name, inner in found.items():
            yield from _pointed_out(inner, pointer if name in ABOUT_THE_WHOLE else f"{pointer}/{_escaped(name)}")
    elif isinstance(found, (list, tuple)):
        for number, inner in enumerate(found):
            # A list holds the sentences about one thing; or, for each of several things, an object that says of which.
            is_of_one = isinstance(inner, (dict, list, tuple))
            yield from _pointed_out(inner, f"{pointer}/{number}" if is_of_one else pointer)
    else:
        yield {"pointer": pointer, "detail": str(found)}


def _escaped(name: Any) -> str:
    """A name as a part of a pointer in an address."""
    return quote(str(name).encode("utf-8", "replace").decode().replace("~", "~0").replace("/", "~1"), safe="~")
