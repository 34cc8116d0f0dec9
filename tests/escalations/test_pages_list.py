"""The in-tray and what was sent, as people see them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from deadlines import sweeping
from tests.escalations.stage import Stage
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from django.http import HttpResponse
    from pytest_django import DjangoAssertNumQueries

    from escalations.models import Escalation

pytestmark = pytest.mark.usefixtures("on_the_wall")


def titles(page: HttpResponse) -> list[str]:
    """The titles in the list, in their order."""
    return re.findall(r'app-hop__reference">.*?</span> (.*?)</a>', page.content.decode())


def raised(stage: Stage, title: str, **given: object) -> Escalation:
    lead = stage.lead(stage.ladder.provider)
    return stage.raised(stage.ladder.risk(lead, title=title, now=stage.now, **given))


def in_tray(stage: Stage, query: str = "") -> HttpResponse:
    return visitor(stage.lead(stage.ladder.icb)).get(f"/escalations/{query}")


def test_a_row_says_who_asks_whom_how_urgent_it_is_who_handles_it_and_what_is_next(stage: Stage) -> None:
    stage.leads[stage.ladder.icb.name] = stage.ladder.actor(stage.ladder.icb, name="Winston Adeyemi")
    first = raised(stage, "Letters are late")
    stage.do("acknowledge", first)
    row = words(in_tray(stage))
    assert (
        f"{first.risk.reference} Letters are late Test Royal Hospital → to You Handled by Winston Adeyemi "
        "Acknowledged Extreme Decide what to do about the escalation (you) "
        "Due in 5 working days, by Tuesday 10 November 2026, 10:02am"
    ) in row


def test_the_same_row_is_in_what_the_other_side_sent(stage: Stage) -> None:
    raised(stage, "Letters are late")
    provider = visitor(stage.lead(stage.ladder.provider))
    assert "You → to Test Own ICB Nobody handles it yet Raised Extreme" in words(provider.get("/escalations/sent/"))
    assert titles(provider.get("/escalations/")) == []


def test_what_is_due_first_stands_first_and_what_is_overdue_says_so(stage: Stage) -> None:
    raised(stage, "Slow", likelihood=2, consequence=2)
    raised(stage, "Quick")
    stage.wait(days=2)
    sweeping.sweep(now=stage.now)
    page = in_tray(stage)
    assert titles(page) == ["Quick", "Slow"]
    assert "Overdue by 1 working day" in words(page)
    assert titles(in_tray(stage, "?sort=newest")) == ["Quick", "Slow"]
    assert titles(in_tray(stage, "?sort=-newest")) == ["Slow", "Quick"]


def test_while_information_is_awaited_the_clock_of_the_asker_stands_in_the_row(stage: Stage) -> None:
    stage.do("request_information", raised(stage, "Letters are late"))
    row = words(in_tray(stage))
    assert "Information requested" in row
    assert "Give the information asked for Due in 5 working days" in row
    assert "Paused" not in row


def test_filters_are_in_the_address(stage: Stage) -> None:
    stage.do("acknowledge", raised(stage, "Acknowledged one", likelihood=2, consequence=5))
    raised(stage, "Raised one")
    stage.wait(days=2)
    for query, expected in {
        "?status=RAISED": ["Raised one"],
        "?urgency=HIGH": ["Acknowledged one"],
        "?overdue=true": ["Raised one"],
        "?overdue=false": ["Acknowledged one"],
        "?search=acknowledged": ["Acknowledged one"],
        "?status=RAISED&urgency=HIGH": [],
    }.items():
        assert titles(in_tray(stage, query)) == expected, query


def test_what_is_over_is_left_out_until_it_is_asked_for(stage: Stage) -> None:
    done = raised(stage, "Done")
    stage.do("answer", done)
    stage.do("confirm", done)
    empty = words(in_tray(stage))
    assert "No open escalation has been sent to Test Own ICB." in empty
    assert "Show those that are over" in empty
    assert titles(in_tray(stage, "?status=CLOSED&status=WITHDRAWN")) == ["Done"]


def test_nothing_sent_yet_and_nothing_that_matches_are_two_things(stage: Stage) -> None:
    provider = visitor(stage.lead(stage.ladder.provider))
    nothing = words(provider.get("/escalations/sent/"))
    assert "Test Royal Hospital has no open escalation with another organisation." in nothing
    assert "Show those that are over" not in nothing
    raised(stage, "Letters are late")
    assert "No escalations match" in words(provider.get("/escalations/sent/?urgency=LOW"))


def test_the_tabs_count_what_is_open_and_say_where_one_is(stage: Stage) -> None:
    stage.do("escalate_on", raised(stage, "Letters are late"))
    page = in_tray(stage)
    assert "In-tray (1 open) Sent (1 open)" in words(page)
    assert 'href="/escalations/" aria-current="page"' in page.content.decode()


def test_everybody_who_reads_risks_has_the_lists_but_an_administrator_has_not(stage: Stage) -> None:
    for role, status in {Role.VIEWER: 200, Role.REPORTER: 200, Role.ADMINISTRATOR: 403}.items():
        reader = visitor(stage.ladder.actor(stage.ladder.icb, role))
        assert [reader.get(path).status_code for path in ("/escalations/", "/escalations/sent/")] == [status] * 2


def test_neighbours_have_lists_of_their_own(stage: Stage) -> None:
    raised(stage, "Letters are late")
    for body in (stage.ladder.neighbour, stage.ladder.other_icb, stage.ladder.region):
        reader = visitor(stage.lead(body))
        assert titles(reader.get("/escalations/")) == titles(reader.get("/escalations/sent/")) == []


@pytest.mark.parametrize("path", ["/escalations/", "/escalations/sent/"])
def test_a_list_of_25_asks_the_database_no_more_than_a_list_of_1(
    stage: Stage, path: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    stage.do("acknowledge", raised(stage, "The first"))
    body = stage.ladder.icb if path == "/escalations/" else stage.ladder.provider
    reader = visitor(stage.lead(body))
    reader.get(path)  # warms what is cached for the life of the process
    with CaptureQueriesContext(connection) as for_one:
        assert len(titles(reader.get(path))) == 1
    for number in range(24):
        stage.do("acknowledge", raised(stage, f"Another {number}"))
    with django_assert_num_queries(len(for_one)):
        assert len(titles(reader.get(path))) == 25
