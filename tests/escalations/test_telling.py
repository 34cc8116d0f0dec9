"""Who is told of what, in which words, and whether it waits for the digest."""

from __future__ import annotations

import pytest

from accounts.models import Membership, Organisation, Role
from notifications.models import Kind as Told
from notifications.models import Notification
from tests.escalations.stage import Stage, fresh, told
from tests.factories import NOW


def test_whoever_logged_the_risk_is_told_of_every_step_at_every_level_in_plain_words(stage: Stage) -> None:
    reporter = stage.ladder.actor(stage.ladder.provider, Role.REPORTER)
    risk = stage.ladder.risk(reporter)
    colleague = stage.ladder.actor(stage.ladder.region)

    first = stage.raised(risk)
    stage.do("acknowledge", first)
    stage.do("request_information", first)
    stage.do("give_information", first)
    second = stage.do("escalate_on", first)
    stage.do("accept", second)
    stage.do("reassign", second, handler=colleague.user)
    stage.do("update", second)
    stage.do("answer", second)
    stage.do("dispute", second)
    stage.do("answer", second)
    stage.do("confirm", second)
    third = stage.do("escalate_on", first)
    stage.do("withdraw", third)
    stage.do("answer", first)
    stage.do("confirm", first)

    name = {body: stage.lead(body).user.name for body in (stage.ladder.icb, stage.ladder.region)}
    expected = [
        f"{risk.reference}: {words}"
        for words in (
            "Test Royal Hospital escalated it to Test Own ICB",
            f"Test Own ICB acknowledged the escalation; {name[stage.ladder.icb]} handles it",
            "Test Own ICB asks for information on the escalation",
            "Test Royal Hospital gave the information asked for",
            "Test Own ICB escalated it on to Test Region North",
            f"Test Region North acknowledged the escalation; {name[stage.ladder.region]} handles it",
            "Test Region North accepted the escalation and says what it will do",
            f"{colleague.user.name} of Test Region North now handles the escalation",
            "Test Region North gave an update",
            "Test Region North answered the escalation",
            "Test Own ICB says that the answer does not help",
            "Test Region North answered the escalation",
            "Test Own ICB confirmed that the answer helps",
            "Test Own ICB escalated it on to Test Region North",
            "Test Own ICB withdrew its escalation to Test Region North",
            "Test Own ICB answered the escalation",
            "Test Royal Hospital confirmed that the answer helps",
        )
    ]
    assert sorted(told(reporter)) == sorted(expected)  # two steps of one moment come in either order


def test_whoever_logged_the_risk_is_told_nothing_once_they_have_left(stage: Stage) -> None:
    reporter = stage.ladder.actor(stage.ladder.provider, Role.REPORTER)
    owner = stage.lead(stage.ladder.provider)
    first = stage.raised(stage.ladder.risk(reporter, owner=owner.user))
    Membership.objects.filter(user=reporter.user).update(ended_at=stage.now)
    before = told(reporter)
    stage.do("answer", first)
    assert told(reporter) == before


def test_nobody_is_told_of_what_they_did_themselves(stage: Stage) -> None:
    first = stage.raised()
    stage.do("answer", first)
    words = " ".join(told(stage.lead(stage.ladder.icb)))
    assert "answered" not in words
    assert "escalated a risk to Test Own ICB" in words


def test_everybody_below_is_told_at_once_of_an_answer_from_the_top(stage: Stage) -> None:
    *_, third = stage.answered_at_the_top()
    answered = Notification.objects.filter(kind=Told.ANSWERED, path=third.path)
    below = [stage.ladder.provider, stage.ladder.icb, stage.ladder.region]
    assert {notification.organisation for notification in answered} == set(below)
    assert all(notification.is_at_once for notification in answered)
    assert {notification.available_at for notification in answered} == {stage.now}


@pytest.mark.parametrize(("verb", "kind"), [("dispute", Told.RETURNED), ("confirm", Told.STEP)])
def test_an_answer_that_is_returned_cannot_wait_for_the_digest(stage: Stage, verb: str, kind: str) -> None:
    first = stage.raised()
    stage.do("answer", first)
    stage.do(verb, first)
    last = Notification.objects.filter(organisation=stage.ladder.icb).latest("created_at")
    assert last.kind == kind
    assert (last.available_at == stage.now) == (kind == Told.RETURNED)


def test_a_body_without_a_safety_lead_has_its_duty_address_told_and_the_level_above_of_that_alone(stage: Stage) -> None:
    Organisation.objects.filter(pk=stage.ladder.other_icb.pk).update(duty_email="duty@icb.example")
    stage.ladder.other_icb.refresh_from_db()
    first = stage.raised(to=stage.ladder.other_icb, why_this_body="Most of the patients live there")

    duty = Notification.objects.get(address="duty@icb.example")
    assert duty.message == f"{first.risk.reference}: Test Royal Hospital escalated a risk to Test Other ICB"
    assert duty.kind == Told.ESCALATION_RAISED
    above = Notification.objects.get(organisation=stage.ladder.region)
    assert above.message.startswith("Test Other ICB was ")
    assert "has no safety lead" in above.message
    assert first.risk.reference not in above.message
    assert (above.reference, above.path) == ("", "/")


def test_nothing_that_people_are_told_says_what_the_risk_says(stage: Stage) -> None:
    first, second, third = stage.answered_at_the_top()
    stage.do("answer", second)
    stage.do("answer", first)
    for hop in (first, second, third):
        stage.do("dispute", hop)
    risk = first.risk
    secret = [risk.title, risk.cause, risk.event, risk.effect, first.reason, first.ask, "Send letters", "still wait"]
    for notification in Notification.objects.all():
        assert not any(words in notification.message for words in secret)


def test_the_level_above_is_told_that_it_may_look_on_after_a_dispute(stage: Stage) -> None:
    first = stage.raised()
    stage.do("answer", first)
    stage.do("dispute", first)
    assert told(stage.lead(stage.ladder.region)) == [
        f"{first.risk.reference}: an answer of Test Own ICB did not help Test Royal Hospital; "
        "Test Region North may look on"
    ]


def test_the_ends_of_a_chain_know_nothing_of_each_other_s_colleagues(stage: Stage) -> None:
    """The neighbour under the same ICB is told nothing, and neither is the other ICB."""
    strangers = [stage.lead(stage.ladder.neighbour), stage.lead(stage.ladder.other_icb)]
    stage.answered_at_the_top()
    assert [told(stranger) for stranger in strangers] == [[], []]


def test_the_handler_is_told_by_name_when_a_colleague_acknowledges_for_them(stage: Stage) -> None:
    colleague = stage.ladder.actor(stage.ladder.icb)
    first = stage.raised()
    stage.do("acknowledge", first, handler=colleague.user)
    assert fresh(first).acknowledged_at > NOW
    assert told(colleague)[-1] == f"{first.risk.reference}: yours to handle, from Test Royal Hospital"
