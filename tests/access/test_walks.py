"""Every list of the API, in every order that it offers, page by page: each row once, and in the order of the whole."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from safetyreg.api.docs import description
from tests.access.policy import by_route
from tests.access.routes import PLACE, routes

if TYPE_CHECKING:
    from tests.access.world import World

READERS = ("lead", "icb", "administrator")
SIZE = 4  # rows to a page
OF_A_SEARCH = ("best", "-best")


@cache
def lists() -> dict[str, list[str]]:
    """By route, the sorts that a list of pages offers, and none."""
    schema = description()
    addresses = {PLACE.sub("{}", f"/{route.pattern}"): name for name, route in routes().items()}
    found = {}
    for path, operations in schema["paths"].items():
        asked = {one["name"]: one["schema"] for one in operations.get("get", {}).get("parameters", [])}
        if "page_size" in asked:
            found[addresses[re.sub(r"{[^}]*}", "{}", path)]] = ["", *asked.get("sort", {}).get("enum", [])]
    return found


def test_most_of_what_is_listed_comes_in_pages(db: None) -> None:
    assert len(lists()) > 20


def test_each_row_of_each_list_is_read_once_in_every_order(world: World) -> None:
    wrong, walked = [], 0
    for route, sorts in lists().items():
        for reader in READERS:
            subject = next((row.subjects[0] for row in by_route()[route] if row.answers[reader] == "ok"), None)
            if subject is None:
                continue
            path = world.path(routes()[route], subject)
            for sort in sorts:
                asked = {"sort": sort} if sort else {}
                asked |= {"search": "words"} if sort in OF_A_SEARCH else {}
                whole = _page(world, reader, path, page_size=200, **asked)
                rows = [json.dumps(row) for row in whole["results"]]
                if len(rows) > SIZE:
                    walked += 1
                if _walked(world, reader, path, **asked) != rows or len(rows) != len(set(rows)):
                    wrong.append(f"{route} by {sort or 'nothing'} as {reader}")
    assert not wrong, "\n".join(wrong)
    assert walked > 20


def _walked(world: World, reader: str, path: str, **asked: Any) -> list[str]:
    page = _page(world, reader, path, page_size=SIZE, **asked)
    found = list(page["results"])
    while page["next"]:
        page = world.clients[reader].get(page["next"]).json()
        found += page["results"]
    return [json.dumps(row) for row in found]


def _page(world: World, reader: str, path: str, **asked: Any) -> dict[str, Any]:
    response = world.clients[reader].get(path, asked)
    assert response.status_code == 200, response.content
    return response.json()
