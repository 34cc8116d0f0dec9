"""One risk at a glance, as each reader may see it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Level, Role
from escalations import services as escalations
from escalations.models import FeedbackReceipt
from notifications.models import Notification
from risks import services as risks
from risks.models import RiskShare
from tests.factories import NOW, OrganisationFactory
from tests.overview.story import SECRET, Story, tell
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from accounts.actors import Actor
    from risks.models import Risk
    from tests.ladder import Ladder

pytestmark = pytest.mark.usefixtures("at_now")
ASKED = {"reason": "We cannot mend it", "ask": "Agree one form"}


@pytest.fixture
def story(ladder: Ladder) -> Story:
    return tell(ladder, NOW)


def seen(actor: Actor, risk: Risk) -> str:
    response = visitor(actor).get(risk.path)
    assert response.status_code == 200
    return words(response)


def links(actor: Actor, risk: Risk) -> set[str]:
    """The last parts of the addresses of this risk's own operations that its page leads to."""
    page = visitor(actor).get(risk.path).content.decode()
    return {part.split('"')[0] for part in page.split(f'href="{risk.path}')[1:]} - {""}


# What everybody reads who reads all of it


@pytest.mark.parametrize("who", ["lead", "reporter", "icb", "region"])
def test_everything_is_there_for_owner_and_levels_asked(story: Story, who: str) -> None:
    page = seen(getattr(story, who), story.risk)
    for said in (
        f"{story.risk.reference} : Practices learn of a changed anticoagulant dose",
        "Test Royal Hospital is accountable for this risk. Ben Carter owns it.",
        "Cause Because Letters wait for sign-off before they are sent",
        "Initial 16 Extreme likelihood 4, consequence 4",
        "Current 12 High likelihood 3, consequence 4",
        "Target 6 Moderate likelihood 2, consequence 3",
        "Theme Medication, including supply issues",
        "Part of care Discharge or ending a type of healthcare",
        "GP including out-of-hours services and minor injury units",
        "Reaches A different organisation",
        "Patients People over 65 on several medicines",
        "Other bodies Two practices on the coast",
        "The ward pharmacist rings the practice when a dose has changed",
        "1 control ended A poster on the ward Ended on 5 August 2026 : Nobody read it",
        SECRET["action"],
        "Done on 19 September 2026: Forty in one month",
        "Test Neighbour Hospital named by Ben Carter on 6 July 2026",
        SECRET["comment"],
    ):
        assert said.replace(" :", ":") in page


def test_the_matrix_carries_the_three_scores(story: Story) -> None:
    page = seen(story.lead, story.risk)
    assert "16 extreme I, initial score" in page
    assert "12 high C, current score" in page
    assert "6 moderate T, target score" in page


def test_every_score_says_who_gave_it_when_and_why(story: Story) -> None:
    page = seen(story.lead, story.risk).split("Score history")[1]
    assert "Current 20 Extreme 5 \u00d7 4 When and by whom 25 August 2026, Amina Yusuf Why Two more cases" in page
    assert page.index("The calls help") < page.index("Two more cases") < page.index("As logged")


def test_the_way_the_score_went_is_drawn_and_said(story: Story) -> None:
    assert "The score went from 16 to 20 to 12" in seen(story.lead, story.risk)


def test_a_score_given_once_is_not_drawn(ladder: Ladder) -> None:
    lead = ladder.actor(ladder.provider)
    risk = ladder.risk(lead)
    assert "The score went" not in seen(lead, risk)


def test_who_can_see_it_and_why_is_told_in_words_and_since_when(story: Story) -> None:
    page = seen(story.lead, story.risk).split("Who can see it, and why")[1]
    assert "Test Royal Hospital (you) It owns the risk Since 6 July 2026" in page
    assert "It is named on the risk Since 6 July 2026. Reads the words, scores and controls only" in page
    assert "Test Region North It was asked to act in an escalation Since 9 October 2026" in page


def test_the_chain_says_who_has_it_who_handles_it_and_who_owes_what_by_when(story: Story) -> None:
    page = seen(story.region, story.risk).split("Escalations")[-1]
    assert "Test Royal Hospital Raised by Amina Yusuf on 4 October 2026" in page
    assert "Test Own ICB Accepted The next move is theirs" in page
    assert "Asked by Test Royal Hospital on 4 October 2026 Handled by Carol Whitfield" in page
    assert "Answer the escalation, owed to Test Royal Hospital Due in" in page
    assert "Say whether the answer helps, owed to Test Region North Due in" in page
    assert "20 working days from Sunday 1 November 2026, 10am," in page
    assert "David Okafor, Test Region North, Sunday 1 November 2026, 10am" in page
    assert f"{SECRET['answer']} Advice given" in page


def test_the_verdict_of_who_raised_it_stands_on_every_hop(story: Story) -> None:
    escalations.answer(escalation=story.first, outcome="ADVICE", text="As above", by=story.icb, now=NOW)
    why = "Nothing has changed on our wards"
    escalations.dispute(escalation=story.first, why=why, by=story.lead, now=NOW)
    for actor in (story.lead, story.icb, story.region):
        page = seen(actor, story.risk)
        assert page.count("Test Royal Hospital says that the answer does not help") == 2
        assert f"Amina Yusuf, Test Royal Hospital (said that the answer does not help), {when()} {why}" in page


def when() -> str:
    return "Tuesday 3 November 2026, 10am"


def test_two_bodies_asked_are_two_ladders(ladder: Ladder) -> None:
    lead = ladder.actor(ladder.provider)
    risk = ladder.risk(lead)
    escalations.escalate_risk(risk=risk, by=lead, now=NOW, **ASKED)
    escalations.escalate_risk(
        risk=risk, to=ladder.other_icb, why_this_body="It serves us too", by=lead, now=NOW, **ASKED
    )
    page = seen(lead, risk)
    assert "To Test Own ICB, 3 November 2026" in page
    assert "To Test Other ICB, 3 November 2026" in page


def test_a_body_passed_by_stays_in_the_chain(ladder: Ladder) -> None:
    lead = ladder.actor(ladder.provider)
    risk = ladder.risk(lead, now=NOW - timedelta(days=30))
    hop = escalations.escalate_risk(risk=risk, by=lead, now=NOW - timedelta(days=30), **ASKED)
    escalations.bypass(escalation=hop, by=lead, now=NOW, **ASKED)
    page = seen(lead, risk)
    assert "Asked by Test Royal Hospital on 3 November 2026, passing by Test Own ICB" in page
    assert "To Test Region North" not in page


def test_the_history_is_told_in_plain_words_newest_first(story: Story) -> None:
    page = seen(story.icb, story.risk).split("History")[-1]
    assert "Amina Yusuf changed: effect, theme" in page
    assert "Theme Information Technology or transfer of information Medication, including supply issues" in page
    assert "Patients take the wrong dose and come to harm Patients bleed, or clot, at home" in page
    assert page.index("David Okafor answered the escalation") < page.index("Ben Carter logged the risk at 4 x 4 = 16")


# What a part reader reads


def test_an_organisation_named_on_a_risk_reads_its_words_scores_and_controls(story: Story) -> None:
    page = seen(story.neighbour, story.risk)
    for said in (
        "Test Neighbour Hospital is named on this risk, since 6 July 2026",
        "Letters wait for sign-off before they are sent",
        "Current 12 High",
        "Two more cases",
        "The ward pharmacist rings the practice",
    ):
        assert said in page


def test_and_nothing_of_the_rest(story: Story, ladder: Ladder) -> None:
    far = OrganisationFactory(name="Test Far Hospital", parent=ladder.other_icb)
    risks.involve(risk=story.risk, organisations=[far], by=story.lead, now=NOW)
    page = visitor(story.neighbour).get(story.risk.path).content.decode()
    for hidden in (*SECRET.values(), "Test Far Hospital", "Test Own ICB", "Test Region North", "Ben Carter owns"):
        assert hidden not in page
    for heading in ("Escalations</h2>", "History</h2>", "Comments", "Who can see it", "Actions"):
        assert heading not in page
    assert links(story.neighbour, story.risk) == set()


@pytest.mark.parametrize("basis", ["LINK", "INVOLVEMENT"])
def test_what_a_part_reader_may_not_read_is_not_even_asked_for(story: Story, basis: str) -> None:
    RiskShare.objects.filter(organisation=story.neighbour.organisation).update(basis=basis)
    with CaptureQueriesContext(connection) as queries:
        visitor(story.neighbour).get(story.risk.path)
    asked = " ".join(query["sql"] for query in queries)
    for table in ("risks_comment", "risks_action", "risks_transfer", "escalations_", "audit_auditevent"):
        assert table not in asked
    owed = [query["sql"] for query in queries if 'FROM "deadlines_deadline"' in query["sql"]]
    own = story.risk.involvements.get(organisation=story.neighbour.organisation)
    assert len(owed) == 1, "of what is owed, only its own answer is asked for"
    assert f"""subject_id" IN ('{own.pk}'::uuid)""" in owed[0]


def test_a_risk_that_is_not_seen_does_not_exist(story: Story, ladder: Ladder) -> None:
    for actor in (
        ladder.actor(ladder.other_icb),
        story.national,
        ladder.actor(ladder.provider, Role.ADMINISTRATOR),
    ):
        hidden, missing = visitor(actor).get(story.risk.path), visitor(actor).get("/risks/PSR-999999/")
        assert hidden.status_code == missing.status_code == 404
        assert words(hidden).split("reference")[0] == words(missing).split("reference")[0]


def test_a_share_that_ends_ends_at_the_next_request(story: Story) -> None:
    involvement = story.risk.involvements.get()
    risks.stop_involving(involvement=involvement, by=story.lead, now=NOW)
    assert visitor(story.neighbour).get(story.risk.path).status_code == 404


def test_a_draft_is_seen_by_its_own_organisation_alone(story: Story, ladder: Ladder) -> None:
    fields: risks.RiskFields = {"title": "Begun", "likelihood": 2, "consequence": 4, "involved": [ladder.neighbour]}
    draft = risks.save_draft(fields=fields, by=story.reporter, now=NOW)
    page = seen(story.lead, draft)
    assert "This is a draft. Nobody outside Test Royal Hospital sees it until it is logged" in page
    assert "Score 8 High" in page
    for actor in (story.neighbour, story.icb):
        assert visitor(actor).get(draft.path).status_code == 404


# What can be done


ALL_WORK = {"review/", "score/", "edit/", "hand-over/", "close/", "control/", "action/", "involve/", "comment/"}
ALL_WORK |= {"link/"}


def plain(found: set[str]) -> set[str]:
    """Without those that end in a row of their own."""
    return {link for link in found if link.count("/") == 1}


def test_a_safety_lead_of_the_owner_is_offered_all_work(ladder: Ladder) -> None:
    lead = ladder.actor(ladder.provider)
    assert plain(links(lead, ladder.risk(lead))) == ALL_WORK | {"escalate/", "transfer/"}


def test_an_escalated_risk_cannot_be_transferred_but_can_go_to_another_icb(story: Story) -> None:
    assert plain(links(story.lead, story.risk)) == ALL_WORK | {"escalate/"}
    assert "Escalate to another ICB" in seen(story.lead, story.risk)


def test_an_icb_asks_its_region_once(ladder: Ladder) -> None:
    icb = ladder.actor(ladder.icb)
    risk = ladder.risk(icb)
    assert "Escalate to Test Region North" in seen(icb, risk)
    escalations.escalate_risk(risk=risk, by=icb, now=NOW, **ASKED)
    assert "escalate/" not in links(icb, risk)


def test_a_national_risk_goes_no_higher(ladder: Ladder) -> None:
    national = ladder.actor(ladder.national)
    assert "escalate/" not in links(national, ladder.risk(national))


def test_each_is_offered_what_is_theirs(story: Story, ladder: Ladder) -> None:
    viewer = ladder.actor(ladder.provider, Role.VIEWER)
    assert links(viewer, story.risk) == set()
    assert links(story.icb, story.risk) == {"comment/", "link/"}
    mine = story.risk.actions.get(done_at=None)
    own_action = {f"action/{mine.pk}/{verb}/" for verb in ("complete", "give", "drop")}
    assert links(story.reporter, story.risk) == {"comment/", "hand-over/"} | own_action


def test_a_closed_risk_can_only_be_opened_again_and_talked_about(ladder: Ladder) -> None:
    lead = ladder.actor(ladder.provider)
    risk = ladder.risk(lead)
    risks.close_risk(risk=risk, closure_reason="CONTROLLED", words="The letters go at once", by=lead, now=NOW)
    assert links(lead, risk) == {"reopen/", "comment/"}
    assert "Closed on 3 November 2026. Controlled: the target score has been reached. The letters go at once" in seen(
        lead, risk
    )


def test_a_reporter_goes_on_with_a_draft_of_their_own_and_leaves_others_alone(ladder: Ladder) -> None:
    reporter, other = (ladder.actor(ladder.provider, Role.REPORTER) for _ in range(2))
    draft = risks.save_draft(fields={"title": "Begun"}, by=reporter, now=NOW)
    assert links(reporter, draft) == {"draft/", "draft/discard/", "hand-over/"}
    assert links(other, draft) == set()


def test_a_transfer_that_waits_is_answered_from_the_page(ladder: Ladder) -> None:
    lead, neighbour = ladder.actor(ladder.provider), ladder.actor(ladder.neighbour)
    risk = ladder.risk(lead)
    asked = risks.propose_transfer(risk=risk, to=ladder.neighbour, reason="The lift is theirs", by=lead, now=NOW)
    page = seen(neighbour, risk)
    assert "Test Royal Hospital asks Test Neighbour Hospital to take this risk over" in page
    assert "Accept or decline the transfer, owed by Test Neighbour Hospital Due in 10 working days" in page
    answers = {f"transfer/{asked.pk}/accept/", f"transfer/{asked.pk}/decline/"}
    assert answers <= links(neighbour, risk)
    assert f"transfer/{asked.pk}/withdraw/" in links(lead, risk)
    assert not {link for link in links(ladder.actor(ladder.icb), risk) if link.startswith("transfer/")}


# What reading leaves behind


def test_to_open_the_page_is_to_have_read_what_was_told_about_it(story: Story) -> None:
    told = Notification.objects.filter(recipient=story.lead.user, organisation=story.lead.organisation)
    elsewhere = told.exclude(path=story.risk.path).filter(read_at=None).count()
    assert told.filter(path=story.risk.path, read_at=None).exists()
    seen(story.lead, story.risk)
    assert not told.filter(path=story.risk.path, read_at=None).exists()
    assert told.exclude(path=story.risk.path).filter(read_at=None).count() == elsewhere


def test_those_who_answered_see_who_has_read_it(story: Story) -> None:
    assert "Read by" not in seen(story.region, story.risk)
    seen(story.lead, story.risk)
    assert "Advice given Read by Test Royal Hospital" in seen(story.region, story.risk)


def test_reading_twice_leaves_one_receipt(story: Story) -> None:
    for _ in range(2):
        seen(story.lead, story.risk)
    assert FeedbackReceipt.objects.filter(organisation=story.lead.organisation).count() == 2


def test_a_part_reader_leaves_no_receipt(story: Story) -> None:
    seen(story.neighbour, story.risk)
    assert not FeedbackReceipt.objects.filter(organisation=story.neighbour.organisation).exists()


# How much is asked of the database


def test_the_page_asks_the_database_as_often_for_25_rows_as_for_one(ladder: Ladder) -> None:
    lead = ladder.actor(ladder.provider)
    few, many = (_grown(ladder, lead, count) for count in (1, 25))
    assert _queries(lead, few) == _queries(lead, many)
    neighbour = ladder.actor(ladder.neighbour)
    assert _queries(neighbour, few) == _queries(neighbour, many)


def _grown(ladder: Ladder, lead: Actor, count: int) -> Risk:
    far = [OrganisationFactory(parent=ladder.other_icb) for _ in range(count)]
    risk = ladder.risk(lead, involved=[ladder.neighbour, *far])
    for number in range(count):
        now = NOW + timedelta(minutes=number)
        risks.score_risk(
            risk=risk, kind="CURRENT", likelihood=2, consequence=3, rationale=f"{number}", by=lead, now=now
        )
        control = risks.add_control(risk=risk, text=f"Control {number}", by=lead, now=now)
        risks.add_control(risk=risk, text=f"Another {number}", by=lead, now=now)
        risks.end_control(control=control, why="", by=lead, now=now)
        risks.add_action(risk=risk, text=f"{number}", owner=lead.user, due_on=NOW.date(), by=lead, now=now)
        risks.add_comment(risk=risk, text=f"{number}", by=lead, now=now)
        _escalate(ladder, lead, risk, number)
    return risk


def _escalate(ladder: Ladder, lead: Actor, risk: Risk, number: int) -> None:
    """To an ICB of its own each time, which gives an update and asks on."""
    now = NOW + timedelta(minutes=number)
    icb = OrganisationFactory(name=f"Test ICB {number}", level=Level.ICB, parent=ladder.region)
    hop = escalations.escalate_risk(risk=risk, to=icb, why_this_body="It serves us", by=lead, now=now, **ASKED)
    body = ladder.actor(icb)
    escalations.update(escalation=hop, text=f"{number}", by=body, now=now)
    above = escalations.escalate_on(escalation=hop, by=body, now=now, **ASKED)
    escalations.answer(escalation=above, outcome="ADVICE", text=f"{number}", by=ladder.actor(ladder.region), now=now)


def _queries(actor: Actor, risk: Risk) -> int:
    """Asked when everything has been read before: a first reading writes a receipt for each answer."""
    client = visitor(actor)
    client.get(risk.path)
    with CaptureQueriesContext(connection) as queries:
        client.get(risk.path)
    return len(queries)
