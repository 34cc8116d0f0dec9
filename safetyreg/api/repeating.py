"""Idempotency-Key: a POST that is sent again, because its answer never arrived, is answered again and not done again.

What is done and the answer that is stored are one transaction. Refusals are not stored: they changed nothing, and the
same request may be sent again once what stood against it is put right.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework import exceptions, views

from safetyreg.idempotency import services
from safetyreg.idempotency.services import KeyUsedOtherwise, StillBeingDone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.files.uploadedfile import UploadedFile
    from django.http import HttpRequest
    from rest_framework.request import Request

    from safetyreg.idempotency.models import StoredAnswer
    from safetyreg.idempotency.services import Claim

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEY = re.compile(r"[\x21-\x7e]{1,255}")
FORM = "multipart/form-data"
KEPT = ("Content-Type", "ETag", "Last-Modified", "Location")  # of an answer: what belongs to its body
PARAMETER = OpenApiParameter(
    name=HEADER,
    type={"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    location=OpenApiParameter.HEADER,
    description="A text of your own that is new for each thing to be done. The same request with the same key is done "
    "once, and for 24 hours answered as the first time",
)


class MalformedKey(exceptions.APIException):
    status_code = 400
    default_detail = f"{HEADER} takes 1 to 255 visible ASCII characters, without spaces"


class OtherRequest(exceptions.APIException):
    status_code = 422
    default_detail = f"This {HEADER} was sent with another request before: take a new one for each thing to be done"


class Unanswered(exceptions.APIException):
    status_code = 409
    default_detail = "The same request is still being done: send it again in a moment"
    wait = 1  # seconds: the Retry-After header


class Replay(Exception):
    """The answer is known already."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.response = response


class Repeatable(views.APIView):
    """A view whose POST may be sent again with the same key. Who asks is known, and may ask, before the key is read."""

    claimed: Claim | None = None
    tells_a_secret = False  # of an answer that does, nothing is stored but that it was given
    about: Any = ""  # set while answering: the id of what the answer shows

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST" or HEADER not in request.headers:
            return super().dispatch(request, *args, **kwargs)
        with transaction.atomic():
            response = super().dispatch(request, *args, **kwargs)
            if self.claimed and not self.claimed.stored and response.status_code < 300:
                self._keep(self.claimed, response)
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method == "POST" and HEADER in request.headers:
            self.claimed = _claim(request)
            if self.claimed.stored:
                raise Replay(self._again(self.claimed.stored))

    def handle_exception(self, exc: Exception) -> Any:
        return exc.response if isinstance(exc, Replay) else super().handle_exception(exc)

    def may_still_read(self, stored: StoredAnswer) -> bool:
        """Whether all that an answer shows is still for the actor to read: it is asked whenever there is a body."""
        return False

    def _keep(self, claimed: Claim, response: Any) -> None:
        response = response.render()
        headers = {name: response[name] for name in KEPT if name in response}
        status, body = response.status_code, response.content
        if self.tells_a_secret:
            status, headers, body = _told_already()
        services.keep(
            claimed,
            status=status,
            headers=headers,
            body=body,
            about=str(self.about),
            now=timezone.now(),
        )

    def _again(self, stored: StoredAnswer) -> HttpResponse:
        """The bytes of the first answer. Raises Http404 if its reader is not to see all of it any more.

        Of what tells a secret it is only said that it was told.
        """
        body = bytes(stored.body)
        if body and not self.tells_a_secret and not self.may_still_read(stored):
            raise Http404
        response = HttpResponse(body, status=stored.status, headers={**stored.headers, REPLAYED: "true"})
        if "Content-Type" not in stored.headers:  # nothing was said, of which there is no type
            del response["Content-Type"]
        return response


def _told_already() -> tuple[int, dict[str, str], bytes]:
    from safetyreg.api.problems import document
    from safetyreg.api.schema import PROBLEM

    problem = document(409, "This was answered with a secret, which is not kept and cannot be told again")
    return 409, {"Content-Type": PROBLEM}, json.dumps(problem).encode()


def _claim(request: Request) -> Claim:
    key = request.headers[HEADER]
    if not KEY.fullmatch(key):
        raise MalformedKey
    try:
        asked = services.digest(_parts(request._request))
    except MultiPartParserError as error:
        raise exceptions.ParseError(f"This is no form that can be read: {error}") from error
    try:
        return services.claim(actor=request.actor, key=key, asked=asked, now=timezone.now())
    except KeyUsedOtherwise as error:
        raise OtherRequest from error
    except StillBeingDone as error:
        raise Unanswered from error


def _parts(request: HttpRequest) -> Iterator[bytes]:
    """What tells one request from another."""
    yield str(request.method).encode()
    yield request.get_full_path().encode()
    if request.content_type != FORM:
        yield request.body
        return
    # By what it holds: whoever sends a form again puts another boundary between its parts, and a file may be larger
    # than what is read into memory.
    for name, values in sorted(request.POST.lists()):
        yield from (part.encode(errors="surrogatepass") for part in (name, *values))
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            yield from (part.encode(errors="surrogatepass") for part in (name, str(file.name)))
            yield _digest_of(file)


def _digest_of(file: UploadedFile) -> bytes:
    found = hashlib.sha256()
    for chunk in file.chunks():
        found.update(chunk)
    file.seek(0)
    return found.digest()


def is_narrower(before: bytes, now: Any, names: tuple[str, ...]) -> bool:
    """Whether something that was shown under one of these names, such as `risk.title`, is not shown now."""
    then = json.loads(before)
    return any(_at(then, name) and not _at(now, name) for name in names)


def _at(shown: Any, name: str) -> Any:
    for part in name.split("."):
        shown = shown.get(part) if shown else None
    return shown
