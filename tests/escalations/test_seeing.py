"""What an escalation lets whom see, for how long, and that it was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.models import Role
from escalations import services
from escalations.models import Escalation, Feedback, FeedbackReceipt
from risks.models import Basis, Risk, RiskShare
from safetyreg.audit.models import AuditEvent
from tests.escalations.stage import Stage

if TYPE_CHECKING:
    from accounts.models import Organisation

QUIET = {"reach": "1"}  # it stays inside the organisation, so that its ICB sees it only once it is asked


def sees(stage: Stage, organisation: Organisation, risk: Risk) -> bool:
    return Risk.objects.read_in_full_by(stage.lead(organisation)).filter(pk=risk.pk).exists()


def quiet_risk(stage: Stage) -> Risk:
    return stage.ladder.risk(stage.lead(stage.ladder.provider), **QUIET)


def test_a_body_sees_the_risk_from_when_it_is_asked_until_its_last_hop_is_withdrawn(stage: Stage) -> None:
    risk = quiet_risk(stage)
    assert not sees(stage, stage.ladder.icb, risk)
    first = stage.raised(risk)
    assert sees(stage, stage.ladder.icb, risk)
    stage.do("withdraw", first)
    assert not sees(stage, stage.ladder.icb, risk)
    assert not Escalation.objects.visible_to(stage.lead(stage.ladder.icb)).exists()


def test_a_body_goes_on_seeing_what_it_answered(stage: Stage) -> None:
    first = stage.raised(quiet_risk(stage))
    stage.do("answer", first)
    stage.do("confirm", first)
    assert sees(stage, stage.ladder.icb, first.risk)


def test_a_body_sees_the_risk_while_an_escalation_of_its_own_stands_though_the_one_to_it_is_withdrawn(
    stage: Stage,
) -> None:
    first = stage.raised(quiet_risk(stage))
    second = stage.do("escalate_on", first)
    stage.do("withdraw", first)
    assert sees(stage, stage.ladder.icb, first.risk)
    stage.do("withdraw", second)
    assert not sees(stage, stage.ladder.icb, first.risk)
    assert not sees(stage, stage.ladder.region, first.risk)


def test_asked_by_two_it_sees_the_risk_until_both_have_withdrawn(stage: Stage) -> None:
    own = stage.raised(quiet_risk(stage))
    other = stage.raised(own.risk, to=stage.ladder.other_icb, why_this_body="Half of the patients live there")
    hops = [stage.do("escalate_on", own), stage.do("escalate_on", other)]
    stage.do("withdraw", hops[0])
    assert sees(stage, stage.ladder.region, own.risk)
    stage.do("withdraw", hops[1])
    assert not sees(stage, stage.ladder.region, own.risk)


def test_asked_again_it_sees_the_risk_again(stage: Stage) -> None:
    first = stage.raised(quiet_risk(stage))
    stage.do("withdraw", first)
    stage.raised(first.risk)
    assert sees(stage, stage.ladder.icb, first.risk)
    shares = RiskShare.objects.filter(risk=first.risk, organisation=stage.ladder.icb, basis=Basis.ESCALATION)
    assert sorted(share.revoked_at is None for share in shares) == [False, True]


def test_after_a_dispute_the_level_above_the_body_that_answered_sees_the_risk(stage: Stage) -> None:
    first = stage.raised(quiet_risk(stage))
    stage.do("answer", first)
    assert not sees(stage, stage.ladder.region, first.risk)
    stage.do("dispute", first)
    assert sees(stage, stage.ladder.region, first.risk)
    share = RiskShare.objects.get(risk=first.risk, organisation=stage.ladder.region)
    assert share.basis == Basis.OVERSIGHT


def test_an_answer_at_any_level_is_visible_at_once_to_everybody_below(stage: Stage) -> None:
    *_, third = stage.answered_at_the_top()
    for body in (stage.ladder.provider, stage.ladder.icb, stage.ladder.region):
        assert Feedback.objects.visible_to(stage.lead(body)).filter(escalation=third).exists()
    assert not Feedback.objects.visible_to(stage.lead(stage.ladder.neighbour)).exists()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REPORTER])
def test_everybody_of_a_body_that_sees_the_risk_sees_its_escalations_but_an_administrator(
    stage: Stage, role: Role
) -> None:
    first = stage.raised()
    reader, administrator = (stage.ladder.actor(stage.ladder.icb, a_role) for a_role in (role, Role.ADMINISTRATOR))
    assert list(Escalation.objects.visible_to(reader)) == [first]
    assert not Escalation.objects.visible_to(administrator).exists()


def test_an_involved_organisation_sees_the_risk_but_not_its_escalations(stage: Stage) -> None:
    risk = stage.ladder.risk(stage.lead(stage.ladder.provider), involved=[stage.ladder.neighbour])
    stage.do("answer", stage.raised(risk))
    neighbour = stage.lead(stage.ladder.neighbour)
    assert Risk.objects.visible_to(neighbour).filter(pk=risk.pk).exists()
    assert not Escalation.objects.visible_to(neighbour).exists()
    assert not Feedback.objects.visible_to(neighbour).exists()


def test_who_read_an_answer_first_is_written_down_once_for_each_organisation(stage: Stage) -> None:
    *_, third = stage.answered_at_the_top()
    reader = stage.lead(stage.ladder.provider)
    at = stage.tick()
    assert services.record_reading(risk=third.risk, by=reader, now=at) == 1
    colleague = stage.ladder.actor(stage.ladder.provider)
    assert services.record_reading(risk=third.risk, by=colleague, now=stage.tick()) == 0
    receipt = FeedbackReceipt.objects.get()
    assert (receipt.organisation, receipt.read_by, receipt.read_at) == (stage.ladder.provider, reader.user, at)
    assert AuditEvent.objects.filter(verb="read_feedback").count() == 1


def test_a_body_needs_no_receipt_for_its_own_words(stage: Stage) -> None:
    *_, third = stage.answered_at_the_top()
    assert services.record_reading(risk=third.risk, by=stage.lead(stage.ladder.national), now=stage.tick()) == 0
