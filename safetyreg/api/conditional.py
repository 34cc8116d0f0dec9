"""Reading only what has changed (`If-None-Match`), and changing only what was read (`If-Match`).

The tag of an answer is worked out from what this reader is shown, byte for byte. That of one thing has a part more, in
front of the point: what is shown without the clocks, whose words move by themselves. `If-Match` compares that part, so
that a minute that passes is no change of the thing.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.utils.http import parse_etags
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.response import Response

MOVE_BY_THEMSELVES = {"clock", "clocks", "is_overdue"}
KEPT_WITH_304 = ("ETag", "Cache-Control", "Vary", "Content-Location")
COMPRESSED = "-gzip"  # what compressing adds to a tag: other bytes, the same answer


class Changed(APIException):
    """The thing is no longer what the caller read. `current` is what it is now, and `tag` the tag of that."""

    status_code = 412
    default_detail = "This was changed after you read it: `current` is how it stands now"

    def __init__(self, current: Any, tag: str) -> None:
        super().__init__()
        self.current = current
        self.tag = tag


def tag_of_one(shown: Any, body: bytes | None = None) -> str:
    """The tag of one thing as it is shown."""
    still = JSONRenderer().render(_still(shown))
    return f'"{_digest(still)}.{_digest(JSONRenderer().render(shown) if body is None else body)}"'


def tag_of_many(body: bytes) -> str:
    return f'"{_digest(body)}"'


def require_match(request: Request, shown: Any) -> None:
    """Raises Changed unless the request names the thing as it is shown now."""
    asked = parse_etags(request.headers["If-Match"])
    tag = tag_of_one(shown)
    if "*" not in asked and _thing(tag) not in {_thing(one) for one in asked if not one.startswith("W/")}:
        raise Changed(shown, tag)


def answer_unless_known(request: Request, response: Response, *, one: bool) -> HttpResponse | None:
    """Tag an answer that was drawn; and answer in its place that nothing has changed, if the caller has it already."""
    response["ETag"] = tag_of_one(response.data, response.content) if one else tag_of_many(response.content)
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if "*" not in known and _bare(response["ETag"]) not in {_bare(tag) for tag in known}:
        return None
    unchanged = HttpResponse(status=304)
    del unchanged["Content-Type"]
    for name in KEPT_WITH_304:
        if response.has_header(name):
            unchanged[name] = response[name]
    return unchanged


def _bare(tag: str) -> str:
    return tag.removeprefix("W/").strip('"').removesuffix(COMPRESSED)


def _thing(tag: str) -> str:
    return _bare(tag).partition(".")[0]


def _digest(body: bytes) -> str:
    return urlsafe_b64encode(sha256(body).digest()[:15]).decode()


def _still(shown: Any) -> Any:
    if isinstance(shown, dict):
        return {name: _still(value) for name, value in shown.items() if name not in MOVE_BY_THEMSELVES}
    return [_still(one) for one in shown] if isinstance(shown, list) else shown
