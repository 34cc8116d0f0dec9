"""Going past a body that sits on a risk, openly."""

from __future__ import annotations

import pytest

from escalations import lifecycle
from escalations.models import Escalation, Status
from tests.escalations.stage import Stage, fresh, owed_kinds, told


def test_a_body_that_is_in_time_cannot_be_passed_by(stage: Stage) -> None:
    with pytest.raises(lifecycle.CannotBypass, match="Test Own ICB can be passed by only once it is late"):
        stage.do("bypass", stage.raised())


@pytest.mark.parametrize("late_with", ["acknowledging", "deciding"])
def test_a_body_that_is_late_may_be_passed_by_even_before_any_sweep(stage: Stage, late_with: str) -> None:
    first = stage.raised()
    if late_with == "deciding":
        stage.do("acknowledge", first)
    stage.wait(days=30)
    past = stage.do("bypass", first)
    assert (past.from_organisation, past.to_organisation) == (stage.ladder.provider, stage.ladder.region)
    assert (past.bypasses, past.previous) == (first, None)
    assert not fresh(first).is_over


def test_a_body_that_was_late_may_be_passed_by_though_it_has_acted_since(stage: Stage) -> None:
    first = stage.raised()
    stage.wait(days=30)
    stage.do("accept", first)
    assert stage.do("bypass", first).to_organisation == stage.ladder.region


def test_lateness_is_not_forgotten_while_the_clock_is_paused(stage: Stage) -> None:
    first = stage.raised()
    stage.do("acknowledge", first)
    stage.wait(days=30)
    stage.do("request_information", first)
    assert lifecycle.can_be_done(lifecycle.Verb.BYPASS, fresh(first), stage.now)


def test_late_updates_alone_do_not_let_a_body_be_passed_by(stage: Stage) -> None:
    first = stage.raised()
    stage.do("accept", first)
    stage.wait(days=90)
    with pytest.raises(lifecycle.CannotBypass):
        stage.do("bypass", first)


def test_a_body_may_be_passed_by_after_two_disputes_but_not_after_one(stage: Stage) -> None:
    first = stage.raised()
    stage.do("answer", first)
    stage.do("dispute", first)
    with pytest.raises(lifecycle.CannotBypass):
        stage.do("bypass", first)
    stage.do("answer", first)
    stage.do("dispute", first)
    assert stage.do("bypass", first).status == Status.RAISED


def test_the_body_passed_by_keeps_its_escalation_and_what_it_owes(stage: Stage) -> None:
    first = stage.raised()
    stage.wait(days=30)
    past = stage.do("bypass", first)
    assert owed_kinds(first) == {"ACKNOWLEDGE"}
    stage.do("answer", past)
    assert fresh(first).status == Status.RAISED
    stage.do("answer", first)
    assert fresh(first).status == Status.ANSWERED


def test_a_body_is_passed_by_once(stage: Stage) -> None:
    first = stage.raised()
    stage.wait(days=30)
    stage.do("bypass", first)
    with pytest.raises(lifecycle.AlreadyEscalated):
        stage.do("bypass", first)


def test_an_icb_goes_past_its_region_for_the_provider_below(stage: Stage) -> None:
    first = stage.raised()
    second = stage.do("escalate_on", first)
    stage.wait(days=30)
    past = stage.do("bypass", second)
    assert (past.to_organisation, past.previous) == (stage.ladder.national, first)
    stage.do("answer", past)
    assert fresh(first).status == Status.ACCEPTED
    assert fresh(second).status == Status.RAISED


def test_with_two_hops_above_withdrawing_one_leaves_the_hop_below_waiting_for_the_other(stage: Stage) -> None:
    first = stage.raised()
    second = stage.do("escalate_on", first)
    stage.wait(days=30)
    stage.do("bypass", second)
    stage.do("withdraw", second)
    assert (fresh(first).status, owed_kinds(first)) == (Status.ESCALATED_ON, {"UPDATE"})


def test_the_national_body_cannot_be_passed_by(stage: Stage) -> None:
    _, _, third = stage.answered_at_the_top()
    Escalation.objects.filter(pk=third.pk).update(disputes=2)
    with pytest.raises(lifecycle.NotAbove):
        stage.do("bypass", third)


def test_the_body_passed_by_is_told_and_its_escalation_shows_it(stage: Stage) -> None:
    first = stage.raised()
    stage.wait(days=30)
    stage.do("bypass", first)
    expected = f"{first.risk.reference}: Test Royal Hospital went past Test Own ICB to Test Region North"
    assert expected in told(stage.lead(stage.ladder.icb))
    step = first.steps.last()
    assert (step.organisation, step.get_verb_display()) == (
        stage.ladder.provider,
        "went past it to the level above",
    )
