"""Positions on a system risk: whose, how much of each, to whom, and never one score for all."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from escalations import services as escalations
from escalations.models import Escalation
from overview import positions
from overview.trend import in_words
from risks import services as risks
from risks.models import Score, ScoreKind
from tests.factories import NOW
from tests.overview.gathered import SYSTEM_TITLE, Gathered, gathered
from tests.visiting import plain, visitor

if TYPE_CHECKING:
    from accounts.actors import Actor
    from accounts.models import Organisation
    from overview.positions import Position
    from risks.models import Risk
    from tests.ladder import Ladder

pytestmark = pytest.mark.usefixtures("at_now")
DAY = timedelta(days=1)
ACTION, CONTROL = "Agree one letter for all practices", "The ward pharmacist rings the practice"


@pytest.fixture
def scene(ladder: Ladder) -> Gathered:
    return gathered(ladder)


def section(actor: Actor, risk: Risk) -> str:
    """What a reader sees of positions on the page of a risk; nothing where there is no such section."""
    response = visitor(actor).get(risk.path)
    assert response.status_code == 200
    parts = response.content.decode().split('<section aria-labelledby="positions">')
    return plain(parts[1].split("</section>")[0]) if len(parts) > 1 else ""


def full(scene: Gathered, organisation: Organisation, **fields: object) -> Risk:
    """A contributing risk with something of everything."""
    risk = scene.contributing(organisation, controls=[CONTROL], **fields)
    by = {"risk": risk, "by": scene.lead(organisation)}
    risks.score_risk(**by, kind="TARGET", likelihood=2, consequence=3, rationale="", now=NOW - 90 * DAY)
    risks.score_risk(**by, kind="CURRENT", likelihood=3, consequence=4, rationale="", now=NOW - 80 * DAY)
    risks.review_risk(risk=risk, words="Looked at", by=by["by"], now=NOW - 20 * DAY)
    due = (NOW + 10 * DAY).date()
    risks.add_action(**by, text=ACTION, owner=by["by"].user, due_on=due, now=NOW - 50 * DAY)
    done = risks.add_action(**by, text="Count the letters", owner=by["by"].user, due_on=due, now=NOW - 50 * DAY)
    risks.complete_action(action=done, words="Forty", by=by["by"], now=NOW - 40 * DAY)
    return risk


# What the owner of the system risk is shown


def test_the_owner_sees_each_position_whole_and_side_by_side(scene: Gathered) -> None:
    ladder = scene.ladder
    first, second = full(scene, ladder.provider), scene.contributing(ladder.neighbour, title="Clinics hear late")
    page = section(scene.icb, scene.system)
    owner = scene.lead(ladder.provider).user.name
    for said in (
        "Positions side by side",
        f"Test Royal Hospital {first.reference} {first.title}",
        f"Test Neighbour Hospital {second.reference} Clinics hear late",
        "Score 12 High Target 6, moderate Down from 16 to 12 since 15 August 2026",
        CONTROL,
        f"{ACTION} By 13 November 2026",
        "1 action done",
        f"{owner} Last reviewed on 14 October 2026",
        "Next review by 14 January 2027",
        "Score 16 Extreme No target score Unchanged since it was logged",
    ):
        assert said in page
    assert page.index("Clinics hear late") < page.index(first.title), "the highest score stands on top"


def test_what_is_missing_is_said_in_words(scene: Gathered) -> None:
    scene.contributing(scene.ladder.provider)
    page = section(scene.icb, scene.system)
    assert "Missing: No control; No target score; No action planned; Review overdue" in page
    assert "Never reviewed Review overdue, it was due by 26 August 2026" in page


def test_nothing_is_missing_where_everything_is_there(scene: Gathered) -> None:
    full(scene, scene.ladder.provider)
    assert "Missing" not in section(scene.icb, scene.system)


def test_an_action_past_its_day_is_overdue(scene: Gathered) -> None:
    risk = full(scene, scene.ladder.provider)
    lead = scene.lead(scene.ladder.provider)
    for text, due in (("Yesterday's", NOW - DAY), ("Today's", NOW)):
        risks.add_action(risk=risk, text=text, owner=lead.user, due_on=due.date(), by=lead, now=NOW - 9 * DAY)
    page = section(scene.icb, scene.system)
    assert "Yesterday's Overdue, it was due by 2 November 2026" in page
    assert "Today's By 3 November 2026" in page


def test_a_closed_contributor_stays_and_says_so(scene: Gathered) -> None:
    risk = scene.contributing(scene.ladder.provider)
    lead = scene.lead(scene.ladder.provider)
    risks.close_risk(risk=risk, closure_reason="CONTROLLED", words="Gone", by=lead, now=NOW)
    page = section(scene.icb, scene.system)
    assert "Missing: Closed" in page
    assert "No control" not in page


def test_no_score_stands_for_all(scene: Gathered) -> None:
    scene.contributing(scene.ladder.provider, likelihood=2, consequence=4)
    scene.contributing(scene.ladder.neighbour, likelihood=4, consequence=5)
    page = section(scene.icb, scene.system)
    assert page.count("Score 8 High") == page.count("Score 20 Extreme") == 1
    for merged in ("28", "14"):  # the sum and the mean
        assert f" {merged} " not in page
    for word in ("average", "overall", "total", "combined"):
        assert word not in page.lower()


def test_many_controls_are_folded_and_not_lost(scene: Gathered) -> None:
    risk, lead = scene.contributing(scene.ladder.provider), scene.lead(scene.ladder.provider)
    for number in range(5):
        risks.add_control(risk=risk, text=f"Control {number}", by=lead, now=NOW + number * DAY)
    page = section(scene.icb, scene.system)
    assert "Control 0 Control 1 Control 2 2 more controls Control 3 Control 4" in page


# Who is still missing


def test_the_owner_sees_who_has_not_answered(scene: Gathered) -> None:
    risk = scene.risk_of(scene.ladder.provider)
    (link,) = scene.ask(risk)
    page = section(scene.icb, scene.system)
    assert "No organisation contributes to this system risk yet" in page
    assert f"Test Royal Hospital: {risk.title} Asked on 3 November 2026. It has not answered yet" in page
    assert link.path in visitor(scene.icb).get(scene.system.path).content.decode()
    scene.accept(link)
    assert "Who is still missing" not in section(scene.icb, scene.system)


def test_what_is_offered_waits_for_the_owner_and_shows_its_title_alone(scene: Gathered) -> None:
    lead = scene.lead(scene.ladder.provider)
    hidden = scene.ladder.risk(lead, title="Kept at home", cause="Nobody else may read this", reach="1")
    scene.contributing(scene.ladder.provider)
    risks.propose_link(
        risk=hidden, to=scene.system.reference, kind="CONTRIBUTES_TO", reason="Ours too", by=lead, now=NOW
    )
    page = section(scene.icb, scene.system)
    assert "Test Royal Hospital: Kept at home Offered on 3 November 2026. It waits for your answer" in page
    assert hidden.reference not in page
    assert "Nobody else may read this" not in page


def test_a_title_that_the_owner_may_not_know_is_not_shown(scene: Gathered, ladder: Ladder) -> None:
    """The ICB proposes a provider's risk to the region, which sees its name and no more."""
    region = ladder.actor(ladder.region)
    theirs = ladder.risk(region, title="A region-wide problem", involved=[ladder.icb])
    risk = scene.risk_of(ladder.provider, title="Known to the ICB")
    risks.propose_link(
        risk=risk, to=theirs.reference, kind="CONTRIBUTES_TO", reason="It belongs there", by=scene.icb, now=NOW
    )
    page = section(region, theirs)
    assert "Test Royal Hospital Offered on 3 November 2026. It waits for your answer" in page
    assert "Known to the ICB" not in page


def test_named_organisations_without_a_position_are_listed(scene: Gathered, ladder: Ladder) -> None:
    third = scene.another_provider()
    risks.involve(risk=scene.system, organisations=[ladder.provider, ladder.neighbour, third], by=scene.icb, now=NOW)
    asked = {one.organisation: one for one in scene.system.involvements.select_related("organisation", "risk")}
    risks.answer_not_affected(
        involvement=asked[ladder.neighbour], words="We use paper", by=scene.lead(ladder.neighbour), now=NOW
    )
    own = scene.risk_of(third)
    risks.answer_with_own_risk(involvement=asked[third], own_risk=own.reference, by=scene.lead(third), now=NOW)
    page = section(scene.icb, scene.system)
    missing = page.split("Who is still missing")[1]
    assert "Test Neighbour Hospital It said on 3 November 2026 that it is not affected" in missing
    assert "Test Royal Hospital Named on this risk and asked on 3 November 2026. It has not answered yet" in missing
    assert third.name not in missing
    assert own.reference in page


# What others are shown


def test_a_contributor_sees_its_own_position_and_no_other(scene: Gathered) -> None:
    ladder = scene.ladder
    own, other = full(scene, ladder.provider), scene.contributing(ladder.neighbour, title="Clinics hear late")
    scene.ask(scene.risk_of(scene.another_provider(), title="Not yet answered"))
    lead = scene.lead(ladder.provider)
    page = section(lead, scene.system)
    assert page.startswith("Your position")
    assert "Test Own ICB sees this beside the positions of the others who contribute" in page
    assert own.reference in page
    assert ACTION in page
    whole = plain(visitor(lead).get(scene.system.path).content.decode())
    assert SYSTEM_TITLE in whole
    for hidden in (other.reference, "Clinics hear late", "Not yet answered", "Who is still missing", "Neighbour"):
        assert hidden not in whole


def test_who_is_named_and_contributes_nothing_sees_no_position(scene: Gathered) -> None:
    scene.contributing(scene.ladder.provider)
    risks.involve(risk=scene.system, organisations=[scene.ladder.neighbour], by=scene.icb, now=NOW)
    assert section(scene.lead(scene.ladder.neighbour), scene.system) == ""


def escalated_to_region(scene: Gathered) -> Actor:
    escalations.escalate_risk(risk=scene.system, reason="Too wide", ask="One form", by=scene.icb, now=NOW)
    return scene.ladder.actor(scene.ladder.region)


def test_a_body_above_sees_no_position_of_risks_that_it_does_not_see(scene: Gathered) -> None:
    risk = full(scene, scene.ladder.provider)
    region = escalated_to_region(scene)
    page = section(region, scene.system)
    assert "There is no position here that you can see" in page
    whole = plain(visitor(region).get(scene.system.path).content.decode())
    assert risk.reference not in whole
    assert ACTION not in whole


def test_a_body_above_reads_of_a_position_what_it_reads_of_the_risk(scene: Gathered) -> None:
    seen, hidden = full(scene, scene.ladder.provider), scene.contributing(scene.ladder.neighbour)
    region = escalated_to_region(scene)
    lead = scene.lead(scene.ladder.provider)
    risks.involve(risk=seen, organisations=[scene.ladder.region], by=lead, now=NOW)
    page = section(region, scene.system)
    assert "Score 12 High Target 6, moderate Down from 16 to 12" in page
    assert CONTROL in page
    assert page.count("You do not read this") == 2
    for secret in (ACTION, lead.user.name, "Last reviewed", "No action planned", hidden.reference):
        assert secret not in page
    escalations.escalate_risk(risk=seen, reason="Too wide", ask="One form", by=lead, now=NOW)
    hop = Escalation.objects.get(risk=seen, to_organisation=scene.ladder.icb)
    escalations.escalate_on(escalation=hop, reason="Too wide", ask="One form", by=scene.icb, now=NOW)
    page = section(region, scene.system)
    assert ACTION in page, "a risk that it now reads in full"
    assert hidden.reference not in page


def test_consent_shows_the_owner_what_it_otherwise_reads_in_part(scene: Gathered, ladder: Ladder) -> None:
    """The region reads a provider's risk only through the link, and is shown its whole position by the link."""
    region = ladder.actor(ladder.region)
    theirs = ladder.risk(region, title="A region-wide problem", involved=[ladder.provider])
    own = full(scene, ladder.provider)
    involvement = theirs.involvements.get()
    lead = scene.lead(ladder.provider)
    risks.answer_with_own_risk(involvement=involvement, own_risk=own.reference, by=lead, now=NOW)
    page = section(region, theirs)
    assert ACTION in page
    assert f"{lead.user.name} Last reviewed" in page
    own_page = plain(visitor(region).get(own.path).content.decode())
    assert ACTION not in own_page, "on the page of that risk it reads a part"
    link = own.links_from.get(to_risk=theirs)
    risks.withdraw_link(link=link, why="A mistake", by=lead, now=NOW)
    assert own.reference not in section(region, theirs)


def test_a_risk_of_a_provider_has_no_positions(scene: Gathered) -> None:
    ladder = scene.ladder
    cause, effect = scene.risk_of(ladder.provider), scene.risk_of(ladder.neighbour)
    scene.link(cause, effect, "CONTRIBUTES_TO")
    assert section(scene.lead(ladder.neighbour), effect) == ""


def test_links_of_other_kinds_are_no_positions(scene: Gathered) -> None:
    scene.link(scene.risk_of(scene.ladder.provider), scene.system, "RELATED")
    scene.link(scene.system, scene.risk_of(scene.ladder.neighbour), "CONTRIBUTES_TO")
    assert "No organisation contributes" in section(scene.icb, scene.system)


# How the score went, in words


def scored(*given: tuple[str, int, int]) -> list[Score]:
    return [
        Score(kind=kind, likelihood=likelihood, consequence=3, created_at=NOW - days * DAY)
        for kind, likelihood, days in given
    ]


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        (scored(), ""),
        (scored((ScoreKind.INITIAL, 4, 30)), "Unchanged since it was logged"),
        (scored((ScoreKind.INITIAL, 4, 30), (ScoreKind.TARGET, 1, 20)), "Unchanged since it was logged"),
        (scored((ScoreKind.INITIAL, 2, 30), (ScoreKind.CURRENT, 3, 3)), "Up from 6 to 9 since 31 October 2026"),
        (
            scored((ScoreKind.INITIAL, 2, 30), (ScoreKind.CURRENT, 1, 13), (ScoreKind.CURRENT, 1, 3)),
            "Down from 6 to 3 since 21 October 2026",
        ),
    ],
)
def test_a_trend_says_how_the_score_last_moved(scores: list[Score], words: str) -> None:
    assert in_words(scores) == words


# How much is asked of the database


def test_25_contributors_ask_the_database_as_often_as_one(scene: Gathered) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            found = positions.on(scene.system, scene.icb, NOW, reads_all=True)
        assert found is not None
        shown.append(found.shown)
        waiting.append(found.still_missing)
        return len(queries)

    def grow() -> None:
        full(scene, scene.another_provider())
        scene.ask(scene.risk_of(scene.another_provider()))
        risks.involve(risk=scene.system, organisations=[scene.another_provider()], by=scene.icb, now=NOW)

    shown: list[list[Position]] = []
    waiting: list[list[object]] = []
    grow()
    one = cost()
    for _ in range(24):
        grow()
    assert cost() == one
    assert [len(found) for found in shown] == [1, 25]
    assert [len(found) for found in waiting] == [2, 50]
