"""Several hops on one risk: what happens to one when something happens to another."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Organisation
from deadlines.models import Urgency
from escalations import lifecycle, services
from escalations.models import Escalation, Feedback, FeedbackKind, Outcome, Status, Verdict
from risks import services as risks
from risks.models import Risk
from risks.services.ending import StillOwed
from tests.escalations.stage import ASKED, Stage, fresh, owed, owed_kinds
from tests.factories import NOW, OrganisationFactory
from tests.ladder import Ladder


def answer_of(escalation: Escalation) -> Feedback:
    return Feedback.objects.get(escalation=escalation, kind=FeedbackKind.ANSWER)


# Who may ask whom


def test_a_provider_asks_its_icb_unless_it_names_another(stage: Stage) -> None:
    assert stage.raised().to_organisation == stage.ladder.icb


def test_a_provider_may_ask_another_icb_and_says_why(stage: Stage) -> None:
    hop = stage.raised(to=stage.ladder.other_icb, why_this_body="Most of these patients live there")
    assert (hop.to_organisation, hop.why_this_body) == (stage.ladder.other_icb, "Most of these patients live there")


def test_asking_another_icb_without_saying_why_is_refused(stage: Stage) -> None:
    with pytest.raises(ValidationError) as refusal:
        stage.raised(to=stage.ladder.other_icb, why_this_body="  ")
    assert refusal.value.message_dict == {"why_this_body": ["Enter why you ask Test Other ICB and not your own ICB"]}


@pytest.mark.parametrize("level", ["region", "national", "neighbour", "provider"])
def test_a_provider_cannot_skip_a_level_or_ask_sideways(stage: Stage, level: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        stage.raised(to=getattr(stage.ladder, level), why_this_body="It would be quicker")
    assert refusal.value.message_dict == {"to": ["Choose the body above Test Royal Hospital"]}


def test_an_icb_cannot_choose_another_region(stage: Stage) -> None:
    south = OrganisationFactory(level="REGION", kind="REGION", parent=stage.ladder.national)
    risk = stage.ladder.risk(stage.lead(stage.ladder.icb))
    with pytest.raises(ValidationError) as refusal:
        stage.raised(risk, to=south, why_this_body="They know more")
    assert "to" in refusal.value.message_dict


def test_an_icb_raises_its_own_risk_at_its_region_and_a_region_at_the_national_body(stage: Stage) -> None:
    ladder = stage.ladder
    of_icb, of_region = (ladder.risk(stage.lead(body)) for body in (ladder.icb, ladder.region))
    assert stage.raised(of_icb).to_organisation == ladder.region
    assert stage.raised(of_region).to_organisation == ladder.national


def test_only_the_organisation_of_the_risk_starts_a_chain(stage: Stage) -> None:
    risk = stage.ladder.risk()
    for stranger in (stage.ladder.icb, stage.ladder.neighbour):
        with pytest.raises(PermissionDenied):
            services.escalate_risk(risk=risk, by=stage.lead(stranger), now=NOW, **ASKED)


def test_the_national_body_has_nobody_to_escalate_a_risk_of_its_own_to(stage: Stage) -> None:
    risk = stage.ladder.risk(stage.lead(stage.ladder.national))
    with pytest.raises(PermissionDenied):
        stage.raised(risk)


def test_the_national_body_cannot_escalate_on(stage: Stage) -> None:
    third = stage.do("escalate_on", stage.do("escalate_on", stage.raised()))
    with pytest.raises(lifecycle.NotAbove, match="Test England is the national body"):
        stage.do("escalate_on", third)
    assert fresh(third).status == Status.RAISED


def test_a_dispute_comes_back_to_the_national_body(stage: Stage) -> None:
    _, _, third = stage.answered_at_the_top()
    stage.do("dispute", third)
    assert fresh(third).status == Status.ACKNOWLEDGED
    assert [deadline.owed_by for deadline in owed(third)] == [stage.ladder.national]


def test_a_closed_icb_cannot_be_asked(stage: Stage) -> None:
    Organisation.objects.filter(pk=stage.ladder.other_icb.pk).update(closed_on=NOW.date())
    stage.ladder.other_icb.refresh_from_db()
    with pytest.raises(ValidationError) as refusal:
        stage.raised(to=stage.ladder.other_icb, why_this_body="They were responsible")
    assert refusal.value.message_dict == {"to": ["Test Other ICB has closed and cannot be asked"]}


def test_a_region_that_has_closed_cannot_be_escalated_on_to(stage: Stage) -> None:
    first = stage.raised()
    Organisation.objects.filter(pk=stage.ladder.region.pk).update(closed_on=NOW.date())
    with pytest.raises(lifecycle.NotAbove, match="Test Region North has closed"):
        stage.do("escalate_on", first)


def test_a_body_is_not_asked_twice_while_the_first_time_is_open(stage: Stage) -> None:
    first = stage.raised()
    who = stage.lead(stage.ladder.provider).user.name
    with pytest.raises(lifecycle.AlreadyEscalated) as refusal:
        stage.raised(first.risk)
    assert refusal.value.existing == first
    assert refusal.value.message.startswith(
        f"{who} of Test Royal Hospital asked Test Own ICB about {first.risk.reference}"
    )


def test_the_database_itself_keeps_one_open_escalation_between_two_bodies(stage: Stage) -> None:
    first = stage.raised()
    again = Escalation(
        risk=first.risk,
        from_organisation=first.from_organisation,
        to_organisation=first.to_organisation,
        urgency=Urgency.HIGH,
        raised_by=first.raised_by,
        raised_at=NOW,
        **ASKED,
    )
    with pytest.raises(IntegrityError, match="escalation_one_open"), transaction.atomic():
        again.save()


def test_the_urgency_is_that_of_the_score_when_it_was_raised_and_stays(stage: Stage) -> None:
    first = stage.raised()
    Risk.objects.filter(pk=first.risk_id).update(likelihood=1, consequence=2)
    second = stage.do("escalate_on", first)
    assert (fresh(first).urgency, second.urgency) == (Urgency.EXTREME, Urgency.LOW)


def test_imminent_harm_stays_imminent_on_the_way_up(stage: Stage) -> None:
    first = stage.raised(immediate=True)
    assert stage.do("escalate_on", first).urgency == Urgency.IMMEDIATE


# Answers on their way down


def test_a_hop_waits_while_the_one_above_is_asked_and_has_it_back_once_that_is_answered(stage: Stage) -> None:
    first = stage.raised()
    second = stage.do("escalate_on", first)
    assert (fresh(first).status, owed_kinds(first)) == (Status.ESCALATED_ON, {"UPDATE"})
    stage.do("answer", second)
    assert (fresh(first).status, owed_kinds(first)) == (Status.ACCEPTED, {"UPDATE", "ANSWER"})


def test_a_hop_has_it_back_also_when_the_one_above_is_withdrawn(stage: Stage) -> None:
    first = stage.raised()
    stage.do("withdraw", stage.do("escalate_on", first))
    assert (fresh(first).status, owed_kinds(first)) == (Status.ACCEPTED, {"UPDATE", "ANSWER"})


def test_an_answer_is_passed_on_down_the_chain_and_remembers_where_it_came_from(stage: Stage) -> None:
    first, second, third = stage.answered_at_the_top()
    national = answer_of(third)
    regional = stage.do("answer", second, text=national.text, passed_on_from=national)
    own = stage.do("answer", first, text=national.text, passed_on_from=regional)
    assert own.passed_on_from.passed_on_from == national
    assert {fresh(hop).status for hop in (first, second, third)} == {Status.ANSWERED}


def test_only_an_answer_from_just_above_is_passed_on(stage: Stage) -> None:
    first, second, third = stage.answered_at_the_top()
    stage.do("answer", second)
    an_update = Feedback.objects.create(
        escalation=second, kind=FeedbackKind.UPDATE, text="We met", given_by=second.handler, given_at=stage.now
    )
    for wrong in (answer_of(third), an_update):
        with pytest.raises(ValidationError) as refusal:
            stage.do("answer", first, passed_on_from=wrong)
        assert "passed_on_from" in refusal.value.message_dict


def test_an_upper_hop_that_is_closed_never_closes_the_one_below(stage: Stage) -> None:
    first, second, third = stage.answered_at_the_top()
    stage.do("confirm", third)
    assert fresh(second).status == Status.ACCEPTED
    assert fresh(first).status == Status.ESCALATED_ON


def test_an_upper_hop_that_is_withdrawn_never_closes_the_one_below(stage: Stage) -> None:
    first = stage.raised()
    second = stage.do("escalate_on", first)
    stage.do("withdraw", second)
    assert not fresh(first).is_over


def test_a_lower_hop_that_is_withdrawn_leaves_the_upper_one_standing(stage: Stage) -> None:
    first = stage.raised()
    second = stage.do("escalate_on", first)
    stage.do("withdraw", first)
    assert (fresh(first).status, owed(first)) == (Status.WITHDRAWN, [])
    assert (fresh(second).status, owed_kinds(second)) == (Status.RAISED, {"ACKNOWLEDGE"})
    stage.do("answer", second)
    stage.do("confirm", second)
    assert fresh(second).status == Status.CLOSED


def test_no_action_needs_its_reason_and_an_answer_an_outcome_that_exists(stage: Stage) -> None:
    first = stage.raised()
    with pytest.raises(ValidationError) as without_words:
        stage.do("answer", first, outcome=Outcome.NO_ACTION, text=" ")
    assert without_words.value.message_dict == {"text": ["Enter why there will be no action"]}
    with pytest.raises(ValidationError) as unknown:
        stage.do("answer", first, outcome="SOMETHING")
    assert unknown.value.message_dict == {"outcome": ["Select the outcome"]}
    assert fresh(first).status == Status.RAISED


# Verdicts and disputes


def test_the_verdict_is_kept_until_there_is_a_new_answer_to_judge(stage: Stage) -> None:
    first = stage.raised()
    stage.do("answer", first)
    stage.do("dispute", first)
    assert fresh(first).verdict == Verdict.DOES_NOT_HELP
    stage.do("answer", first)
    assert fresh(first).verdict == ""
    stage.do("confirm", first)
    assert fresh(first).verdict == Verdict.HELPS


def test_after_a_passed_on_answer_was_disputed_below_the_upper_hop_is_disputed(stage: Stage) -> None:
    first = stage.raised()
    second = stage.do("escalate_on", first)
    stage.do("answer", second)
    stage.do("answer", first, passed_on_from=answer_of(second))
    stage.do("dispute", first)
    assert owed_kinds(first) == {"DECIDE"}

    with pytest.raises(lifecycle.AlreadyEscalated, match="say so there"):
        stage.do("escalate_on", first)
    stage.do("dispute", second)

    assert (fresh(first).status, owed_kinds(first)) == (Status.ESCALATED_ON, {"UPDATE"})
    assert (fresh(second).status, owed_kinds(second)) == (Status.ACKNOWLEDGED, {"DECIDE"})


def test_after_the_upper_hop_was_closed_a_new_one_is_raised(stage: Stage) -> None:
    first = stage.raised()
    second = stage.do("escalate_on", first)
    stage.do("answer", second)
    stage.do("confirm", second)
    stage.do("answer", first)
    stage.do("dispute", first)

    again = stage.do("escalate_on", first)

    assert (again.previous, again.status) == (first, Status.RAISED)
    assert (fresh(second).status, fresh(first).status) == (Status.CLOSED, Status.ESCALATED_ON)


def test_disputing_the_hop_above_while_waiting_for_information_waits_for_both(stage: Stage) -> None:
    first = stage.raised()
    second = stage.do("escalate_on", first)
    stage.do("answer", second)
    stage.do("request_information", first)
    stage.do("dispute", second)
    assert (fresh(first).status, owed_kinds(first)) == (Status.INFORMATION_REQUESTED, {"INFORM", "UPDATE"})
    stage.do("give_information", first)
    assert (fresh(first).status, owed_kinds(first)) == (Status.ESCALATED_ON, {"UPDATE"})


# Two at once


def test_two_icbs_ask_one_region_about_one_risk_in_two_hops(stage: Stage) -> None:
    own = stage.raised()
    other = stage.raised(own.risk, to=stage.ladder.other_icb, why_this_body="Half of the patients live there")
    hops = [stage.do("escalate_on", own), stage.do("escalate_on", other)]
    assert [hop.to_organisation for hop in hops] == [stage.ladder.region] * 2
    stage.do("answer", hops[0])
    assert (fresh(own).status, fresh(other).status) == (Status.ACCEPTED, Status.ESCALATED_ON)
    assert set(Escalation.objects.of_risk(own.risk)) == {own, other, *hops}


def test_a_risk_is_not_closed_while_an_escalation_of_it_is_open(ladder: Ladder, stage: Stage) -> None:
    first = stage.raised()
    by = stage.lead(ladder.provider)
    with pytest.raises(StillOwed):
        risks.close_risk(risk=first.risk, closure_reason="CONTROLLED", words="", by=by, now=stage.now)


def test_whoever_gave_the_risk_away_a_moment_ago_starts_no_chain(stage: Stage) -> None:
    """What they looked at before it changed hands still says that it is theirs."""
    giver, taker = stage.lead(stage.ladder.provider), stage.lead(stage.ladder.neighbour)
    looked_at = stage.ladder.risk(giver)
    transfer = risks.propose_transfer(
        risk=looked_at, to=stage.ladder.neighbour, reason="Their system sends them", by=giver, now=stage.tick()
    )
    risks.accept_transfer(transfer=transfer, owner=taker.user, by=taker, now=stage.tick())
    with pytest.raises(PermissionDenied):
        services.escalate_risk(risk=looked_at, **ASKED, by=giver, now=stage.tick())
    assert not Escalation.objects.exists()
