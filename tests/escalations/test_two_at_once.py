"""Two people deciding at once, each in a transaction of their own: one succeeds, the other is told who did what."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction

from escalations.models import Escalation, Feedback, Outcome, Status
from risks import lifecycle as risk_lifecycle
from tests import ladder as ladder_module
from tests.escalations.stage import Stage, fresh, owed_kinds
from tests.visiting import visitor, words

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.actors import Actor
    from risks.models import Risk

    Doing = tuple[str, dict[str, str]]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stage() -> Stage:
    return Stage(ladder_module.build())


def at_once(risk: Risk, *requests: tuple[Actor, str, dict[str, str]]) -> list[HttpResponse]:
    """Send all of them while the risk is locked, and let go of it once every one of them waits for it."""
    clients = [visitor(actor) for actor, _path, _typed in requests]

    def send(number: int) -> HttpResponse:
        _actor, path, typed = requests[number]
        try:
            return clients[number].post(path, typed)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(requests)) as pool:
        with transaction.atomic():
            risk_lifecycle.lock(risk)
            sent = [pool.submit(send, number) for number in range(len(requests))]
            wait_for_waiting(len(requests))
        return [answer.result(timeout=30) for answer in sent]


def wait_for_waiting(count: int) -> None:
    """Until that many transactions of this database wait for a lock."""
    give_up = time.monotonic() + 30
    while time.monotonic() < give_up:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # or a transaction sees what it saw first
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0] >= count:
                return
    pytest.fail("The requests never came to wait for the lock")


def refused_of(answers: list[HttpResponse]) -> int:
    """Which one was refused; the other succeeded."""
    codes = [answer.status_code for answer in answers]
    assert sorted(codes) == [303, 409]
    return codes.index(409)


ANSWER = {"outcome": Outcome.ADVICE, "text": "Send letters unsigned within the day"}
ON = {"reason": "Our practices cannot do it alone", "ask": "Agree one form for London", "immediate": "no"}
WHY = {"why": "Our letters still wait"}


@pytest.mark.parametrize(
    ("so_far", "mine", "yours", "did"),
    [
        (["accept"], ("answer", ANSWER), ("answer", ANSWER), ("answered it", "answered it")),
        (["acknowledge"], ("escalate-on", ON), ("escalate-on", ON), ("escalated it on", "escalated it on")),
        (["accept"], ("answer", ANSWER), ("escalate-on", ON), ("answered it", "escalated it on")),
        (
            ["answer"],
            ("confirm", {"text": "They go out the same day"}),
            ("dispute", WHY),
            ("confirmed that the answer helps", "said that the answer does not help"),
        ),
    ],
    ids=["two answers", "twice on", "answered or on", "helps or not"],
)
def test_of_two_colleagues_one_succeeds_and_the_other_is_told_who_did_what_and_keeps_their_text(
    stage: Stage, so_far: list[str], mine: Doing, yours: Doing, did: tuple[str, str]
) -> None:
    first = stage.raised()
    for verb in so_far:
        stage.do(verb, first)
    body = stage.ladder.provider if mine[0] == "confirm" else stage.ladder.icb
    people = [stage.ladder.actor(body, name=name) for name in ("Amina Yusuf", "Oriel Hartnoll")]
    doing = (mine, yours)

    answers = at_once(
        first.risk, *((who, f"{first.path}{verb}/", typed) for who, (verb, typed) in zip(people, doing, strict=True))
    )

    loser = refused_of(answers)
    told = words(answers[loser])
    assert f"{people[1 - loser].user.name} of {body.name} {did[1 - loser]} on " in told
    kept = [text for name, text in doing[loser][1].items() if name not in ("outcome", "immediate")]
    assert all(text in answers[loser].content.decode() for text in kept)
    steps = [step.verb for step in first.steps.all()]
    assert len(steps) == len(set(steps))


def test_withdrawing_while_the_other_side_answers(stage: Stage) -> None:
    first = stage.raised()
    stage.do("accept", first)
    answers = at_once(
        first.risk,
        (stage.lead(stage.ladder.provider), f"{first.path}withdraw/", WHY),
        (stage.lead(stage.ladder.icb), f"{first.path}answer/", ANSWER),
    )
    withdrawn = refused_of(answers) == 1
    assert fresh(first).status == (Status.WITHDRAWN if withdrawn else Status.ANSWERED)
    assert owed_kinds(first) == (set() if withdrawn else {"CONFIRM"})
    assert Feedback.objects.count() == (0 if withdrawn else 1)


def test_one_risk_is_escalated_once(stage: Stage) -> None:
    risk = stage.ladder.risk(stage.lead(stage.ladder.provider))
    people = [stage.ladder.actor(stage.ladder.provider, name=name) for name in ("Amina Yusuf", "Oriel Hartnoll")]
    answers = at_once(risk, *((who, f"/risks/{risk.reference}/escalate/", ON) for who in people))
    loser = refused_of(answers)
    assert f"{people[1 - loser].user.name} of Test Royal Hospital asked Test Own ICB about" in words(answers[loser])
    assert ON["ask"] in answers[loser].content.decode()
    assert Escalation.objects.count() == 1


def test_a_risk_is_either_closed_or_escalated(stage: Stage) -> None:
    risk = stage.ladder.risk(stage.lead(stage.ladder.provider))
    people = [stage.ladder.actor(stage.ladder.provider) for _ in range(2)]
    closing = {"closure_reason": "CONTROLLED", "words": "The target has been reached"}
    answers = at_once(
        risk,
        (people[0], f"/risks/{risk.reference}/escalate/", ON),
        (people[1], f"/risks/{risk.reference}/close/", closing),
    )
    escalated = refused_of(answers) == 1
    risk.refresh_from_db()
    assert (risk.is_closed, Escalation.objects.exists()) == (not escalated, escalated)


def test_two_hops_of_one_chain_are_changed_at_once_without_crossing(stage: Stage) -> None:
    """The region answers while the ICB gives an update: both touch the lower hop, and both succeed."""
    first = stage.raised()
    second = stage.do("escalate_on", first)
    answers = at_once(
        first.risk,
        (stage.lead(stage.ladder.region), f"{second.path}answer/", ANSWER),
        (stage.lead(stage.ladder.icb), f"{first.path}update/", {"text": "We still wait"}),
    )
    assert [answer.status_code for answer in answers] == [303, 303]
    assert fresh(first).status == Status.ACCEPTED
    assert owed_kinds(first) == {"UPDATE", "ANSWER"}
