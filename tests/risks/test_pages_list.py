"""The list of risks as people see it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from accounts.models import Role
from escalations import services as escalations
from risks import services as risks
from tests.factories import NOW, OrganisationFactory
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from django.http import HttpResponse
    from pytest_django import DjangoAssertNumQueries

    from accounts.actors import Actor
    from tests.ladder import Ladder

pytestmark = pytest.mark.usefixtures("at_now")


@pytest.fixture
def lead(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider, name="Amina Yusuf")


def titles(response: HttpResponse) -> list[str]:
    """The references and titles in the list, in their order."""
    found = re.findall(r'app-risk__reference">(.*?)</span>\s*(.*?)</a>', response.content.decode())
    return [re.sub("</?mark>", "", title) for _reference, title in found]


def test_a_row_says_what_matters_at_a_glance(ladder: Ladder, lead: Actor) -> None:
    risk = ladder.risk(lead, title="Letters reach practices late", now=NOW - timedelta(days=40))
    escalations.escalate_risk(risk=risk, reason="We cannot change it", ask="Act", by=lead, now=NOW)
    page = visitor(lead).get("/risks/")
    assert (
        f"16 Extreme {risk.reference} Letters reach practices late {ladder.provider.name} Owned by Amina Yusuf "
        "Open Escalated Review overdue, it was due on 24 October 2026"
    ) in words(page)
    assert f'href="/risks/{risk.reference}/"' in page.content.decode()


def test_a_draft_in_the_list_is_a_draft(ladder: Ladder, lead: Actor) -> None:
    risks.save_draft(fields={"title": "Begun"}, by=lead, now=NOW)
    assert "Not scored PSR-" in words(visitor(lead).get("/risks/"))
    assert "Draft" in words(visitor(lead).get("/risks/"))
    assert "Begun" not in words(visitor(ladder.actor(ladder.icb)).get("/risks/"))


def test_an_organisation_named_on_a_risk_reads_less_of_it(ladder: Ladder, lead: Actor) -> None:
    risk = ladder.risk(lead, involved=[ladder.neighbour], now=NOW - timedelta(days=40))
    escalations.escalate_risk(risk=risk, reason="We cannot change it", ask="Act", by=lead, now=NOW)
    seen = words(visitor(ladder.actor(ladder.neighbour)).get("/risks/"))
    assert f"16 Extreme {risk.reference} {risk.title} {ladder.provider.name} Open" in seen
    for hidden in ("Amina Yusuf", "Owned by", "overdue, it was due", "Escalated Review"):
        assert hidden not in seen


def test_nothing_logged_yet_and_nothing_that_matches_are_two_things(ladder: Ladder, lead: Actor) -> None:
    reader = visitor(lead)
    assert "Nothing logged yet" in words(reader.get("/risks/"))
    ladder.risk(lead)
    unmatched = words(reader.get("/risks/?search=zebra"))
    assert "No risks match" in unmatched
    assert "Clear all filters" in unmatched
    assert "Nothing logged yet" not in unmatched


def test_the_address_keeps_filters_sort_and_page(ladder: Ladder, lead: Actor) -> None:
    for number in range(27):
        ladder.risk(lead, title=f"Letters {number:02d}", reach="1")
    ladder.risk(lead, title="Beds", likelihood=1, consequence=1)
    page = visitor(lead).get("/risks/?search=letters&band=EXTREME&sort=title&page=2")
    assert titles(page) == ["Letters 25", "Letters 26"]
    shown = page.content.decode()
    assert "27 risks" in words(page)
    assert "Showing 26 to 27 of 27" in words(page)
    assert 'href="?search=letters&amp;band=EXTREME&amp;sort=title&amp;page=1"' in shown
    assert 'value="letters"' in shown
    assert "Score: Extreme" in words(page)  # a filter in use, which can be taken away
    assert 'href="/risks/?band=EXTREME&amp;sort=title"' in shown


def test_sorts(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead, title="B high", likelihood=2, consequence=5, now=NOW - timedelta(days=3))
    old = ladder.risk(lead, title="A low", likelihood=1, consequence=1, now=NOW - timedelta(days=9))
    ladder.risk(lead, title="C extreme", now=NOW - timedelta(days=6))
    risks.review_risk(risk=old, words="", by=lead, now=NOW)
    reader = visitor(lead)
    expected = {
        "": ["C extreme", "B high", "A low"],
        "?sort=-score": ["A low", "B high", "C extreme"],
        "?sort=newest": ["B high", "C extreme", "A low"],
        "?sort=title": ["A low", "B high", "C extreme"],
        "?sort=updated": ["A low", "B high", "C extreme"],
        "?sort=nonsense": ["C extreme", "B high", "A low"],
    }
    assert {query: titles(reader.get(f"/risks/{query}")) for query in expected} == expected


def test_counts_by_status_lead_to_them(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead, title="One")
    closed = ladder.risk(lead, title="Two")
    risks.close_risk(risk=closed, closure_reason="CONTROLLED", words="", by=lead, now=NOW)
    page = visitor(lead).get("/risks/")
    assert "1 open risk 1 closed risk" in words(page)
    assert titles(visitor(lead).get("/risks/?status=CLOSED")) == ["Two"]


def test_only_owners_of_what_can_be_seen_are_offered(ladder: Ladder, lead: Actor) -> None:
    hidden = OrganisationFactory(name="Hidden Hospital", parent=ladder.icb)
    ladder.risk(ladder.actor(hidden), reach="1")
    ladder.risk(lead)
    reader = visitor(lead)
    assert "Hidden Hospital" not in reader.get("/risks/").content.decode()
    refused = reader.get(f"/risks/?organisation={hidden.ods_code}")
    assert refused.status_code == 422
    assert "Choose an organisation that owns a risk you can see" in words(refused)
    unknown = reader.get("/risks/?organisation=ZZZZZ")
    assert words(unknown) == words(refused).replace(hidden.ods_code, "ZZZZZ")


def test_who_may_open_the_list(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead)
    assert Client().get("/risks/").status_code == 302
    viewer = visitor(ladder.actor(ladder.provider, Role.VIEWER)).get("/risks/")
    assert viewer.status_code == 200
    assert "Log a risk" not in words(viewer)
    assert "Log a risk" in words(visitor(lead).get("/risks/"))
    assert visitor(ladder.actor(ladder.provider, Role.ADMINISTRATOR)).get("/risks/").status_code == 403


def test_a_list_of_many_asks_no_more_than_a_list_of_one(
    ladder: Ladder, lead: Actor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    reader = visitor(lead)
    ladder.risk(lead, involved=[ladder.neighbour])
    reader.get("/risks/")
    with django_assert_num_queries(9) as few:  # one of them for the saved views above the list
        reader.get("/risks/")
    for number in range(24):
        other = ladder.actor(ladder.neighbour if number % 2 else ladder.provider)
        risk = ladder.risk(other, involved=[ladder.icb, ladder.provider][: number % 2 + 1])
        if number % 3 == 0:
            escalations.escalate_risk(risk=risk, reason="We cannot", ask="Act", by=other, now=NOW)
    with django_assert_num_queries(len(few)):
        assert len(titles(reader.get("/risks/"))) == 25
