"""What no caller should send, on every address of the API: fields that nobody sets, and what is of no right shape.

Each address is asked by somebody who may, about something that is there, so that nothing else refuses first.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django.urls import get_resolver

from safetyreg.api.docs import description
from tests.access.asked import NO_ID, _views, case
from tests.access.bodies import body
from tests.access.cast import KINDS
from tests.access.policy import by_route
from tests.access.routes import PLACE, routes

if TYPE_CHECKING:
    from tests.access.world import World

EVERYWHERE = {
    "id", "pk", "organisation", "organisation_id", "created_by", "created_at", "by", "now", "client", "membership",
    "user", "__proto__",
}  # fmt: skip
LARGE = b'{"text": "' + b"x" * 3_000_000 + b'"}'
DEEP = ('{"text": ' + "[" * 100 + "]" * 100 + "}").encode()
NO_TEXT = ("a\0b", "\ud800", 2**63)
OF_NO_RIGHT_SHAPE: tuple[Any, ...] = ({"a": {}}, [[]], [{}], None, -(2**63), "9" * 5000)
NOT_OBJECTS = (b"[]", b'"text"', b"[{}]", b"{", b"\xff", b'{"text": NaN}')
IN_ADDRESSES = ("%00", "%ED%A0%80", "9" * 400, "0001-01-01T00:00:00%2B23:59")


@cache
def views() -> dict[str, Any]:
    return {name: view for name, view in _views(get_resolver().url_patterns) if name}


def writable() -> list[str]:
    found = (name for name, route in routes().items() if route.is_api and {"POST", "PATCH"} & route.methods)
    return sorted(name for name in found if any("ok" in row.answers.values() for row in by_route()[name]))


def readable() -> list[str]:
    return sorted(
        name for name, route in routes().items() if route.is_api and "GET" in route.methods and name != "api-schema"
    )


def method_of(route: str) -> str:
    return "POST" if "POST" in routes()[route].methods else "PATCH"


def shown(route: str) -> set[str]:
    """What a thing of this address has: the columns of its table, and what is shown of it."""
    view = views()[route]
    given = {**getattr(view, "initkwargs", {})}
    verb, found = given.get("verb"), set(EVERYWHERE)
    for resource in filter(None, (given.get("resource"), verb and verb.answers)):
        found |= set(resource.serializer().fields)
        found |= {name for field in resource.model._meta.concrete_fields for name in (field.name, field.attname)}
    return found


def asked(route: str) -> set[str] | None:
    """What can be sent there; None where a view says it in its own way."""
    verb = {**getattr(views()[route], "initkwargs", {})}.get("verb")
    return set(verb.asks().fields) if verb else None


@pytest.mark.parametrize("route", writable())
def test_nothing_is_set_that_is_not_for_the_caller_to_set(route: str, world: World) -> None:
    kind, subject = case(route)
    valid = body(world, route, kind, subject)
    extra = sorted(shown(route) - (asked(route) if asked(route) is not None else set(valid)))
    sent = {**dict.fromkeys(extra, NO_ID), **valid}
    response = world.ask(kind, method_of(route), world.path(routes()[route], subject), sent, json=True)
    assert response.status_code == 400, response.content
    pointed_at = {error["pointer"] for error in response.json()["errors"]}
    assert {f"#/{name}" for name in extra} <= pointed_at


@pytest.mark.parametrize("route", writable())
def test_a_body_of_no_right_shape_is_refused_and_nothing_fails(route: str, world: World) -> None:
    kind, subject = case(route)
    path, valid = world.path(routes()[route], subject), body(world, route, kind, subject)
    names = asked(route) or set(valid) or {"text"}

    def status(raw: bytes) -> int:
        with transaction.atomic():
            response = world.clients[kind].generic(method_of(route), path, raw, content_type="application/json")
            transaction.set_rollback(True)
        return response.status_code

    assert status(LARGE) == 413
    assert {status(raw) for raw in (DEEP, *NOT_OBJECTS)} == {400}
    assert {status(json.dumps(dict.fromkeys(names, odd)).encode()) for odd in NO_TEXT} == {400}
    for odd in OF_NO_RIGHT_SHAPE:
        assert status(json.dumps(dict.fromkeys(names, odd)).encode()) < 500


@pytest.mark.parametrize("route", readable())
def test_whatever_stands_after_the_question_mark_is_answered_or_refused(route: str, world: World) -> None:
    kind, subject = next(
        (kind, row.subjects[0])
        for row in by_route()[route]
        for kind in KINDS
        if "GET" in row.methods and row.answers[kind] == "ok"
    )
    path = world.path(routes()[route], subject)
    client = world.clients[kind]
    assert client.get(f"{path}?nonsense=1").status_code == 400
    known = parameters()[PLACE.sub("{}", f"/{routes()[route].pattern}")]
    for name in known:
        for odd in IN_ADDRESSES:
            assert client.get(f"{path}?{name}={odd}").status_code < 500, (name, odd)
    if "page_size" in known:
        assert client.get(f"{path}?page_size=1000000000").status_code == 400


@cache
def parameters() -> dict[str, list[str]]:
    """By address, with nothing in its places, the names of what can be asked there."""
    schema = description()
    return {
        re.sub(r"{[^}]*}", "{}", path): [
            asked["name"] for asked in operations.get("get", {}).get("parameters", []) if asked["in"] == "query"
        ]
        for path, operations in schema["paths"].items()
    }
