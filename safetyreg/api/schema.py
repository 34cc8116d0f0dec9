"""What the OpenAPI description says of each operation: the words of its service, and how it may be refused."""

from __future__ import annotations

import inspect
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from safetyreg.api.repeating import PARAMETER, Repeatable

if TYPE_CHECKING:
    from safetyreg.api.resources import Verb

PROBLEM = "application/problem+json"


class Wrong(serializers.Serializer):
    """One thing to put right in what was sent."""

    pointer = serializers.CharField(
        help_text="Where: a JSON pointer (RFC 6901) into the body, like #/controls/0, or #/sort for what stands after "
        "the question mark; # is all of it"
    )
    detail = serializers.CharField(help_text="What to put right, in words for the reader")


class Problem(serializers.Serializer):
    """Why a request was refused (RFC 9457)."""

    type = serializers.CharField(help_text="Always about:blank: the status says what kind of refusal it is")
    title = serializers.CharField(help_text="The kind of refusal, in a few words")
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="Why, in words for the reader")
    reference = serializers.CharField(help_text="Quote this to whoever looks after the register")
    errors = Wrong(many=True, required=False, help_text="400: what to put right")
    confirmation_needed = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="409: what may identify a patient, by field",
    )
    confirm_with = serializers.CharField(
        required=False, help_text="409: the field to send as true, once what was found has been checked"
    )
    current_version = serializers.IntegerField(required=False, help_text="409: the version that is now in the register")
    current = serializers.DictField(
        required=False, help_text="412: the thing as it stands now, as reading it would show it"
    )
    etag = serializers.CharField(required=False, help_text="412: the tag of that, as in the ETag header")


IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag with which the thing was read: do it only if the thing has not changed since",
)


def refusals(*codes: int) -> dict[tuple[int, str], type[Problem]]:
    """The refusals with these statuses, as they are described."""
    return {(code, PROBLEM): Problem for code in codes}


class Schema(AutoSchema):
    def get_description(self) -> str:
        verb = self._verb()
        about = verb.service if verb else self._serializer_of()
        return _without_raises(inspect.getdoc(about) or "") if about else super().get_description()

    def get_operation_id(self) -> str:
        """`risks_list`, `risk_get`, `risk_close`; what a list or a thing itself is sent is named as its service is."""
        verb = self._verb()
        if verb and hasattr(self.view, "get"):
            return verb.service.__name__
        words = _words_of(self.path.removeprefix("/api/v1"))
        return "_".join(words if self.method != "GET" else [*words, "list" if self._is_list_view() else "get"])

    def get_request_serializer(self) -> Any:
        verb = self._verb()
        return verb.asks if verb else super().get_request_serializer()

    def get_response_serializers(self) -> Any:
        verb = self._verb()
        if not verb:
            success = {200: super().get_response_serializers()}
        else:
            success = {verb.status: verb.answers.serializer if verb.answers else None}
            success |= {204: None} if verb.may_end_sight else {}
        return success | refusals(*self._refusals())

    def _refusals(self) -> list[int]:
        unseen = [404] if "{" in self.path else []
        if self.method == "GET":
            return [400, 401, 403, *unseen, 429]
        if self.method == "POST":  # with a key it may be sent again when its answer is for the caller no more
            return [400, 401, 403, 404, 409, *([412] if self._can_be_matched() else []), 422, 429]
        return [400, 401, 403, *unseen, 409, *([412] if self._can_be_matched() else []), 429]

    def get_override_parameters(self) -> list[Any]:
        key = [PARAMETER] if self.method == "POST" and isinstance(self.view, Repeatable) else []
        return [*key, *([IF_MATCH] if self.method != "GET" and self._can_be_matched() else [])]

    def _can_be_matched(self) -> bool:
        """Whether it is done to one thing, whose tag can be sent."""
        return self._verb() is not None and bool(self._verb().on) and "{" in self.path

    def _verb(self) -> Verb | None:
        return None if self.method == "GET" else getattr(self.view, "verb", None)

    def _serializer_of(self) -> Any:
        resource = getattr(self.view, "resource", None)
        return resource and resource.serializer


def _words_of(path: str) -> list[str]:
    """The words of an address, singular where one of many is named by what follows."""
    parts = path.strip("/").split("/")
    return [
        (part.removesuffix("s") if following.startswith("{") else part).replace("-", "_")
        for part, following in pairwise([*parts, ""])
        if not part.startswith("{")
    ]


def _without_raises(doc: str) -> str:
    """A service's docstring without what only its callers in code need to know."""
    return re.split(r"\s*\bRaises [A-Z]", doc, maxsplit=1)[0].strip()
