"""Too much, too deep, or no text at all: a quick refusal, never a failure."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as configured

from safetyreg.api import parsers
from tests.api.conftest import Caller, refused, wrong
from tests.ladder import FIELDS

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tests.ladder import Ladder

QUICK = 10  # seconds, on a machine that has other things to do


@pytest.fixture
def lead(ladder: Ladder) -> Caller:
    return Caller(ladder.actor(ladder.provider))


def send(caller: Caller, raw: bytes | str, content_type: str = "application/json") -> HttpResponse:
    began = time.monotonic()
    sent = raw.encode() if isinstance(raw, str) else raw
    response = caller.client.generic("POST", "/api/v1/risks/", sent, content_type=content_type)
    assert time.monotonic() - began < QUICK
    return response


def test_a_body_of_ten_megabytes_is_refused(lead: Caller) -> None:
    refused(send(lead, b'{"title": "' + b"x" * 10_000_000 + b'"}'), 413)


@pytest.mark.parametrize("depth", [parsers.DEEPEST + 1, 100, 100_000])
def test_a_body_that_is_nested_too_deeply_is_refused(lead: Caller, depth: int) -> None:
    raw = '{"involved": ' + "[" * depth + "]" * depth + "}"
    assert refused(send(lead, raw), 400)["detail"] == parsers.TOO_DEEP


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "9" * 5000])
def test_what_is_no_number_is_no_json(lead: Caller, number: str) -> None:
    assert "not JSON" in refused(send(lead, f'{{"likelihood": {number}}}'), 400)["detail"]


@pytest.mark.parametrize("number", ["1e999", "-1e999", str(2**63), str(-(2**64))])
def test_a_number_that_nothing_can_hold_is_pointed_at(lead: Caller, number: str) -> None:
    assert list(wrong(send(lead, f'{{"likelihood": {number}}}'))) == ["likelihood"]


@pytest.mark.parametrize("odd", ["a\x00b", "\ud800"])
def test_what_is_no_text_is_pointed_at_wherever_it_is(lead: Caller, odd: str) -> None:
    assert list(wrong(send(lead, json.dumps(FIELDS | {"involved": ["R1H", odd]})))) == ["involved/1"]
    assert list(wrong(send(lead, json.dumps(FIELDS | {"controls": [odd]})))) == ["controls/0"]
    assert list(wrong(send(lead, json.dumps({odd: 1})))) == [""]
    assert list(wrong(send(lead, json.dumps(odd)))) == [""]


@pytest.mark.parametrize("raw", [b'{"title": "\xff"}', '{"title": "é"}'.encode("latin-1"), b"\xff\xfe{\x00}\x00", b""])
def test_what_is_no_utf8_is_refused(lead: Caller, raw: bytes) -> None:
    refused(send(lead, raw or b" "), 400)


@pytest.mark.parametrize("charset", ["latin-1", "base64", "utf-7", "rot13", "none-of-these", "zlib"])
def test_json_is_utf8_whatever_is_said_of_it(lead: Caller, charset: str) -> None:
    raw = json.dumps(FIELDS | {"title": "Café"}, ensure_ascii=False).encode()
    response = send(lead, raw, f"application/json; charset={charset}")
    assert response.json()["title"] == "Café", response.content


@pytest.mark.parametrize("path", ["nothing/", "risks/PSR-000001/nothing/", "%00/", "%ff/", "☃/"])
def test_an_address_that_is_none_is_a_problem_too(lead: Caller, path: str) -> None:
    response = lead.client.get(f"/api/v1/{path}")
    assert refused(response, 404)["reference"] == response["X-Request-ID"]


@pytest.fixture
def _allowed(settings: Any) -> None:
    """As settings.py has it where an operator names an origin."""
    settings.CORS_ALLOWED_ORIGINS = ["https://dashboard.example"]
    first, *others = configured.MIDDLEWARE
    settings.MIDDLEWARE = [first, "corsheaders.middleware.CorsMiddleware", *others]


@pytest.mark.usefixtures("_allowed")
def test_pages_of_an_origin_that_is_named_may_call_and_no_others(ladder: Ladder) -> None:
    caller = Caller(ladder.actor(ladder.provider))

    def said(path: str, origin: str) -> dict[str, str]:
        response = caller.client.get(path, headers={"origin": origin})
        return {name: value for name, value in response.headers.items() if name.startswith("access-control-allow")}

    assert said("/api/v1/risks/", "https://dashboard.example") == {
        "access-control-allow-origin": "https://dashboard.example"
    }
    assert said("/api/v1/risks/", "https://elsewhere.example") == {}
    assert said("/risks/", "https://dashboard.example") == {}
