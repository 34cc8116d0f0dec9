"""The OpenAPI description as a promise: whether an answer is one that the description allows."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from safetyreg.api.docs import description

if TYPE_CHECKING:
    from django.http import HttpResponse

# Refusals of the manner of asking, which any operation may answer and none describes.
NOT_DESCRIBED = {405}


def check(method: str, path: str, response: HttpResponse) -> None:
    """Fail unless the status and the body are described for the operation."""
    operation = _operation(method, path)
    if operation is None or response.status_code in NOT_DESCRIBED or response.status_code >= 500:
        return
    described = operation["responses"].get(str(response.status_code))
    assert described, f"{operation['operationId']} does not describe a {response.status_code}: {response.content}"
    content = described.get("content", {})
    if not content:
        assert not response.content
        return
    media_type = response["Content-Type"].split(";")[0]
    assert media_type in content, f"{operation['operationId']} does not describe {media_type}"
    _validator(content[media_type]["schema"]["$ref"]).validate(response.json())


@lru_cache
def _description() -> dict[str, Any]:
    return _as_json_schema(description())


@lru_cache
def _paths() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    paths = _description()["paths"].items()
    return [(re.compile(re.sub(r"\{[^}]*\}", "[^/]+", path)), operations) for path, operations in paths]


def _operation(method: str, path: str) -> dict[str, Any] | None:
    for pattern, operations in _paths():
        if method in operations and pattern.fullmatch(path):
            return operations[method]
    return None


@lru_cache
def _validator(reference: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": reference, "components": _description()["components"]})


def _as_json_schema(part: Any) -> Any:
    """As described, and by an object meaning one with no other properties than those it names."""
    if isinstance(part, list):
        return [_as_json_schema(item) for item in part]
    if not isinstance(part, dict):
        return part
    schema = {name: _as_json_schema(value) for name, value in part.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        schema.setdefault("additionalProperties", False)
    return schema
