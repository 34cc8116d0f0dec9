"""What forms and the API ask for, and whether two answers are the same: for the tests of what may not be seen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.urls import get_resolver

from tests.access import policy
from tests.access.answers import answer, text
from tests.access.bodies import body
from tests.access.cast import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django import forms
    from django.http import HttpResponse

    from tests.access.world import World

NO_ID = "00000000-0000-4000-8000-000000000000"
NO_REFERENCE = "PSR-999999"


def forms_asked() -> Iterator[tuple[str, type[forms.Form]]]:
    for name, view in _views(get_resolver().url_patterns):
        form = getattr(getattr(view, "view_class", None), "form_class", None)
        if form:
            yield name, form


def _views(patterns: Any) -> Iterator[tuple[str, Any]]:
    for part in patterns:
        if hasattr(part, "url_patterns"):
            yield from _views(part.url_patterns)
        else:
            yield part.name, part.callback


def properties(schema: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    if "requestBody" not in operation:
        return {}
    [content, *_] = operation["requestBody"]["content"].values()
    name = content["schema"]["$ref"].rpartition("/")[-1]
    return schema["components"]["schemas"][name]["properties"]


def case(route: str) -> tuple[str, str]:
    """Somebody who may, and where."""
    for row in policy.by_route()[route]:
        for kind in KINDS:
            if row.answers[kind] == "ok" and {"POST", "PATCH"} & {*row.methods}:
                return kind, row.subjects[0]
    raise AssertionError(f"nobody may use {route}")


def same(
    world: World,
    kind: str,
    route: str,
    subject: str,
    name: str,
    hidden: str,
    none: str = NO_ID,
    *,
    several: bool = False,
) -> None:
    valid = body(world, route, kind, subject)
    path, is_api = world.path(world.routes[route], subject), world.routes[route].is_api
    sent = [valid | {name: [asked] if several else asked} for asked in (hidden, none)]
    method = "POST" if "POST" in world.routes[route].methods else "PATCH"
    responses = [world.ask(kind, method, path, one, json=is_api) for one in sent]
    assert answer(responses[0]) == "bad"
    alike(responses, hidden)


def alike(responses: list[HttpResponse], hidden: str) -> None:
    """The same status, and the same words apart from the id that was asked for and what each answer has of its own."""
    first, second = responses
    assert first.status_code == second.status_code
    assert plain(first, hidden) == plain(second, NO_ID)


def plain(response: HttpResponse, *ids: str) -> str:
    page = text(response)
    for one in (*ids, NO_REFERENCE):
        page = page.replace(one, "ID")
    page = re.sub(r'(nonce|(?:csrfmiddlewaretoken|once)" value)="[^"]*"', r"\1", page)
    return re.sub(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}\b", "REFERENCE", page)  # to quote when asking for help
