"""Finding risks: what each filter, the search and each sort find, and for whom."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import RequestFactory

from accounts.models import Role
from escalations import services as escalations
from risks import services as risks
from risks.filters import SORTS, RiskFilters
from risks.models import Risk
from tests.factories import NOW, OrganisationFactory

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.actors import Actor
    from tests.ladder import Ladder


def found(actor: Actor, query: str = "", now: datetime = NOW) -> list[str]:
    """The titles that a query string finds, in order of title."""
    request = RequestFactory().get(f"/risks/?{query}")
    request.actor = actor
    listed = Risk.objects.visible_to(actor).as_listed_for(actor, now)
    filters = RiskFilters(request.GET, listed, request=request)
    assert not filters.errors, filters.errors
    return list(filters.qs.order_by("title").values_list("title", flat=True))


def refused(actor: Actor, query: str) -> dict[str, list[str]]:
    request = RequestFactory().get(f"/risks/?{query}")
    request.actor = actor
    return RiskFilters(request.GET, Risk.objects.visible_to(actor), request=request).errors


@pytest.fixture
def lead(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider)


def test_status_takes_several(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead, title="Open")
    risks.save_draft(fields={"title": "Draft"}, by=lead, now=NOW)
    closed = ladder.risk(lead, title="Closed")
    risks.close_risk(risk=closed, closure_reason="CONTROLLED", words="", by=lead, now=NOW)
    assert found(lead) == ["Closed", "Draft", "Open"]
    assert found(lead, "status=DRAFT") == ["Draft"]
    assert found(lead, "status=DRAFT&status=CLOSED") == ["Closed", "Draft"]


def test_no_filter_makes_the_database_compare_whole_rows(lead: Actor) -> None:
    """As it would to find each row once, where none can come twice: counting all risks of England took seconds."""
    request = RequestFactory().get("/risks/?status=OPEN&status=DRAFT&band=HIGH&band=LOW")
    request.actor = lead
    assert not RiskFilters(request.GET, Risk.objects.visible_to(lead), request=request).qs.query.distinct


def test_band_is_that_of_the_current_score(ladder: Ladder, lead: Actor) -> None:
    for title, likelihood, consequence in (("Low", 1, 3), ("Moderate", 2, 2), ("High", 2, 4), ("Extreme", 5, 5)):
        ladder.risk(lead, title=title, likelihood=likelihood, consequence=consequence)
    risks.save_draft(fields={"title": "Not scored"}, by=lead, now=NOW)
    assert found(lead, "band=HIGH") == ["High"]
    assert found(lead, "band=LOW&band=EXTREME") == ["Extreme", "Low"]


def test_theme_and_process(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead, title="Both", theme="3", process="9")
    ladder.risk(lead, title="Theme", theme="3", process="5")
    assert found(lead, "theme=3") == ["Both", "Theme"]
    assert found(lead, "theme=3&process=9") == ["Both"]


def test_organisations_offered_are_those_whose_risks_can_be_seen(ladder: Ladder, lead: Actor) -> None:
    """A neighbour's risk that is not shared is no answer, in the same words as a body that does not exist."""
    ladder.risk(lead, title="Ours")
    ladder.risk(ladder.actor(ladder.neighbour), title="Theirs", reach="1")
    assert found(lead, f"organisation={ladder.provider.ods_code}") == ["Ours"]
    hidden = refused(lead, f"organisation={ladder.neighbour.ods_code}")
    assert hidden["organisation"] == ["Choose an organisation that owns a risk you can see"]
    assert hidden == refused(lead, "organisation=ZZZZZ")


def test_ours_and_shared_with_us(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead, title="Ours")
    ladder.risk(ladder.actor(ladder.neighbour), title="Shared", involved=[ladder.provider])
    assert found(lead, "ours=true") == ["Ours"]
    assert found(lead, "ours=false") == ["Shared"]


def test_escalated_and_not(ladder: Ladder, lead: Actor) -> None:
    escalated = ladder.risk(lead, title="Escalated")
    ladder.risk(lead, title="Quiet")
    escalations.escalate_risk(risk=escalated, reason="We cannot change it", ask="Act", by=lead, now=NOW)
    assert found(lead, "escalated=true") == ["Escalated"]
    assert found(lead, "escalated=false") == ["Quiet"]


def test_review_overdue(ladder: Ladder, lead: Actor) -> None:
    """An extreme risk is reviewed every month, a low one every year."""
    ladder.risk(lead, title="Extreme", likelihood=5, consequence=5)
    ladder.risk(lead, title="Low", likelihood=1, consequence=1)
    later = NOW + timedelta(days=40)
    assert found(lead, "review_overdue=true") == []
    assert found(lead, "review_overdue=true", later) == ["Extreme"]
    assert found(lead, "review_overdue=false", later) == ["Low"]


@pytest.mark.parametrize("query", ["theme=6", "process=9", "escalated=true", "escalated=false", "review_overdue=false"])
def test_a_filter_tells_nothing_that_an_involved_organisation_may_not_read(ladder: Ladder, query: str) -> None:
    owner, involved = ladder.actor(ladder.provider), ladder.actor(ladder.neighbour)
    risk = ladder.risk(owner, theme="6", process="9", involved=[ladder.neighbour])
    escalations.escalate_risk(risk=risk, reason="We cannot change it", ask="Act", by=owner, now=NOW)
    assert found(involved) == [risk.title]
    assert found(involved, query) == []


@pytest.mark.parametrize(
    ("search", "titles"),
    [
        ("insulin", ["Insulin pens"]),
        ("transports", ["Night transport"]),  # the same word in another form
        ("pharmacy", ["Insulin pens"]),
        ("hypoglycaemia", ["Insulin pens"]),
        ("delays crew", ["Night transport"]),
        ('"no crew"', ["Night transport"]),
        ("insulin OR crew", ["Insulin pens", "Night transport"]),
        ("crew -night", []),
        ("zebra", []),
        ("the", []),
        ("!!! & | :*", []),
    ],
)
def test_search_reads_title_cause_event_and_effect(ladder: Ladder, lead: Actor, search: str, titles: list[str]) -> None:
    ladder.risk(lead, title="Insulin pens", cause="Two look alike", event="Pharmacy swaps them", effect="Hypoglycaemia")
    ladder.risk(lead, title="Night transport", cause="No crew", event="A delayed transfer", effect="Late care")
    assert found(lead, f"search={search.replace('&', '%26')}") == titles


def test_search_finds_a_reference_as_people_say_it(ladder: Ladder, lead: Actor) -> None:
    risk = ladder.risk(lead, title="This one")
    ladder.risk(lead, title="Another")
    number = int(risk.reference.removeprefix("PSR-"))
    for said in (risk.reference, risk.reference.lower(), f"psr {number}", str(number), f"{number:06d}"):
        assert found(lead, f"search={said}") == ["This one"], said


def test_a_search_that_cannot_be_read_is_refused_in_words(lead: Actor) -> None:
    assert "search" in refused(lead, "search=%00")
    assert "search" in refused(lead, f"search={'a' * 201}")


@pytest.mark.parametrize("query", ["status=SHUT", "band=HUGE", "theme=99", "process=x", "ours=perhaps", "escalated=1"])
def test_an_unknown_value_is_refused(lead: Actor, query: str) -> None:
    assert query.partition("=")[0] in refused(lead, query)


def test_the_highest_open_risk_comes_first_and_closed_ones_last(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead, title="High", likelihood=2, consequence=5)
    ladder.risk(lead, title="Extreme", likelihood=5, consequence=5)
    risks.save_draft(fields={"title": "Draft"}, by=lead, now=NOW)
    closed = ladder.risk(lead, title="Closed", likelihood=5, consequence=5)
    risks.close_risk(risk=closed, closure_reason="CONTROLLED", words="", by=lead, now=NOW)
    _, by_score = SORTS["score"]
    ordered = Risk.objects.visible_to(lead).order_by(*by_score).values_list("title", flat=True)
    assert list(ordered) == ["Extreme", "High", "Draft", "Closed"]


def test_an_administrator_finds_nothing(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead)
    assert found(ladder.actor(ladder.provider, Role.ADMINISTRATOR)) == []


def test_nobody_finds_a_risk_that_is_not_shared_with_them(ladder: Ladder, lead: Actor) -> None:
    ladder.risk(lead, reach="1")
    stranger = OrganisationFactory(parent=ladder.other_icb)
    for organisation in (ladder.neighbour, ladder.icb, ladder.other_icb, ladder.region, ladder.national, stranger):
        assert found(ladder.actor(organisation), "search=letters") == []
