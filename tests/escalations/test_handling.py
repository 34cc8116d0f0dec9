"""What the body asked does before it answers: who handles it, and how asking for information pauses the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts import holdings
from accounts.models import Role
from deadlines import sweeping
from deadlines.models import Deadline, Kind
from escalations import lifecycle
from escalations.models import Escalation, Status, Verb
from notifications.models import Kind as Told
from notifications.models import Notification
from tests.escalations.stage import Stage, fresh, owed, owed_kinds
from tests.factories import NOW

DAY = timedelta(days=1)


def decide(escalation: Escalation) -> Deadline:
    return owed(escalation, Kind.DECIDE)[0]


# Acknowledging, and who handles it


def test_whoever_acknowledges_handles_it_unless_a_colleague_is_named(stage: Stage) -> None:
    colleague = stage.ladder.actor(stage.ladder.icb)
    first = stage.raised()
    stage.do("acknowledge", first, handler=colleague.user)
    assert fresh(first).handler == colleague.user
    assert decide(first).holder == colleague.user
    given = Notification.objects.get(recipient=colleague.user, kind=Told.GIVEN_TO_YOU)
    assert given.message == f"{first.risk.reference}: yours to handle, from Test Royal Hospital"


@pytest.mark.parametrize("verb", ["accept", "request_information", "escalate_on", "update", "answer"])
def test_any_verb_of_the_body_asked_acknowledges_first_so_that_nobody_clicks_twice(stage: Stage, verb: str) -> None:
    first = stage.raised()
    stage.do(verb, first)
    first = fresh(first)
    assert [step.verb for step in first.steps.all()][:2] == [Verb.ESCALATE, Verb.ACKNOWLEDGE]
    assert first.handler == stage.lead(stage.ladder.icb).user
    assert first.acknowledged_at == stage.now


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REPORTER, Role.ADMINISTRATOR])
def test_only_a_safety_lead_of_the_body_asked_can_handle_it(stage: Stage, role: Role) -> None:
    first = stage.raised()
    for unfit in (stage.ladder.actor(stage.ladder.icb, role), stage.ladder.actor(stage.ladder.region)):
        with pytest.raises(ValidationError) as refusal:
            stage.do("acknowledge", first, handler=unfit.user)
        assert refusal.value.message_dict == {
            "handler": ["Choose somebody who works for Test Own ICB and can act on this"]
        }
    assert fresh(first).status == Status.RAISED


def test_a_new_handler_holds_what_the_body_owes_on_this_hop_and_as_asker_of_the_next(stage: Stage) -> None:
    colleague = stage.ladder.actor(stage.ladder.icb)
    first = stage.raised()
    second = stage.do("escalate_on", first)
    stage.do("answer", second)
    stage.do("reassign", first, handler=colleague.user)
    assert {deadline.holder for hop in (first, second) for deadline in owed(hop)} == {colleague.user}


def test_a_leaver_hands_over_also_what_a_withdrawn_hop_left_them_with(stage: Stage) -> None:
    leaver, colleague = stage.lead(stage.ladder.icb), stage.ladder.actor(stage.ladder.icb)
    first = stage.raised()
    second = stage.do("escalate_on", first)
    stage.do("withdraw", first)
    stage.do("answer", second)
    ended_at = fresh(first).ended_at
    held = next(kind for kind in holdings.kinds() if kind.name == "escalations they handle")

    assert held.held_by(leaver.user, leaver.organisation) == [(f"Escalation of {first.risk.reference}", first.path)]
    held.hand_over(organisation=leaver.organisation, of=leaver.user, to=colleague.user, by=colleague, now=stage.tick())

    assert held.held_by(leaver.user, leaver.organisation) == []
    assert owed(second, Kind.CONFIRM)[0].holder == colleague.user
    assert (fresh(first).status, fresh(first).ended_at) == (Status.WITHDRAWN, ended_at)


# Asking for information


def test_what_was_left_of_the_decision_is_left_after_the_pause(stage: Stage) -> None:
    first = stage.raised()  # a Tuesday; extreme, so five working days to decide
    stage.do("acknowledge", first)
    due_at = decide(first).due_at
    stage.wait(days=1)
    stage.do("request_information", first)
    stage.wait(days=7)
    stage.do("give_information", first)
    assert decide(first).due_at == due_at + 7 * DAY + timedelta(minutes=1)
    assert decide(first).paused_for == 7 * DAY + timedelta(minutes=1)


def test_a_pause_over_christmas_counts_no_bank_holiday_twice(stage: Stage) -> None:
    """Asked on Christmas Eve with four working days left, answered on 4 January: four working days from then."""
    stage.now = datetime(2026, 12, 23, 10, 0, tzinfo=UTC)
    first = stage.raised()
    stage.do("acknowledge", first)  # 10:02am
    stage.now = datetime(2026, 12, 24, 10, 1, tzinfo=UTC)
    stage.do("request_information", first)  # 10:02am
    stage.now = datetime(2027, 1, 4, 8, 59, tzinfo=UTC)
    stage.do("give_information", first)  # Monday 4 January, 9am
    assert decide(first).due_at == datetime(2027, 1, 8, 9, 0, tzinfo=UTC)


def test_a_pause_across_the_change_of_the_clocks_keeps_the_time_of_day(stage: Stage) -> None:
    """The clocks go back on Sunday 25 October 2026; a working day has 24 hours on either side of it."""
    stage.now = datetime(2026, 10, 21, 8, 58, tzinfo=UTC)  # 9:58am in London
    first = stage.raised()
    stage.do("acknowledge", first)  # Wednesday 10am
    stage.now = datetime(2026, 10, 22, 8, 59, tzinfo=UTC)
    stage.do("request_information", first)  # Thursday 10am, with four working days left
    stage.now = datetime(2026, 10, 27, 9, 59, tzinfo=UTC)
    stage.do("give_information", first)  # Tuesday 10am, winter time
    assert decide(first).due_at == datetime(2026, 11, 2, 10, 0, tzinfo=UTC)  # Monday 10am


def test_there_is_one_pause_for_a_decision(stage: Stage) -> None:
    first = stage.raised()
    stage.do("request_information", first)
    stage.do("give_information", first)
    with pytest.raises(lifecycle.AlreadyAsked, match="Decide with what you have"):
        stage.do("request_information", first)
    assert fresh(first).status == Status.ACKNOWLEDGED


def test_a_new_decision_after_a_dispute_may_pause_again(stage: Stage) -> None:
    first = stage.raised()
    stage.do("request_information", first)
    stage.do("give_information", first)
    stage.do("answer", first)
    stage.do("dispute", first)
    stage.do("request_information", first)
    assert decide(first).is_paused


def test_once_accepted_information_may_be_asked_for_again_and_again_while_the_clocks_run_on(stage: Stage) -> None:
    first = stage.raised()
    stage.do("accept", first)
    due = {deadline.kind: deadline.due_at for deadline in owed(first)}
    for _ in range(2):
        stage.do("request_information", first)
        assert owed_kinds(first) == {"UPDATE", "ANSWER", "INFORM"}
        stage.do("give_information", first)
    assert {deadline.kind: deadline.due_at for deadline in owed(first)} == due


def test_a_pause_after_a_breach_resumes_breached_and_does_not_breach_again(stage: Stage) -> None:
    first = stage.raised()
    stage.do("acknowledge", first)
    due_at = decide(first).due_at
    stage.now = due_at + timedelta(minutes=5)
    sweeping.sweep(now=stage.now)
    breached_at = decide(first).breached_at
    stage.do("request_information", first)
    stage.do("give_information", first)

    assert sweeping.sweep(now=stage.tick()).breached == 0
    assert (decide(first).breached_at, decide(first).due_at) == (breached_at, due_at)
    assert (
        Notification.objects.filter(kind=Told.BREACHED, path=first.path, organisation=first.to_organisation).count()
        == 1
    )


def test_a_clock_that_nobody_swept_before_the_pause_breaches_after_it_with_its_own_due_time(stage: Stage) -> None:
    first = stage.raised()
    stage.do("acknowledge", first)
    due_at = decide(first).due_at
    stage.now = due_at + timedelta(minutes=5)
    stage.do("request_information", first)
    assert decide(first).is_overdue(stage.now)
    stage.do("give_information", first)
    assert sweeping.sweep(now=stage.tick()).breached == 1
    assert decide(first).due_at == due_at


def test_a_paused_clock_is_neither_warned_of_nor_breached(stage: Stage) -> None:
    first = stage.raised()
    stage.do("request_information", first)
    sweeping.sweep(now=NOW + 200 * DAY)
    deadline = decide(first)
    assert (deadline.warned_at, deadline.breached_at) == (None, None)


def test_what_is_left_after_a_long_pause_is_not_warned_of_at_once(stage: Stage) -> None:
    first = stage.raised()
    stage.do("request_information", first)  # at once: nearly all five working days are left
    stage.wait(days=140)
    stage.do("give_information", first)
    assert sweeping.sweep(now=stage.tick()).warned == 0
    assert decide(first).next_at > stage.now + 4 * DAY
