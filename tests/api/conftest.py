"""Somebody calling the API, and a clock that the tests set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from accounts.middleware import SESSION_KEY
from tests.factories import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.http import HttpResponse

    from accounts.actors import Actor

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
    """Somebody signed in, acting under one membership. Paths are those below /api/v1/."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.client = Client(raise_request_exception=False)
        self.client.force_login(actor.user)
        session = self.client.session
        session[SESSION_KEY] = str(actor.membership.pk)
        session.save()

    def get(self, path: str, **query: Any) -> HttpResponse:
        return self.client.get(f"/api/v1/{path}", query)

    def post(self, path: str, **body: Any) -> HttpResponse:
        return self.client.post(f"/api/v1/{path}", body, content_type="application/json")

    def patch(self, path: str, **body: Any) -> HttpResponse:
        return self.client.patch(f"/api/v1/{path}", body, content_type="application/json")

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


def refused(response: HttpResponse, status: int) -> dict[str, Any]:
    """The problem document of a refusal."""
    problem = answered(response, status)
    assert response["Content-Type"] == PROBLEM
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    return problem


@pytest.fixture
def caller() -> Callable[[Actor], Caller]:
    return Caller
