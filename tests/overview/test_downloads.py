"""Every page that lists things gives them as a file, and so does the API."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import get_resolver

from accounts.models import Role
from escalations import services as escalations
from safetyreg.lists import ListPage
from tests import clients
from tests.factories import NOW, PASSWORD
from tests.risks.belonging import ask_introduction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.ladder import Ladder

pytestmark = pytest.mark.django_db
NO_FILE = {
    "triage": "what waits for a decision comes from several lists, each of which has a file",
    "webhook-list": "a handful of addresses of systems, each with a log of its own",
}


def _lists() -> dict[str, type[ListPage]]:
    found = {}
    for pattern, name in _named(get_resolver().url_patterns):
        view = getattr(pattern.callback, "view_class", None)
        if view and issubclass(view, ListPage):
            found[name] = view
    return found


def _named(patterns: Iterable[Any]) -> Iterator[tuple[Any, str]]:
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _named(pattern.url_patterns)
        elif pattern.name:
            yield pattern, pattern.name


def test_every_list_can_be_downloaded_or_says_why_not() -> None:
    assert {name for name, page in _lists().items() if page.export is None} == NO_FILE.keys()


# By what is downloaded, the list of the API that says how many there are, a heading, and who asks.
FILES = [
    ("/notifications/?download=csv", "notifications", "Message", ("icb", Role.SAFETY_LEAD)),
    ("/escalations/?download=csv", "escalations", "Asked for", ("icb", Role.SAFETY_LEAD)),
    ("/escalations/all/?download=csv", "escalations", "Asked for", ("icb", Role.SAFETY_LEAD)),
    ("/deadlines/?download=csv", "deadlines/known", "Owed by", ("icb", Role.SAFETY_LEAD)),
    ("/api/v1/deadlines/known/export/", "deadlines/known", "Owed by", ("icb", Role.SAFETY_LEAD)),
    ("/look-alikes/?download=csv", "pairs", "Why", ("icb", Role.SAFETY_LEAD)),
    ("/people/?download=csv", "people", "E-mail address", ("provider", Role.ADMINISTRATOR)),
    ("/clients/?download=csv", "clients", "Client id", ("provider", Role.ADMINISTRATOR)),
    ("/api/v1/notifications/export/", "notifications", "Message", ("icb", Role.SAFETY_LEAD)),
    ("/api/v1/pairs/export/", "pairs", "Why", ("icb", Role.SAFETY_LEAD)),
    ("/api/v1/deadlines/export/", "deadlines", "due_at", ("icb", Role.SAFETY_LEAD)),
    ("/api/v1/introductions/export/", "introductions", "reason", ("icb", Role.SAFETY_LEAD)),
    ("/api/v1/people/export/", "people", "E-mail address", ("provider", Role.ADMINISTRATOR)),
]


def test_each_file_has_as_many_rows_as_its_list(ladder: Ladder) -> None:
    lead = ladder.actor(ladder.provider)
    icb = ladder.actor(ladder.icb)
    risk = ladder.risk(lead, involved=[ladder.neighbour])
    ask_introduction(risk, lead)
    escalations.escalate_risk(risk=risk, reason="Letters wait", ask="Agree one form", by=lead, now=NOW)
    administrator = ladder.actor(ladder.provider, Role.ADMINISTRATOR)
    clients.add_system(by=administrator)
    browsers = {}
    for (body, role), actor in {
        ("icb", Role.SAFETY_LEAD): icb,
        ("provider", Role.ADMINISTRATOR): administrator,
    }.items():
        browsers[body, role] = Client()
        assert browsers[body, role].login(username=actor.user.email, password=PASSWORD)
    for address, resource, heading, who in FILES:
        response = browsers[who].get(address)
        assert response.status_code == 200, address
        sent = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
        headings, *rows = csv.reader(io.StringIO(sent, newline=""))
        assert heading in headings, address
        assert {len(row) for row in rows} == {len(headings)}, address
        assert len(rows) == browsers[who].get(f"/api/v1/{resource}/").json()["total"] > 0, address
