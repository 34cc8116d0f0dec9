"""Accepting several, escalating several on, and saying of several that we are not affected."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from deadlines.models import Deadline
from deadlines.models import Kind as Owed
from escalations.models import Escalation, Status
from overview.triage.entries import by_keys
from risks.models import Involvement
from safetyreg.audit.models import AuditEvent
from safetyreg.errors import ConfirmationNeeded
from tests.escalations.stage import fresh, owed_kinds
from tests.factories import NOW
from tests.ladder import Ladder
from tests.overview.triage.waiting import LATER, Waiting, another, do, everything, key_of, keys
from tests.risks.belonging import BORN, involve, sees

ASK = {"reason": "Five hospitals, one system", "ask": "Agree one form", "immediate": False}


@pytest.fixture
def waiting(ladder: Ladder) -> Waiting:
    return everything(ladder)


def test_several_are_accepted_each_with_its_own_clocks_plan_and_record(waiting: Waiting) -> None:
    other = another(waiting, likelihood=2, consequence=2)
    both = (waiting.escalation, other)
    assert do(waiting, "accept", *map(key_of, both), plan="We will meet") == ["", ""]
    for hop in both:
        assert (fresh(hop).status, fresh(hop).plan) == (Status.ACCEPTED, "We will meet")
        assert fresh(hop).handler == waiting.icb.user
        assert owed_kinds(hop) == {Owed.UPDATE, Owed.ANSWER}
        assert AuditEvent.objects.filter(verb="accept", reference=hop.risk.reference).count() == 1
    due = [Deadline.objects.live().of(hop).get(kind=Owed.ANSWER).due_at for hop in both]
    assert due[0] < due[1]  # the graver one sooner


def test_what_cannot_be_accepted_is_left_as_it_is_and_told(waiting: Waiting) -> None:
    answered, waits_for_us, free = another(waiting), another(waiting), another(waiting)
    waiting.stage.do("answer", answered, by=waiting.colleague)
    waiting.stage.do("accept", waits_for_us, by=waiting.colleague)
    told = do(waiting, "accept", *map(key_of, (answered, waits_for_us, free)), plan="We will meet")
    assert "Grace Colleague of Test Own ICB answered it on" in told[0]
    assert "Grace Colleague of Test Own ICB accepted it on" in told[1]
    assert told[2] == ""
    assert fresh(answered).status == Status.ANSWERED
    assert fresh(waits_for_us).plan != "We will meet"
    assert fresh(free).plan == "We will meet"


def test_several_are_escalated_on_with_one_reason(waiting: Waiting) -> None:
    other = another(waiting)
    assert do(waiting, "escalate-on", *map(key_of, (waiting.escalation, other)), **ASK) == ["", ""]
    above = Escalation.objects.filter(to_organisation=waiting.stage.ladder.region)
    assert {hop.previous_id for hop in above} == {waiting.escalation.pk, other.pk}
    assert {(hop.reason, hop.ask) for hop in above} == {(ASK["reason"], ASK["ask"])}
    for hop in above:
        assert owed_kinds(hop) == {Owed.ACKNOWLEDGE}
        assert owed_kinds(hop.previous) == {Owed.UPDATE}
    assert {key_of(hop) for hop in above} <= set(keys(waiting.stage.lead(waiting.stage.ladder.region), LATER))


def test_one_that_is_with_the_region_already_is_left(waiting: Waiting) -> None:
    other = another(waiting)
    waiting.stage.do("escalate_on", other, by=waiting.colleague)
    left, done = do(waiting, "escalate-on", key_of(other), key_of(waiting.escalation), **ASK)
    assert "Grace Colleague of Test Own ICB escalated it on" in left
    assert done == ""
    assert Escalation.objects.filter(previous=other).count() == 1


def test_of_several_questions_we_say_once_why_we_are_not_affected(waiting: Waiting) -> None:
    ladder = waiting.stage.ladder
    local = involve(
        ladder.risk(waiting.stage.lead(ladder.neighbour), reach="1"), waiting.stage.lead(ladder.neighbour), ladder.icb
    )
    both = [f"position-{row.pk}" for row in (waiting.question, *local)]
    assert do(waiting, "not-affected", *both, words="We send no letters") == ["", ""]
    for row in Involvement.objects.filter(pk__in=[waiting.question.pk, local[0].pk]):
        assert (row.is_not_affected, row.words, row.answered_by) == (True, "We send no letters", waiting.icb.user)
        assert "INVOLVEMENT" not in sees(ladder.icb, row.risk)
    assert not set(both) & set(keys(waiting.icb, LATER))


def test_one_that_a_colleague_answered_with_a_risk_of_ours_is_left(waiting: Waiting) -> None:
    from risks import services as risks

    other = involve(
        waiting.stage.ladder.risk(waiting.provider, title="Asks too"), waiting.provider, waiting.stage.ladder.icb
    )[0]
    both = [f"position-{waiting.question.pk}", f"position-{other.pk}"]
    read = {entry.key: entry.state for entry in by_keys(both, waiting.icb, LATER)}
    risks.answer_with_own_risk(
        involvement=waiting.question, own_risk=waiting.system.reference, by=waiting.colleague, now=NOW
    )
    left, done = do(waiting, "not-affected", *both, seen=read, words="We send no letters")
    assert left.startswith("Grace Colleague answered on ")
    assert done == ""
    waiting.question.refresh_from_db()
    assert waiting.question.own_risk == waiting.system


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("accept", {"plan": " "}),
        ("escalate-on", {**ASK, "ask": " "}),
        ("accept", {"plan": BORN}),
        ("escalate-on", {**ASK, "reason": BORN}),
    ],
)
def test_words_that_will_not_do_do_nothing(waiting: Waiting, name: str, wrong: dict[str, object]) -> None:
    other = another(waiting)
    with pytest.raises((ValidationError, ConfirmationNeeded)):
        do(waiting, name, *map(key_of, (waiting.escalation, other)), **wrong)
    assert {fresh(hop).status for hop in (waiting.escalation, other)} == {Status.RAISED}
    assert Escalation.objects.count() == 2
