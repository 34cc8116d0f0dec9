"""Somebody calling the API, and a clock that the tests set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from accounts.models import Role
from tests import clients
from tests.api import contract
from tests.browsing import _live_server_as_in_production, browser  # noqa: F401 - fixtures
from tests.factories import NOW
from tests.visiting import visitor

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpResponse

    from accounts.actors import Actor
    from accounts.models import User
    from tests.clients import System
    from tests.ladder import Ladder

PROBLEM = "application/problem+json"


@dataclass
class Clock:
    now: datetime = NOW


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time at which requests arrive: NOW, until a test sets it."""
    clock = Clock()
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.now)
    return clock


class Caller:
    """Somebody signed in, acting under one membership. Paths are those below /api/v1/.

    Whatever is answered is held against the OpenAPI description.
    """

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.client = visitor(actor)
        self.client.raise_request_exception = False

    def get(self, path: str, **query: Any) -> HttpResponse:
        return self._ask("get", path, data=query)

    def post(self, path: str, **body: Any) -> HttpResponse:
        return self._ask("post", path, data=body, content_type="application/json")

    def patch(self, path: str, **body: Any) -> HttpResponse:
        return self._ask("patch", path, data=body, content_type="application/json")

    def _ask(self, method: str, path: str, **sent: Any) -> HttpResponse:
        response = getattr(self.client, method)(f"/api/v1/{path}", **sent)
        contract.check(method, f"/api/v1/{path}", response)
        return response

    def read(self, path: str, **query: Any) -> dict[str, Any]:
        """What a GET that must succeed answers."""
        return answered(self.get(path, **query), 200)

    def list(self, path: str, **query: Any) -> list[dict[str, Any]]:
        return self.read(path, **query)["results"]

    def do(self, path: str, **body: Any) -> dict[str, Any]:
        """What a POST that must succeed answers; nothing where nothing is answered."""
        response = self.post(path, **body)
        assert response.status_code in (200, 201, 204), response.content
        return response.json() if response.content else {}


def answered(response: HttpResponse, status: int) -> dict[str, Any]:
    """The JSON of an answer with the status that is expected."""
    assert response.status_code == status, response.content
    return response.json()


def wrong(response: HttpResponse) -> dict[str, list[str]]:
    """What bad input is told to put right: the sentences by where it is in what was sent, as `field/0/field`."""
    found: dict[str, list[str]] = {}
    for error in refused(response, 400)["errors"]:
        found.setdefault(error["pointer"].removeprefix("#").removeprefix("/"), []).append(error["detail"])
    return found


def refused(response: HttpResponse, status: int) -> dict[str, Any]:
    """The problem document of a refusal."""
    problem = answered(response, status)
    assert response["Content-Type"] == PROBLEM
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    return problem


@pytest.fixture
def administrator(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider, Role.ADMINISTRATOR)


@pytest.fixture
def nurse(ladder: Ladder) -> User:
    return ladder.actor(ladder.provider, Role.REPORTER, name="Nia Nurse").user


@pytest.fixture
def feed(administrator: Actor, nurse: User) -> System:
    return clients.add_system(by=administrator, responsible=nurse).get_token()
