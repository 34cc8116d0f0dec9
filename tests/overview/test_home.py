"""Home: what we owe, what we are owed, what is new."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, Role
from deadlines.models import Deadline
from deadlines.sweeping import sweep
from escalations import services as escalations
from overview import services
from risks import services as risks
from tests.factories import NOW, OrganisationFactory
from tests.overview.story import tell
from tests.risks.belonging import hold_the_like
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from accounts.actors import Actor
    from escalations.models import Escalation
    from risks.models import Risk
    from tests.ladder import Ladder

pytestmark = pytest.mark.usefixtures("at_now")
ASKED = {"reason": "We cannot mend it", "ask": "Agree one form"}
YESTERDAY = NOW - timedelta(days=1)


@pytest.fixture
def lead(ladder: Ladder) -> Actor:
    return ladder.actor(ladder.provider, name="Amina Yusuf")


def home(actor: Actor, query: str = "") -> str:
    response = visitor(actor).get(f"/{query}")
    assert response.status_code == 200
    return words(response)


def section(page: str, start: str, end: str = "") -> str:
    """The words of one part of the page, below the three numbers on top."""
    found = page.split(start)[-1]
    return found.split(end)[0] if end else found


def escalated(ladder: Ladder, lead: Actor, *, days_ago: int = 1, **fields: object) -> Escalation:
    then = NOW - timedelta(days=days_ago)
    risk = ladder.risk(lead, now=then, **fields)
    return escalations.escalate_risk(risk=risk, by=lead, now=then, **ASKED)


def test_what_we_owe_is_told_with_whose_name_to_whom_and_how_long_is_left(ladder: Ladder, lead: Actor) -> None:
    hop = escalated(ladder, lead)
    icb = ladder.actor(ladder.icb, name="Carol Whitfield")
    escalations.acknowledge(escalation=hop, by=icb, now=YESTERDAY)
    owed = section(home(icb), "What we owe", "What we are owed")
    assert "Decide what to do about the escalation" in owed
    assert f"{hop.risk.reference} Discharge letters reach practices late" in owed
    assert "Owed to Test Royal Hospital, in your name" in owed
    assert "Due in 4 working days, by Monday 9 November 2026, 10am" in owed
    assert "5 working days from Monday 2 November 2026, 10am, is Monday 9 November 2026, 10am." in owed


def test_what_a_colleague_or_nobody_holds_is_told_so(ladder: Ladder, lead: Actor) -> None:
    escalated(ladder, lead)
    colleague = ladder.actor(ladder.provider)
    assert "Our own, in the name of Amina Yusuf" in home(colleague)
    assert "Owed to Test Royal Hospital, in nobody's name yet" in home(ladder.actor(ladder.icb))


def test_what_we_are_owed_says_who_owes_it(ladder: Ladder, lead: Actor) -> None:
    hop = escalated(ladder, lead)
    assert "Owed by Test Own ICB" in section(home(lead), "What we are owed")
    escalations.acknowledge(
        escalation=hop, by=ladder.actor(ladder.icb, name="Carol Whitfield"), now=NOW - timedelta(hours=1)
    )
    assert "Owed by Test Own ICB: Carol Whitfield" in section(home(lead), "What we are owed")


def test_what_is_overdue_comes_first_and_what_is_paused_last(ladder: Ladder, lead: Actor) -> None:
    icb = ladder.actor(ladder.icb)
    paused = escalated(ladder, lead, days_ago=30, title="Paused")
    escalations.request_information(escalation=paused, question="How many?", by=icb, now=NOW - timedelta(days=29))
    escalated(ladder, lead, days_ago=0, title="Just raised")
    escalated(ladder, lead, days_ago=9, title="Long ago")
    owed = section(home(icb), "What we owe", "What we are owed")
    assert owed.index("Long ago") < owed.index("Just raised") < owed.index("Paused")
    assert "3 We owe 1 overdue" in home(icb)


def test_a_new_organisation_is_told_what_to_do_first(ladder: Ladder, lead: Actor) -> None:
    page = home(lead)
    assert "Test Royal Hospital has no open risk and owes nobody anything. Log a risk that could harm patients" in page
    assert "No other organisation owes Test Royal Hospital anything now" in page
    assert "Nothing new since Tuesday 3 November 2026, 10am" in page


@pytest.mark.parametrize(("role", "offered"), [(Role.REPORTER, True), (Role.SAFETY_LEAD, True), (Role.VIEWER, False)])
def test_logging_a_risk_is_the_first_thing_offered(ladder: Ladder, role: Role, offered: bool) -> None:
    page = visitor(ladder.actor(ladder.provider, role)).get("/").content.decode()
    assert ('href="/risks/log/"' in page) is offered


def test_an_administrator_is_led_to_the_people(ladder: Ladder, lead: Actor) -> None:
    escalated(ladder, lead)
    response = visitor(ladder.actor(ladder.provider, Role.ADMINISTRATOR)).get("/")
    assert "People of Test Royal Hospital" in words(response)
    assert 'href="/people/"' in response.content.decode()
    assert "Discharge letters" not in words(response)


def test_the_level_above_sees_late_clocks_but_not_what_they_are_about(ladder: Ladder, lead: Actor) -> None:
    hop = escalated(ladder, lead, days_ago=30)
    sweep(now=NOW)
    below = section(home(ladder.actor(ladder.region)), "Late below us")
    assert "Test Own ICB Acknowledge the escalation Owed to Test Royal Hospital Overdue by" in below
    assert hop.risk.reference not in home(ladder.actor(ladder.region))
    assert "Discharge letters" not in home(ladder.actor(ladder.region))
    assert str(hop.pk) not in visitor(ladder.actor(ladder.region)).get("/").content.decode()


def test_where_the_level_above_sees_the_risk_it_is_named(ladder: Ladder, lead: Actor) -> None:
    hop = escalated(ladder, lead, days_ago=30)
    icb = ladder.actor(ladder.icb)
    escalations.escalate_on(escalation=hop, by=icb, now=NOW - timedelta(days=29), **ASKED)
    sweep(now=NOW)
    below = section(home(ladder.actor(ladder.region)), "Late below us")
    assert f"Give an update on the escalation: {hop.risk.reference} Discharge letters" in below


def test_being_named_on_a_risk_does_not_tell_what_is_late_on_it(ladder: Ladder, lead: Actor) -> None:
    hop = escalated(ladder, lead, days_ago=30, involved=[ladder.region])
    sweep(now=NOW)
    region = ladder.actor(ladder.region)
    assert "Test Own ICB Acknowledge the escalation Owed to" in section(home(region), "Late below us")
    assert hop.risk.reference not in section(home(region), "Late below us")


def test_a_provider_and_a_neighbour_see_no_late_clocks_of_others(ladder: Ladder, lead: Actor) -> None:
    escalated(ladder, lead, days_ago=30)
    sweep(now=NOW)
    for actor in (ladder.actor(ladder.neighbour), ladder.actor(ladder.other_icb), lead):
        assert "Late below us" not in home(actor)


def test_what_is_late_towards_us_is_not_told_twice(ladder: Ladder, lead: Actor) -> None:
    escalated(ladder, lead, days_ago=30)
    sweep(now=NOW)
    icb = ladder.actor(ladder.icb)
    escalations.request_information(
        escalation=escalated(ladder, lead, days_ago=29, title="Another"), question="?", by=icb, now=NOW
    )
    assert "Late below us" not in home(icb)


@pytest.mark.parametrize(
    ("who", "what"),
    [
        ("icb", "Test Royal Hospital escalated this risk to you"),
        ("lead", "Test Region North answered: advice given"),
        ("lead", "Test Own ICB gave an update"),
        ("neighbour", "You are named on this risk of Test Royal Hospital"),
        ("icb", "You can now see this risk of Test Royal Hospital: it crosses a boundary that you oversee"),
        ("region", "Test Own ICB escalated this risk to you"),
    ],
)
def test_what_is_new_is_told(ladder: Ladder, who: str, what: str) -> None:
    story = tell(ladder, NOW)
    actor = getattr(story, who)
    Membership.objects.filter(pk=actor.membership.pk).update(started_at=NOW - timedelta(days=365))
    assert what in section(home(actor), "What is new")


def test_a_transfer_asked_of_us_is_news(ladder: Ladder, lead: Actor) -> None:
    neighbour = ladder.actor(ladder.neighbour)
    Membership.objects.filter(pk=neighbour.membership.pk).update(started_at=NOW - timedelta(days=2))
    risk = ladder.risk(lead, now=YESTERDAY)
    risks.propose_transfer(risk=risk, to=ladder.neighbour, reason="It is theirs", by=lead, now=YESTERDAY)
    assert "Test Royal Hospital asks you to take this risk over" in home(neighbour)


def _looked_two_days_ago(*actors: Actor) -> None:
    members = Membership.objects.filter(pk__in=[actor.membership.pk for actor in actors])
    members.update(started_at=NOW - timedelta(days=2))


def test_positions_are_news_to_those_who_asked(ladder: Ladder, lead: Actor) -> None:
    neighbour, other = ladder.actor(ladder.neighbour), ladder.actor(ladder.other_icb)
    _looked_two_days_ago(lead, neighbour)
    risk = ladder.risk(lead, now=YESTERDAY, involved=[ladder.neighbour, ladder.other_icb])
    own = ladder.risk(neighbour, now=YESTERDAY, title="Ours", reach="1")
    asked = {part.organisation: part for part in risk.involvements.all()}
    risks.answer_with_own_risk(involvement=asked[ladder.neighbour], own_risk=own.reference, by=neighbour, now=YESTERDAY)
    risks.answer_not_affected(involvement=asked[ladder.other_icb], words="Not here", by=other, now=YESTERDAY)
    news = section(home(lead), "What is new")
    assert f"Test Neighbour Hospital has answered with a risk of its own: {risk.reference}" in news
    assert f"Test Other ICB is not affected by this risk: {risk.reference}" in news
    assert "has answered with" not in section(home(neighbour), "What is new")
    assert "Discharge letters" not in home(other)


def test_links_proposed_accepted_and_ended_are_news_without_a_word_of_the_other_risk(
    ladder: Ladder, lead: Actor
) -> None:
    neighbour, icb = ladder.actor(ladder.neighbour), ladder.actor(ladder.icb)
    _looked_two_days_ago(lead, neighbour, icb)
    ours = ladder.risk(lead, now=YESTERDAY, title="Letters wait")
    theirs = ladder.risk(neighbour, now=YESTERDAY, title="Doses change unseen")
    reason = {"kind": "RELATED", "reason": "Both wait"}
    link = risks.propose_link(risk=ours, to=theirs.reference, by=icb, now=YESTERDAY, **reason)
    for actor, own, other in ((lead, ours, theirs), (neighbour, theirs, ours)):
        page = home(actor)
        assert f"Test Own ICB proposes to link this risk of yours with another: {own.reference} {own.reference}" in page
        assert own.title in page
        assert other.title not in page
        assert other.reference not in page
    for actor in (lead, neighbour):
        risks.accept_link(link=link, by=actor, now=YESTERDAY)
    assert "The link that you proposed with a risk of" in section(home(icb), "What is new")
    risks.withdraw_link(link=link, why="Solved", by=neighbour, now=YESTERDAY)
    assert (
        f"Test Neighbour Hospital withdrew the link with a risk of Test Neighbour Hospital: {ours.reference}"
        in home(lead)
    )
    assert theirs.title not in home(lead)
    assert "withdrew the link" not in home(neighbour)


def test_introductions_are_news_to_whoever_is_asked_and_then_to_whoever_asked(ladder: Ladder, lead: Actor) -> None:
    icb = ladder.actor(ladder.icb)
    _looked_two_days_ago(lead, icb)
    risk = ladder.risk(lead, now=YESTERDAY)
    hold_the_like(risk)
    asked = risks.ask_introduction(risk=risk, by=lead, now=YESTERDAY)
    assert "Test Royal Hospital asks you to introduce it to others with a risk like this" in home(icb)
    risks.decline_introduction(introduction=asked, why="There are none", by=icb, now=YESTERDAY)
    assert "Test Own ICB did not introduce you to others that hold a risk like this" in home(lead)
    assert "asks you to introduce it" not in home(icb)


def test_what_we_did_ourselves_is_no_news(ladder: Ladder) -> None:
    story = tell(ladder, NOW)
    Membership.objects.filter(pk=story.icb.membership.pk).update(started_at=NOW - timedelta(days=365))
    assert "Test Own ICB gave an update" not in section(home(story.icb), "What is new")


def test_news_of_a_risk_that_is_no_longer_seen_is_gone(ladder: Ladder, lead: Actor) -> None:
    hop = escalated(ladder, lead, reach="1")
    icb = ladder.actor(ladder.icb)
    Membership.objects.filter(pk=icb.membership.pk).update(started_at=NOW - timedelta(days=365))
    assert "escalated this risk to you" in home(icb)
    escalations.withdraw(escalation=hop, why="We found a way", by=lead, now=NOW)
    assert hop.risk.reference not in home(icb)


def test_what_was_seen_is_new_no_more_and_what_came_meanwhile_still_is(ladder: Ladder, lead: Actor) -> None:
    icb = ladder.actor(ladder.icb)
    Membership.objects.filter(pk=icb.membership.pk).update(started_at=NOW - timedelta(days=365))
    escalated(ladder, lead, title="Before the page was drawn")
    escalated(ladder, lead, days_ago=0, title="After the page was drawn")
    client = visitor(icb)
    response = client.post("/seen/", {"until": (NOW - timedelta(hours=1)).isoformat()})
    assert (response.status_code, response["Location"]) == (303, "/")
    news = section(words(client.get("/")), "What is new")
    assert "After the page was drawn" in news
    assert "Before the page was drawn" not in news


@pytest.mark.parametrize(
    "until", ["", "yesterday", "2026-99-99T00:00:00+00:00", "2026-11-03T10:00:00", "9999-01-01T00:00Z"]
)
def test_a_page_that_does_not_say_until_when_means_now(ladder: Ladder, until: str) -> None:
    icb = ladder.actor(ladder.icb)
    visitor(icb).post("/seen/", {"until": until})
    icb.membership.refresh_from_db()
    assert icb.membership.looked_at == NOW


def test_having_looked_is_never_taken_back(ladder: Ladder) -> None:
    icb = ladder.actor(ladder.icb)
    services.note_looked(by=icb, until=NOW, now=NOW)
    services.note_looked(by=icb, until=YESTERDAY, now=NOW)
    icb.membership.refresh_from_db()
    assert icb.membership.looked_at == NOW


def test_having_looked_for_one_organisation_says_nothing_of_another(ladder: Ladder) -> None:
    icb, elsewhere = ladder.actor(ladder.icb), ladder.actor(ladder.region)
    services.note_looked(by=icb, until=NOW, now=NOW)
    elsewhere.membership.refresh_from_db()
    assert elsewhere.membership.looked_at is None


def test_only_the_button_says_that_it_was_seen(ladder: Ladder) -> None:
    icb = ladder.actor(ladder.icb)
    home(icb)
    assert visitor(icb).get("/seen/").status_code == 405
    icb.membership.refresh_from_db()
    assert icb.membership.looked_at is None


def test_the_most_pressing_are_shown_and_the_rest_one_link_away(ladder: Ladder, lead: Actor) -> None:
    for number in range(27):
        ladder.risk(lead, title=f"Risk number {number:02}", now=NOW - timedelta(days=27 - number))
    owed = section(home(lead), "What we owe", "What we are owed")
    assert "Risk number 24" in owed
    assert "Risk number 25" not in owed
    assert "Show all 27" in owed
    assert "Risk number 26" in section(home(lead, "?all=owe"), "What we owe", "What we are owed")


def test_home_asks_the_database_as_often_for_25_things_as_for_one(ladder: Ladder, lead: Actor) -> None:
    icb = ladder.actor(ladder.icb)
    Membership.objects.filter(pk=icb.membership.pk).update(started_at=NOW - timedelta(days=365))
    assert _queries(icb, ladder, lead, 1) == _queries(icb, ladder, lead, 24)


def _queries(icb: Actor, ladder: Ladder, lead: Actor, more: int) -> int:
    far = OrganisationFactory(parent=ladder.icb)
    for _ in range(more):
        hop = escalated(ladder, lead, days_ago=40, involved=[far])
        escalations.update(escalation=hop, text="Seen", by=icb, now=NOW - timedelta(days=39))
        _transfer(ladder, lead)
    sweep(now=NOW)
    client = visitor(icb)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get("/")
    assert Deadline.objects.filter(breached_at__isnull=False).exists()
    return len(queries)


def _transfer(ladder: Ladder, lead: Actor) -> Risk:
    risk = ladder.risk(lead, now=NOW - timedelta(days=40))
    risks.propose_transfer(risk=risk, to=ladder.neighbour, reason="Theirs", by=lead, now=NOW - timedelta(days=40))
    return risk


def test_a_look_long_before_somebody_came_is_a_look_when_they_came(ladder: Ladder) -> None:
    icb = ladder.actor(ladder.icb)
    services.note_looked(by=icb, until=datetime(1, 1, 1, tzinfo=UTC), now=NOW)
    icb.membership.refresh_from_db()
    assert icb.membership.looked_at == icb.membership.started_at
    assert visitor(icb).get("/").status_code == 200
