"""The list of all clocks that a reader knows of: which, how much of each, and what it can be narrowed down to."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role
from deadlines.sweeping import sweep
from escalations import services as escalations
from tests.factories import NOW, PASSWORD

if TYPE_CHECKING:
    from accounts.actors import Actor
    from tests.ladder import Ladder

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=60)


@pytest.fixture(autouse=True)
def _later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: LATER)


def _browser(actor: Actor) -> Client:
    browser = Client()
    assert browser.login(username=actor.user.email, password=PASSWORD)
    return browser


def _escalated(ladder: Ladder, count: int = 1) -> list[str]:
    """Risks of the provider, each with an escalation to its ICB that nobody acknowledges. Their references."""
    lead = ladder.actor(ladder.provider)
    found = []
    for number in range(count):
        risk = ladder.risk(lead, title=f"Letters wait {number}")
        escalations.escalate_risk(risk=risk, reason="Letters wait", ask="Agree one form", by=lead, now=NOW)
        found.append(risk.reference)
    return found


def _known(actor: Actor, query: str = "") -> list[dict[str, Any]]:
    return _browser(actor).get(f"/api/v1/deadlines/known/{query}").json()["results"]


def test_the_level_above_sees_a_late_clock_and_not_what_it_is_about(ladder: Ladder) -> None:
    (reference,) = _escalated(ladder)
    region = ladder.actor(ladder.region)
    assert _known(region) == []
    sweep(now=LATER)
    (late,) = _known(region)
    assert (late["kind"], late["owed_by"]["name"]) == ("ACKNOWLEDGE", "Test Own ICB")
    assert [late[name] for name in ("risk_reference", "path", "subject_id", "holder")] == [None] * 4
    page = _browser(region).get("/deadlines/").content.decode()
    assert "Test Own ICB" in page
    assert reference not in page
    assert "Letters wait" not in page
    download = _browser(region).get("/deadlines/?download=csv")
    assert reference.encode() not in b"".join(download.streaming_content)  # type: ignore[attr-defined]


@pytest.mark.parametrize("query", ["in_full=true", "urgency=EXTREME", "theme=6"])
def test_what_tells_what_it_is_about_finds_nothing_for_who_may_not_know(ladder: Ladder, query: str) -> None:
    _escalated(ladder)
    sweep(now=LATER)
    assert _known(ladder.actor(ladder.region), f"?{query}") == []
    assert len(_known(ladder.actor(ladder.icb), f"?kind=ACKNOWLEDGE&{query}")) == 1


def test_who_reads_a_risk_in_full_finds_its_clocks_and_narrows_them_down(ladder: Ladder) -> None:
    _escalated(ladder)
    sweep(now=LATER)
    icb = ladder.actor(ladder.icb)
    assert {one["kind"] for one in _known(icb)} == {"ACKNOWLEDGE", "REVIEW"}
    assert [one["kind"] for one in _known(icb, "?taken=STILL_LATE&between=true&due=YEAR")] == ["ACKNOWLEDGE"]
    code = ladder.icb.ods_code.lower()
    assert [one["kind"] for one in _known(icb, f"?owed_by={code}&level=ICB&overdue=true")] == ["ACKNOWLEDGE"]
    assert _known(icb, "?taken=HALF") == []
    assert _known(icb, "?kind=ACKNOWLEDGE&due=2026-12") == []


def test_an_unknown_month_is_refused(ladder: Ladder) -> None:
    assert _browser(ladder.actor(ladder.icb)).get("/deadlines/?due=2026-13").status_code == 422
    assert _browser(ladder.actor(ladder.icb)).get("/api/v1/deadlines/known/?due=soon").status_code == 400


def test_who_reads_no_risks_is_shown_none(ladder: Ladder) -> None:
    _escalated(ladder)
    administrator = ladder.actor(ladder.icb, Role.ADMINISTRATOR)
    assert _browser(administrator).get("/deadlines/").status_code == 403
    assert _known(administrator) == []


def test_an_onlooker_finds_every_escalation_under_all_that_we_see(ladder: Ladder) -> None:
    (reference,) = _escalated(ladder)
    viewer = _browser(ladder.actor(ladder.provider, Role.VIEWER))
    assert reference in viewer.get("/escalations/all/").content.decode()
    outsider = _browser(ladder.actor(ladder.region)).get("/escalations/all/").content.decode()
    assert reference not in outsider
    assert "has an open escalation" in outsider


@pytest.mark.parametrize("path", ["/deadlines/", "/escalations/all/"])
def test_the_queries_do_not_grow_with_the_list(ladder: Ladder, path: str) -> None:

    browser = _browser(ladder.actor(ladder.icb))
    _escalated(ladder)
    browser.get(path)
    with CaptureQueriesContext(connection) as one:
        browser.get(path)
    _escalated(ladder, 24)
    with CaptureQueriesContext(connection) as many:
        browser.get(path)
    assert len(many) == len(one)
